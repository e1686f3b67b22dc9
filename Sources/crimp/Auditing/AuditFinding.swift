import ArgumentParser

/// How much a finding matters.
enum AuditSeverity: String, CaseIterable, Comparable, Encodable, ExpressibleByArgument {
  case note, low, medium, high, critical

  static func < (left: AuditSeverity, right: AuditSeverity) -> Bool {
    left.rank < right.rank
  }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// A weakness that a controller has: what it is, how that is known, and what to do about it.
struct AuditFinding: Hashable, Encodable {
  /// A stable name.
  var id: String
  var severity: AuditSeverity
  /// What it is, in a sentence.
  var words: String
  /// What the controller said or did.
  var evidence: String
  /// What to do.
  var remedy: String
}

extension AuditFinding {
  static func suiteZero(_ evidence: String) -> AuditFinding {
    AuditFinding(
      id: "suite-0", severity: .critical,
      words: "cipher suite 0 is accepted: any password opens a session",
      evidence: evidence,
      remedy:
        "forbid suite 0: `lan set 1 cipher_privs X...` with X in its place, or the vendor's page")
  }

  static func nullUser(_ evidence: String) -> AuditFinding {
    AuditFinding(
      id: "anonymous-login", severity: .critical,
      words: "the null user may log in without a password",
      evidence: evidence, remedy: "disable user 1: `user disable 1`")
  }

  static let nullNames = AuditFinding(
    id: "null-user", severity: .medium,
    words: "a user without a name may log in: whoever has the password needs no name",
    evidence: "authentication capabilities: null user names",
    remedy: "disable user 1, or give it a name: `user disable 1`")

  static func unauthenticated(_ evidence: String) -> AuditFinding {
    AuditFinding(
      id: "ipmi-1.5-none", severity: .critical,
      words: "IPMI 1.5 opens a session without authentication",
      evidence: evidence,
      remedy: "take it away for every level: `lan set 1 auth ADMIN MD5` and so on")
  }

  static let offersNone = AuditFinding(
    id: "ipmi-1.5-none-offered", severity: .medium,
    words: "IPMI 1.5 offers sessions without authentication, to whom is not known",
    evidence: "authentication capabilities: none",
    remedy: "take it away for every level: `lan set 1 auth ADMIN MD5` and so on")

  static let straightPassword = AuditFinding(
    id: "ipmi-1.5-password", severity: .high,
    words: "IPMI 1.5 offers to take the password in the clear",
    evidence: "authentication capabilities: straight password",
    remedy: "take it away for every level: `lan set 1 auth ADMIN MD5` and so on")

  static let md2 = AuditFinding(
    id: "ipmi-1.5-md2", severity: .low,
    words: "IPMI 1.5 offers MD2, whose hash is long broken",
    evidence: "authentication capabilities: MD2",
    remedy: "leave MD5 alone, or better no IPMI 1.5: `lan set 1 auth ADMIN MD5` and so on")

  static let version15 = AuditFinding(
    id: "ipmi-1.5", severity: .medium,
    words: "IPMI 1.5 is spoken: nothing is encrypted, and a password counts 16 bytes at most",
    evidence: "authentication capabilities: IPMI 1.5",
    remedy: "switch IPMI 1.5 off on the vendor's page, or firewall the port to the management hosts"
  )

  static let perMessage = AuditFinding(
    id: "per-message-off", severity: .high,
    words:
      "packets of an active IPMI 1.5 session need no authentication: a session can be taken over",
    evidence: "authentication capabilities: per-message authentication disabled",
    remedy: "switch it on: per-message authentication of `channel setaccess`, or the vendor's page")

  static let userLevel = AuditFinding(
    id: "user-level-off", severity: .medium,
    words: "commands of user level need no authentication in IPMI 1.5",
    evidence: "authentication capabilities: user-level authentication disabled",
    remedy: "switch it on: user-level authentication of `channel setaccess`, or the vendor's page")

  static let noVersion20 = AuditFinding(
    id: "no-ipmi-2.0", severity: .medium,
    words: "IPMI 2.0 is not offered: nothing can be encrypted",
    evidence: "authentication capabilities", remedy: "newer firmware, or a network of its own")

  static func defaultLogin(_ name: String, _ user: String) -> AuditFinding {
    AuditFinding(
      id: "default-login", severity: .critical,
      words: "the maker's first password is still in use (\(name), user \(user))",
      evidence: "logged in as \(user)", remedy: "change it: `user set password`")
  }

  static let noKey = AuditFinding(
    id: "no-kg", severity: .note,
    words: "no key Kg is set: a user's password is all that opens a session",
    evidence: "authentication capabilities: one-key login",
    remedy: "set Kg where controller and tools have it; it does not replace a long password")

  static let rakpHash = AuditFinding(
    id: "rakp-hash", severity: .note,
    words:
      "whoever reaches the port and knows a user's name is handed a hash to guess its password by: so "
      + "IPMI 2.0 is made, whatever the suite",
    evidence: "RAKP message 2, IPMI 2.0 section 13.21; nothing was tried",
    remedy: "random passwords of 16 to 20 bytes, and a network that only the management hosts reach"
  )

  static let slots = AuditFinding(
    id: "incomplete", severity: .note, words: "not all could be tried: session slots were taken",
    evidence: "no session slot", remedy: "audit again in a minute")
}
