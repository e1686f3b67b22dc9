internal import IPMI

extension CommandTable {
  /// Channels, and the parameters of the LAN channel. IPMI 2.0, sections 22.22 to 22.25 and 23.
  static let channelCommands = [
    on(GetChannelAccess.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(SetChannelAccess.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(GetChannelInfo.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(SetChannelSecurityKeys.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(GetLANConfigurationParameters.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(SetLANConfigurationParameters.self) { bmc, request, context throws(CompletionCode) in
      try bmc.check(request.channel)
      try bmc.lan.set(request.parameter.rawValue, to: request.parameterData)
      return EmptyResponse()
    },
  ]
}

extension SimulatedBMC {
  func answer(
    _ request: GetChannelAccess, _ context: CommandContext
  ) throws(CompletionCode) -> GetChannelAccess.Response {
    try checkHasSessions(request.channel)
    switch request.settings {
    case .volatile: return GetChannelAccess.Response(channel)
    case .nonVolatile: return GetChannelAccess.Response(keptChannel)
    default: throw .invalidDataField
    }
  }

  mutating func answer(
    _ request: SetChannelAccess, _ context: CommandContext
  ) throws(CompletionCode) -> EmptyResponse {
    try checkHasSessions(request.channel)
    // Access mode not supported.
    guard request.access.mode.rawValue <= ChannelAccess.Mode.shared.rawValue else {
      throw CompletionCode(rawValue: 0x83)
    }
    switch request.accessSettings {
    case .volatile: channel = request.access.keeping(channel.privilegeLimit)
    case .nonVolatile: keptChannel = request.access.keeping(keptChannel.privilegeLimit)
    default: break
    }
    switch request.limitSettings {
    case .volatile: channel.privilegeLimit = request.access.privilegeLimit
    case .nonVolatile: keptChannel.privilegeLimit = request.access.privilegeLimit
    default: break
    }
    return EmptyResponse()
  }

  func answer(
    _ request: GetChannelInfo, _ context: CommandContext
  ) throws(CompletionCode) -> GetChannelInfo.Response {
    let number = request.channel == .current ? CommandContext.channel : request.channel
    let active = UInt8(clamping: sessions.active.count)
    switch number {
    case CommandContext.channel:
      return GetChannelInfo.Response(
        channel: number, medium: .lan, messageProtocol: .ipmb, sessionSupport: .multiSession,
        activeSessions: active)
    case .primaryIPMB:
      return GetChannelInfo.Response(
        channel: number, medium: .ipmb, messageProtocol: .ipmb, sessionSupport: .sessionless,
        activeSessions: 0)
    case .systemInterface:
      return GetChannelInfo.Response(
        channel: number, medium: .systemInterface, messageProtocol: .kcs,
        sessionSupport: .sessionless, activeSessions: 0)
    default: throw .invalidDataField
    }
  }

  /// Sets the key Kg. The key of a user's own (Kr, number 0) is nobody's here. IPMI 2.0, section
  /// 22.25.
  mutating func answer(
    _ request: SetChannelSecurityKeys, _ context: CommandContext
  ) throws(CompletionCode) -> SetChannelSecurityKeys.Response {
    try check(request.channel)
    guard request.keyID == 1 else { throw .invalidDataField }
    switch request.operation {
    case .read: break
    case .set:
      let bytes = request.key?.bytes ?? []
      key = bytes.isEmpty ? nil : Secret(copying: bytes.messageBytes)
    default: throw .invalidDataField
    }
    // The key can be set again; whether it was is not told.
    return SetChannelSecurityKeys.Response(lockStatus: 2)
  }

  mutating func answer(
    _ request: GetLANConfigurationParameters, _ context: CommandContext
  ) throws(CompletionCode) -> GetLANConfigurationParameters.Response {
    try check(request.channel)
    let data = try lan.parameter(request.parameter.rawValue, set: request.set)
    if request.asksForRevisionOnly { return GetLANConfigurationParameters.Response(nil) }
    return GetLANConfigurationParameters.Response(.other(request.parameter, data: data))
  }

  /// Passes for the LAN channel; throws `CompletionCode` 82h for the channels without sessions, and
  /// CCh for those that there are not.
  private func checkHasSessions(_ number: ChannelNumber) throws(CompletionCode) {
    if number == .primaryIPMB || number == .systemInterface {
      throw CompletionCode(rawValue: 0x82)
    }
    try check(number)
  }
}

extension ChannelAccess {
  /// These settings, with another limit.
  fileprivate func keeping(_ limit: PrivilegeLimit) -> ChannelAccess {
    var access = self
    access.privilegeLimit = limit
    return access
  }
}
