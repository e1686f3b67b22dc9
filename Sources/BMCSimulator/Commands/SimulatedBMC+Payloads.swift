internal import IPMI

extension CommandTable {
  /// Payloads: who has the serial line, and its parameters. IPMI 2.0, sections 24 and 26.
  static let payloadCommands = [
    on(ActivatePayload.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(DeactivatePayload.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(GetPayloadActivationStatus.self) { bmc, request, _ throws(CompletionCode) in
      guard request.type == PayloadInstance.serialOverLAN.type else { throw .invalidDataField }
      return GetPayloadActivationStatus.Response(
        capacity: 1, activeInstances: bmc.serial.owner == nil ? 0 : 1)
    },
    on(GetPayloadInstanceInfo.self) { bmc, request, _ throws(CompletionCode) in
      guard request.instance == .serialOverLAN else { throw .invalidDataField }
      // The first byte is the serial port's number.
      return GetPayloadInstanceInfo.Response(
        sessionID: bmc.serial.owner ?? 0, information: [0x01])
    },
    on(GetChannelPayloadSupport.self) { bmc, request, _ throws(CompletionCode) in
      try bmc.check(request.channel)
      // IPMI messages, serial over LAN, and the set-up of sessions: 10h to 15h.
      return GetChannelPayloadSupport.Response(types: 0x003f_0003)
    },
    on(GetChannelPayloadVersion.self) { bmc, request, _ throws(CompletionCode) in
      try bmc.check(request.channel)
      guard
        [.ipmi, .serialOverLAN].contains(request.type)
          || (PayloadType.openSessionRequest.rawValue...PayloadType.rakp4.rawValue).contains(
            request.type.rawValue)
      else {
        throw CompletionCode(rawValue: 0x80)
      }
      return GetChannelPayloadVersion.Response(version: 0x10)
    },
    on(GetSOLConfigurationParameters.self) { bmc, request, _ throws(CompletionCode) in
      try bmc.check(request.channel)
      let data = try bmc.solConfiguration.parameter(request.parameter.rawValue)
      if request.asksForRevisionOnly { return GetSOLConfigurationParameters.Response(nil) }
      return GetSOLConfigurationParameters.Response(.other(request.parameter, data: data))
    },
    on(SetSOLConfigurationParameters.self) { bmc, request, _ throws(CompletionCode) in
      try bmc.check(request.channel)
      try bmc.solConfiguration.set(request.parameter.rawValue, to: request.parameterData)
      return EmptyResponse()
    },
  ]
}

extension SimulatedBMC {
  mutating func answer(
    _ request: ActivatePayload, _ context: CommandContext
  ) throws(CompletionCode) -> ActivatePayload.Response {
    guard request.instance == .serialOverLAN else { throw .invalidDataField }
    // The payload type is disabled.
    guard configuration.serialLine != .none, solConfiguration.isEnabled else {
      throw CompletionCode(rawValue: 0x81)
    }
    guard let session = context.session, case .version20(let state) = session.version else {
      throw .notSupportedInState
    }
    guard session.privilege >= solConfiguration.privilege,
      try users.account(session.user).payloads & 1 << UInt16(request.instance.type.rawValue) != 0
    else { throw .insufficientPrivilege }
    // Cannot be activated without encryption; authentication goes with it.
    if solConfiguration.requiresEncryption && state.suite.confidentiality == .none
      || solConfiguration.requiresAuthentication && state.suite.integrity == .none
    {
      throw CompletionCode(rawValue: 0x84)
    }
    // Already active, in another session or in this one.
    guard serial.owner == nil else { throw CompletionCode(rawValue: 0x80) }
    serial.activate(for: session.identifier)
    report(.serialLine(isTaken: true))
    let header = SerialPacket.headerByteCount
    return ActivatePayload.Response(
      inboundByteCount: UInt16(SerialConsole.inboundLimit + header),
      outboundByteCount: UInt16(SerialConsole.outboundLimit + header), port: identity.port)
  }

  mutating func answer(
    _ request: DeactivatePayload, _ context: CommandContext
  ) throws(CompletionCode) -> EmptyResponse {
    guard request.instance == .serialOverLAN else { throw .invalidDataField }
    // Already deactivated.
    guard let owner = serial.owner else { throw CompletionCode(rawValue: 0x80) }
    guard owner == context.session?.identifier || context.privilege >= solConfiguration.privilege
    else { throw .insufficientPrivilege }
    if owner != context.session?.identifier { announceDeactivation(to: owner) }
    releaseSerial(of: owner)
    return EmptyResponse()
  }
}
