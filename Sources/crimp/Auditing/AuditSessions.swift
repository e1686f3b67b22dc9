import Drivers
import IPMI
import Machines
import Sockets

/// Opens sessions with one controller to see whether they open, and closes them again.
struct AuditSessions {
  let host: BMCHost
  let sockets: BMCSockets
  let patience: Duration

  /// Whether a session opens as this user: of IPMI 1.5 with an authentication, else of 2.0. Nil when
  /// that could not be found out.
  func opens(
    _ audit: inout Audit, user: UserName, password: Secret,
    authentication: AuthenticationType? = nil, suite: CipherSuite? = nil
  ) async throws(BMCFailure) -> Bool? {
    switch try await attempt(&audit, user, password, authentication, suite) {
    case nil: return true
    case .noSessionSlot, .noAnswer, .disbelieved, .outcomeUnknown, .sessionLost: return nil
    default: return false
    }
  }

  /// Whether Open Session is accepted with this suite, asked for as a user that is not there: whoever is
  /// told that the user is wrong has had the suite accepted. Nil when no slot was free.
  func accepts(
    _ audit: inout Audit, suite: CipherSuite, as stranger: UserName
  ) async throws(BMCFailure) -> Bool? {
    switch try await attempt(&audit, stranger, inventedPassword(), nil, suite) {
    case nil, .wrongUser, .wrongUserOrPassword, .nullUserRefused, .passwordNotConfirmed, .wrongKey:
      return true
    case .noAnswer(.userLookup), .noAnswer(.proof), .refused(.userLookup, _): return true
    case .noSessionSlot: return nil
    default: return false
    }
  }

  /// Why a session does not open; nil when it does.
  private func attempt(
    _ audit: inout Audit, _ user: UserName, _ password: Secret,
    _ authentication: AuthenticationType?, _ suite: CipherSuite?
  ) async throws(BMCFailure) -> BMCFailure? {
    audit.sessions += 1
    var options = SessionOptions()
    options.version = authentication == nil ? .version20 : .version15
    if let authentication { options.authenticationTypes = [authentication] }
    if let suite { options.suites = [suite] }
    options.privilege = .user
    options.deadline = patience
    options.patience = .milliseconds(20)
    options.quirks = host.options.quirks
    let client = BMCClient(
      host.address,
      credentials: BMCCredentials(
        userName: user, password: password, key: host.credentials.key),
      options: options, on: sockets)
    defer { client.close() }
    do throws(BMCFailure) {
      _ = try await client.request(GetDeviceID())
      return nil
    } catch {
      guard error != .cancelled else { throw error }
      return client.facts == nil ? error : nil
    }
  }

  /// A name that nobody has.
  func inventedUser() -> UserName {
    UserName("audit-" + Self.letters(10)) ?? .null
  }

  /// A password that nobody has.
  func inventedPassword() -> Secret {
    Secret(copying: [UInt8](Self.letters(16).utf8).messageBytes)
  }

  private static func letters(_ count: Int) -> String {
    String((0..<count).map { _ in "abcdefghijklmnopqrstuvwxyz0123456789".randomElement() ?? "x" })
  }
}
