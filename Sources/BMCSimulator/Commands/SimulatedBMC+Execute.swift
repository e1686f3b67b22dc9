internal import IPMI

extension SimulatedBMC {
  /// What may be asked without a session. IPMI 2.0, appendix G, table G-1.
  private static let sessionless: Set<UInt8> = [
    GetSystemGUID.command, GetChannelAuthenticationCapabilities.command,
    GetSessionChallenge.command, GetChannelCipherSuites.command,
  ]

  /// Does a command, and returns the response; nil when there is to be silence.
  mutating func execute(_ request: IPMIMessage, _ context: CommandContext) -> IPMIMessage? {
    if isMetWithSilence(request, context) { return nil }
    do throws(CompletionCode) {
      let (code, body) = try perform(request, context)
      if request.isFor(CloseSession.self), misbehaves(.silentClose) { return nil }
      return IPMIMessage(answering: request, code, body: body)
    } catch {
      // A group's commands say whose they are in every answer.
      let body = request.networkFunction == .groupExtension ? request.data.prefix(1) : []
      return IPMIMessage(answering: request, error, body: Array(body))
    }
  }

  private func isMetWithSilence(_ request: IPMIMessage, _ context: CommandContext) -> Bool {
    if request.isFor(SetSessionPrivilegeLevel.self), misbehaves(.silentPrivilegeLevel) {
      return true
    }
    return request.isFor(GetChannelCipherSuites.self) && context.session == nil
      && misbehaves(.silentCipherSuites)
  }

  private mutating func perform(
    _ request: IPMIMessage, _ context: CommandContext
  ) throws(CompletionCode) -> (code: CompletionCode, body: [UInt8]) {
    guard request.responderAddress == IPMIMessage.controllerAddress else {
      throw .destinationUnavailable
    }
    guard request.responderLUN == 0 else { throw .invalidForLUN }
    guard let entry = CommandTable.standard[request] else { throw .invalidCommand }
    if let session = context.session {
      guard entry.identity.privilege <= session.privilege else { throw .insufficientPrivilege }
      try pretendBusy(in: session)
    } else {
      guard request.networkFunction == .application, Self.sessionless.contains(request.command)
      else { throw .insufficientPrivilege }
    }
    return try entry.handle(&self, request, context)
  }

  private mutating func pretendBusy(in session: Session) throws(CompletionCode) {
    guard misbehaves(.busyFirst), !session.hasHadCommand else { return }
    sessions[session.identifier]?.hasHadCommand = true
    throw .nodeBusy
  }
}

extension IPMIMessage {
  /// Whether this is a request of that type.
  func isFor<Request: IPMIRequest>(_ type: Request.Type) -> Bool {
    networkFunction == Request.networkFunction && command == Request.command
  }
}
