internal import IPMI
internal import LinkLayer
internal import Sockets

extension CommandTable {
  /// What sessions are begun and ended with.
  static let sessionCommands = [
    on(GetChannelAuthenticationCapabilities.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(GetSessionChallenge.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(GetChannelCipherSuites.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(SetSessionPrivilegeLevel.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(CloseSession.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(GetSessionInfo.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
  ]
}

extension SimulatedBMC {
  func answer(
    _ request: GetChannelAuthenticationCapabilities, _ context: CommandContext
  ) throws(CompletionCode) -> GetChannelAuthenticationCapabilities.Response {
    try check(request.channel)
    if request.asksForExtendedData, misbehaves(.refusedExtendedCapabilities) {
      throw .invalidDataField
    }
    guard request.privilege.level != nil || request.privilege == .unspecified else {
      throw .invalidDataField
    }
    typealias Capabilities = GetChannelAuthenticationCapabilities
    var status: Capabilities.Status = []
    let null = users.nullUser
    if null.mayLogIn { status.insert(null.hasPassword ? .nullUserNames : .anonymousLogin) }
    if users.accounts.contains(where: { $0.name != .null && $0.isEnabled }) {
      status.insert(.userNames)
    }
    if !channel.authenticatesUserLevel { status.insert(.userLevelUnauthenticated) }
    if !channel.authenticatesMessages { status.insert(.perMessageUnauthenticated) }
    if key != nil { status.insert(.twoKeyLogin) }
    var versions: Capabilities.Versions = []
    if !configuration.authenticationTypes.isEmpty { versions.insert(.version15) }
    if !configuration.suites.isEmpty { versions.insert(.version20) }
    let isWrong = misbehaves(.wrongCapabilities)
    if isWrong { versions = [] }
    return Capabilities.Response(
      channel: CommandContext.channel,
      authenticationTypes: isWrong ? [] : configuration.authenticationTypes, status: status,
      versions: request.asksForExtendedData ? versions : nil)
  }

  func answer(
    _ request: GetChannelCipherSuites, _ context: CommandContext
  ) throws(CompletionCode) -> GetChannelCipherSuites.Response {
    try check(request.channel)
    let suites = misbehaves(.wrongCipherSuites) ? CipherSuite.supported : configuration.suites
    var list: [UInt8] = []
    for suite in suites { CipherSuiteRecord(suite)?.append(to: &list) }
    let size = GetChannelCipherSuites.partByteCount
    let part = list.dropFirst(Int(request.index) * size).prefix(size)
    return GetChannelCipherSuites.Response(channel: CommandContext.channel, records: Array(part))
  }

  mutating func answer(
    _ request: SetSessionPrivilegeLevel, _ context: CommandContext
  ) throws(CompletionCode) -> SetSessionPrivilegeLevel.Response {
    guard let session = context.session else { throw .insufficientPrivilege }
    if request.privilege == .unspecified {
      return SetSessionPrivilegeLevel.Response(privilege: PrivilegeLimit(session.privilege))
    }
    guard let level = request.privilege.level, level != .callback else { throw .invalidDataField }
    // Not available for this user, or beyond the session's limit.
    guard let account = account(of: session), let limit = privilegeLimit(of: account),
      level <= limit
    else { throw CompletionCode(rawValue: 0x80) }
    guard level <= session.limit else { throw CompletionCode(rawValue: 0x81) }
    sessions[session.identifier]?.privilege = level
    return SetSessionPrivilegeLevel.Response(privilege: request.privilege)
  }

  private func account(of session: Session) -> UserAccount? {
    do throws(CompletionCode) { return try users.account(session.user) } catch { return nil }
  }

  mutating func answer(
    _ request: CloseSession, _ context: CommandContext
  ) throws(CompletionCode) -> EmptyResponse {
    let found =
      switch request.target {
      case .sessionID(let identifier): sessions.active.first { $0.identifier == identifier }
      case .handle(let handle): sessions.active.first { $0.handle == handle }
      }
    // Invalid session ID in request.
    guard let session = found else { throw CompletionCode(rawValue: 0x87) }
    let isOwn = session.identifier == context.session?.identifier
    guard isOwn || context.privilege >= .administrator else { throw .insufficientPrivilege }
    sessions[session.identifier] = nil
    ended(session)
    return EmptyResponse()
  }

  func answer(
    _ request: GetSessionInfo, _ context: CommandContext
  ) throws(CompletionCode) -> GetSessionInfo.Response {
    let active = sessions.active
    let found: Session?
    switch request.target {
    case .current: found = active.first { $0.identifier == context.session?.identifier }
    case .handle(let handle): found = active.first { $0.handle == handle }
    case .sessionID(let identifier): found = active.first { $0.identifier == identifier }
    case .index(let index):
      found = index > 0 && Int(index) <= active.count ? active[Int(index) - 1] : nil
    }
    return GetSessionInfo.Response(
      handle: found?.handle ?? 0, possibleSessions: UInt8(clamping: sessions.capacity),
      activeSessions: UInt8(clamping: active.count), session: found.map(information))
  }

  private func information(of session: Session) -> GetSessionInfo.ActiveSession {
    let isVersion20 = if case .version20 = session.version { true } else { false }
    // The field has room for an address of IPv4.
    let address = session.peer.address.isIPv6 ? [] : session.peer.address.bytes
    return GetSessionInfo.ActiveSession(
      userID: session.user, privilege: PrivilegeLimit(session.privilege),
      sessionProtocol: isVersion20 ? 1 : 0, channel: CommandContext.channel,
      console: GetSessionInfo.LANConsole(
        address: address, hardwareAddress: [], port: session.peer.port
      ).bytes)
  }

  /// Passes for the LAN channel, and throws `CompletionCode` CCh for any other.
  func check(_ channel: ChannelNumber) throws(CompletionCode) {
    guard channel == .current || channel == CommandContext.channel else { throw .invalidDataField }
  }
}
