import IPMI
import Machines

/// How the values of settings are written.
extension IpmipowerSettings {
  static func driver(_ text: String) throws(IpmipowerFault) -> SessionVersion {
    switch text.uppercased() {
    case "LAN": return .version15
    case "LAN_2_0", "LAN20", "LAN2_0", "LAN_20": return .version20
    default: throw IpmipowerFault("invalid driver type")
    }
  }

  static func hosts(_ text: String) throws(IpmipowerFault) -> [NamedHost] {
    do throws(HostRangeError) {
      var seen: Set<NamedHost> = []
      return try HostRange.hosts(in: text).filter { seen.insert($0).inserted }
    } catch {
      throw IpmipowerFault("\(text): invalid hostname")
    }
  }

  static func secret(_ text: String, _ refusal: String) throws(IpmipowerFault) -> Secret {
    do throws(SecretTooLong) {
      return try Secret(text, atMost: RAKPExchange.secretLimit)
    } catch {
      throw IpmipowerFault(refusal)
    }
  }

  /// A key in letters, or in hexadecimal digits after 0x.
  static func key(_ text: String) throws(IpmipowerFault) -> Secret {
    guard text.lowercased().hasPrefix("0x") else { return try secret(text, "k_g too long") }
    let digits = Array(text.utf8.dropFirst(2))
    guard !digits.isEmpty, digits.count <= 2 * RAKPExchange.secretLimit else {
      throw IpmipowerFault("k_g too long")
    }
    var bytes: [UInt8] = []
    defer { bytes.wipe() }
    for first in stride(from: 0, to: digits.count, by: 2) {
      let pair = digits[first..<min(first + 2, digits.count)]
      guard pair.count == 2,
        let byte = UInt8(String(decoding: pair, as: UTF8.self), radix: 16)
      else { throw IpmipowerFault("k_g input formatted incorrectly") }
      bytes.append(byte)
    }
    return Secret(copying: bytes.messageBytes)
  }

  /// A number of at most 9 digits.
  static func number(
    _ text: String, _ refusal: String, least: Int = 1
  ) throws(IpmipowerFault) -> Int {
    guard text.utf8.count <= 9, let value = Int(text), value >= least else {
      throw IpmipowerFault(refusal)
    }
    return value
  }

  /// `on`, `off`, and what the configuration file has for them.
  static func isOn(_ text: String) throws(IpmipowerFault) -> Bool {
    switch text.lowercased() {
    case "on", "enable", "enabled": return true
    case "off", "disable", "disabled": return false
    default: throw IpmipowerFault("invalid parameter")
    }
  }

  static func authenticationType(
    _ text: String
  ) throws(IpmipowerFault) -> AuthenticationType {
    switch text.uppercased() {
    case "NONE": return .none
    case "STRAIGHT_PASSWORD_KEY", "STRAIGHT-PASSWORD-KEY", "STRAIGHT_PASSWORD":
      return .straightPassword
    case "MD2": return .md2
    case "MD5": return .md5
    default: throw IpmipowerFault("invalid authentication type")
    }
  }

  static func suite(_ text: String) throws(IpmipowerFault) -> CipherSuite {
    guard let number = UInt8(text) else { throw IpmipowerFault("invalid cipher suite id") }
    guard let suite = CipherSuite(id: number), suite.isSupported else {
      throw IpmipowerFault("unsupported cipher suite id")
    }
    return suite
  }

  static func privilege(_ text: String) throws(IpmipowerFault) -> PrivilegeLevel {
    switch text.uppercased() {
    case "USER": return .user
    case "OPERATOR": return .operator
    case "ADMIN", "ADMINISTRATOR": return .administrator
    default: throw IpmipowerFault("invalid privilege level")
    }
  }

  /// Workarounds by their names. Some need none here: what they are for is borne with always.
  static func quirks(_ text: String) throws(IpmipowerFault) -> Set<SessionQuirk> {
    var quirks: Set<SessionQuirk> = []
    for name in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
      if needless.contains(String(name)) { continue }
      if missing.contains(String(name)) {
        throw IpmipowerFault("workaround flag '\(name)' is not supported")
      }
      guard let known = QuirkName(argument: String(name)) else {
        throw IpmipowerFault("invalid workaround flags")
      }
      quirks.formUnion(known.quirks)
    }
    return quirks
  }

  private static let needless: Set<String> = [
    "none", "unexpectedauth", "opensesspriv", "integritycheckvalue", "ipmiping",
  ]

  /// Workarounds of the original that there are not here: better said than passed over.
  private static let missing: Set<String> = ["supermicro20", "sun20"]

  static func refusal(of name: String) -> String {
    switch name {
    case "ping-interval": "ping interval length invalid"
    case "ping-timeout": "ping timeout length invalid"
    case "ping-packet-count": "ping packet count invalid"
    case "ping-percent": "ping percent invalid"
    case "ping-consec-count": "ping consec count invalid"
    default: "retransmission backoff count invalid"
    }
  }
}
