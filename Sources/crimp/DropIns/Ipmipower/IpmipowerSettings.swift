import IPMI
import Machines

/// What `ipmipower` is set to, by its configuration file, its command line and its prompt.
struct IpmipowerSettings {
  /// Nil in the original means IPMI 1.5; here it means 2.0, and 1.5 where there is no other.
  var driver = SessionVersion.automatic
  var hosts: [NamedHost] = []
  var userName = UserName.null
  var password = Secret.empty
  /// Kg.
  var key: Secret?
  /// In milliseconds.
  var sessionTimeout = 20000
  /// In milliseconds.
  var retransmissionTimeout = 400
  var authenticationType = AuthenticationType.md5
  /// The one cipher suite to use; nil for 17, then 3.
  var suite: CipherSuite?
  var privilege = PrivilegeLevel.operator
  var quirks: Set<SessionQuirk> = []
  /// The workarounds' names, as they were given.
  var workarounds = ""
  var isDebugging = false
  var isOnIfOff = false
  var waitsUntilOn = false
  var waitsUntilOff = false
  /// How long to leave between two looks at power, in milliseconds.
  var waitInterval = 500
  var isConsolidated = false
  /// How many hosts at once; 0 for no limit.
  var fanout = 0
  var eliminates = false
  /// Settings without effect here, by their names, with their defaults: results are never buffered
  /// nor without their host, and nothing is pinged before it is spoken to.
  var ineffective = [
    "buffer-output": 0, "always-prefix": 0, "retransmission-backoff-count": 8,
    "ping-interval": 5000, "ping-timeout": 30000, "ping-packet-count": 10, "ping-percent": 50,
    "ping-consec-count": 5,
  ]

  /// Takes the value of the setting of this name.
  ///
  /// - Throws: why not, in the words that the original has for a command line.
  mutating func set(_ name: String, to text: String) throws(IpmipowerFault) {
    switch name {
    case "driver-type": driver = try Self.driver(text)
    case "hostname": hosts = try Self.hosts(text)
    case "username":
      guard let value = UserName(text) else { throw IpmipowerFault("username too long") }
      userName = value
    case "password": password = try Self.secret(text, "password too long")
    case "k_g": key = try Self.key(text)
    case "session-timeout":
      sessionTimeout = try Self.number(text, "invalid session timeout")
    case "retransmission-timeout":
      retransmissionTimeout = try Self.number(text, "invalid retransmission timeout")
    case "authentication-type": authenticationType = try Self.authenticationType(text)
    case "cipher-suite-id": suite = try Self.suite(text)
    case "privilege-level": privilege = try Self.privilege(text)
    case "workaround-flags": (quirks, workarounds) = (try Self.quirks(text), text)
    case "oem-power-type":
      guard text.uppercased() == "NONE" else { throw IpmipowerFault("invalid oem power type") }
    case "retransmission-wait-timeout":
      waitInterval = try Self.number(text, "retransmission wait timeout length invalid")
    case "fanout": fanout = try Self.number(text, "invalid fanout", least: 0)
    default: try setSwitch(name, to: text)
    }
  }

  /// Takes a switch, or a number that changes nothing here.
  private mutating func setSwitch(_ name: String, to text: String) throws(IpmipowerFault) {
    if name.hasPrefix("ping-") || name == "retransmission-backoff-count" {
      ineffective[name] = try Self.number(text, Self.refusal(of: name), least: 0)
      return
    }
    let isOn = try Self.isOn(text)
    switch name {
    case "debug": isDebugging = isOn
    case "on-if-off": isOnIfOff = isOn
    case "wait-until-on": waitsUntilOn = isOn
    case "wait-until-off": waitsUntilOff = isOn
    case "consolidate-output": isConsolidated = isOn
    case "eliminate": eliminates = isOn
    default: ineffective[name] = isOn ? 1 : 0
    }
  }

  /// The names of all settings that `set` takes.
  static let names: Set<String> = [
    "driver-type", "hostname", "username", "password", "k_g", "session-timeout",
    "retransmission-timeout", "authentication-type", "cipher-suite-id", "privilege-level",
    "workaround-flags", "oem-power-type", "retransmission-wait-timeout",
    "retransmission-backoff-count", "fanout", "debug", "on-if-off", "wait-until-on",
    "wait-until-off", "consolidate-output", "eliminate", "buffer-output", "always-prefix",
    "ping-interval", "ping-timeout", "ping-packet-count", "ping-percent", "ping-consec-count",
  ]

  /// What is to be said of settings that contradict each other; nil when none do.
  var contradiction: String? {
    if retransmissionTimeout > sessionTimeout {
      return "retransmission timeout larger than session timeout"
    }
    if waitInterval > sessionTimeout {
      return "retransmission wait timeout larger than session timeout"
    }
    return nil
  }
}

/// Why a setting's value cannot be taken, in the original's words.
struct IpmipowerFault: Error {
  var words: String

  init(_ words: String) {
    self.words = words
  }
}
