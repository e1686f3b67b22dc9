import IPMI

extension AuditFinding {
  /// What is weak about a suite that is accepted; nil for suites 3 and 17. Suite 0 has its own finding.
  static func weakSuite(_ suite: CipherSuite) -> AuditFinding? {
    guard suite.authentication != .none, suite != .suite3, suite != .suite17 else { return nil }
    let (severity, words): (AuditSeverity, String) =
      if suite.integrity == .none {
        (.high, "packets are neither authenticated nor encrypted: a session can be taken over")
      } else if suite.confidentiality == .none {
        (.medium, "packets are not encrypted: consoles and new passwords can be read")
      } else {
        (.low, "it rests on MD5")
      }
    return AuditFinding(
      id: "suite-\(suite)", severity: severity,
      words: "cipher suite \(suite) is accepted: \(words)",
      evidence: "Open Session Request with suite \(suite) accepted",
      remedy: "forbid it: `lan set 1 cipher_privs` with X in its place; leave 3 and 17")
  }
}

/// What makers deliver their controllers with: public knowledge, and among the first that is tried.
struct DefaultLogin {
  /// The maker, as the option names it.
  var maker: String
  var user: String
  var password: String

  static let all = [
    DefaultLogin(maker: "dell", user: "root", password: "calvin"),
    DefaultLogin(maker: "supermicro", user: "ADMIN", password: "ADMIN"),
    DefaultLogin(maker: "lenovo", user: "USERID", password: "PASSW0RD"),
    DefaultLogin(maker: "asus", user: "admin", password: "admin"),
    DefaultLogin(maker: "asrock", user: "admin", password: "admin"),
    DefaultLogin(maker: "gigabyte", user: "admin", password: "password"),
    DefaultLogin(maker: "fujitsu", user: "admin", password: "admin"),
    DefaultLogin(maker: "oracle", user: "root", password: "changeme"),
    DefaultLogin(maker: "intel", user: "root", password: "superuser"),
    DefaultLogin(maker: "openbmc", user: "root", password: "0penBmc"),
    DefaultLogin(maker: "cisco", user: "admin", password: "password"),
  ]

  /// The names that may be asked for.
  static var makers: [String] { all.map(\.maker) }
}
