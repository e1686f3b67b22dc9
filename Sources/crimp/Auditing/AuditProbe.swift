import Drivers
import IPMI
import Machines
import Sockets

/// What an audit found at one controller, and what it tried there.
struct Audit {
  var findings: [AuditFinding] = []
  /// How many logins were tried as users that may be there: what a controller may count against them.
  var logins = 0
  /// How many sessions were asked for in all.
  var sessions = 0

  /// Adds a finding, once.
  mutating func add(_ finding: AuditFinding?) {
    guard let finding, !findings.contains(where: { $0.id == finding.id }) else { return }
    findings.append(finding)
  }

  /// The worst of the findings.
  var worst: AuditSeverity? { findings.map(\.severity).max() }
}

/// Finds out what a controller would accept. It changes nothing. Which suites are accepted is seen by the
/// answer to Open Session, asked for as a user that is not there, so that no user is locked out.
struct AuditProbe {
  /// Whose first passwords are tried.
  var makers: Set<String> = []
  /// A user of whom it is known that there is one; else none is guessed.
  var userName: UserName?

  /// How long each attempt may take.
  private static let patience = Duration.seconds(3)

  func run(_ host: BMCHost, by sockets: BMCSockets) async throws(BMCFailure) -> Audit {
    let capabilities = try await capabilities(of: host, by: sockets)
    var audit = Audit()
    judge(capabilities, &audit)
    let run = AuditSessions(host: host, sockets: sockets, patience: Self.patience)
    if capabilities.offersVersion15 { try await tryVersion15(run, capabilities, &audit) }
    if capabilities.offersVersion20 || !capabilities.isExtended {
      try await trySuites(run, &audit)
    }
    try await tryNullUser(run, capabilities, &audit)
    try await tryDefaults(run, capabilities, &audit)
    audit.findings.sort { ($1.severity, $0.id) < ($0.severity, $1.id) }
    return audit
  }

  // MARK: What the controller says of itself

  private func capabilities(
    of host: BMCHost, by sockets: BMCSockets
  ) async throws(BMCFailure) -> GetChannelAuthenticationCapabilities.Response {
    var options = PresenceSweep.Options()
    options.pings = false
    var presence: PresenceSweep.Presence?
    let discovery = BMCDiscovery(on: sockets, options: options, examinesSilentHosts: true)
    try await discovery.run([host.address]) { presence = $1 }
    guard let capabilities = presence?.capabilities else {
      throw presence?.failure ?? .noAnswer(.capabilities)
    }
    return capabilities
  }

  private func judge(
    _ capabilities: GetChannelAuthenticationCapabilities.Response, _ audit: inout Audit
  ) {
    let status = capabilities.status
    if status.contains(.nullUserNames) { audit.add(.nullNames) }
    guard capabilities.offersVersion20 else {
      audit.add(.noVersion20)
      return judgeVersion15(capabilities, &audit)
    }
    audit.add(.rakpHash)
    if !status.contains(.twoKeyLogin) { audit.add(.noKey) }
    if capabilities.offersVersion15 { judgeVersion15(capabilities, &audit) }
  }

  private func judgeVersion15(
    _ capabilities: GetChannelAuthenticationCapabilities.Response, _ audit: inout Audit
  ) {
    audit.add(.version15)
    let types = capabilities.authenticationTypes
    if types.contains(.straightPassword) { audit.add(.straightPassword) }
    if types.contains(.md2) { audit.add(.md2) }
    if capabilities.status.contains(.perMessageUnauthenticated) { audit.add(.perMessage) }
    if capabilities.status.contains(.userLevelUnauthenticated) { audit.add(.userLevel) }
  }

  // MARK: What it accepts

  private func tryVersion15(
    _ run: AuditSessions, _ capabilities: GetChannelAuthenticationCapabilities.Response,
    _ audit: inout Audit
  ) async throws(BMCFailure) {
    guard capabilities.authenticationTypes.contains(.none) else { return }
    let names = [userName, UserName.null].compactMap(\.self)
    for name in names {
      audit.logins += 1
      let isOpen = try await run.opens(
        &audit, user: name, password: run.inventedPassword(),
        authentication: AuthenticationType.none)
      guard isOpen == true else { continue }
      let user = name == .null ? "the null user" : name.text
      return audit.add(.unauthenticated("a session as \(user), with an invented password"))
    }
    audit.add(.offersNone)
  }

  private func trySuites(_ run: AuditSessions, _ audit: inout Audit) async throws(BMCFailure) {
    let stranger = run.inventedUser()
    for suite in CipherSuite.supported {
      switch try await run.accepts(&audit, suite: suite, as: stranger) {
      case false: continue
      case nil: return audit.add(.slots)
      default: break
      }
      guard suite == .suite0 else {
        audit.add(.weakSuite(suite))
        continue
      }
      var evidence = "Open Session Request with suite 0 accepted"
      if let userName {
        audit.logins += 1
        let isOpen = try await run.opens(
          &audit, user: userName, password: run.inventedPassword(), suite: .suite0)
        if isOpen == true { evidence = "logged in as \(userName.text) with an invented password" }
      }
      audit.add(.suiteZero(evidence))
    }
  }

  private func tryNullUser(
    _ run: AuditSessions, _ capabilities: GetChannelAuthenticationCapabilities.Response,
    _ audit: inout Audit
  ) async throws(BMCFailure) {
    audit.logins += 1
    let isOpen = try await run.opens(
      &audit, user: .null, password: .empty,
      authentication: capabilities.offersVersion20 ? nil : .md5)
    if isOpen == true {
      audit.add(.nullUser("logged in without name and password"))
    } else if capabilities.status.contains(.anonymousLogin) {
      audit.add(.nullUser("authentication capabilities: anonymous login"))
    }
  }

  private func tryDefaults(
    _ run: AuditSessions, _ capabilities: GetChannelAuthenticationCapabilities.Response,
    _ audit: inout Audit
  ) async throws(BMCFailure) {
    var tried: Set<[String]> = []
    for login in DefaultLogin.all where makers.contains(login.maker) {
      guard tried.insert([login.user, login.password]).inserted,
        let name = UserName(login.user)
      else { continue }
      var bytes = [UInt8](login.password.utf8)
      defer { bytes.wipe() }
      audit.logins += 1
      let isOpen = try await run.opens(
        &audit, user: name, password: Secret(copying: bytes.messageBytes),
        authentication: capabilities.offersVersion20 ? nil : .md5)
      if isOpen == true { audit.add(.defaultLogin(login.maker, login.user)) }
    }
  }
}
