public import ArgumentParser
public import IPMI
public import Machines

/// Who asks a controller, and how.
struct ControllerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Settings of hosts; by default bmc.conf in ~/.config/crimp, or in /etc/crimp.",
      valueName: "file"))
  var config: String?

  @Option(name: [.customShort("u"), .long], help: ArgumentHelp("The user.", valueName: "name"))
  var user: String?

  @Option(
    help: ArgumentHelp(
      "The password: the file's first line; - for standard input.", valueName: "file"))
  var passwordFile: String?

  @Flag(help: "Ask for the password. CRIMP_PASSWORD is read without either.")
  var askPassword = false

  @Option(
    help: ArgumentHelp("The controllers' key Kg: the file's first line.", valueName: "file"))
  var keyFile: String?

  @Option(help: ArgumentHelp("The UDP port.", valueName: "port"))
  var port: UInt16?

  @Option(
    name: .customLong("protocol"),
    help: ArgumentHelp("The version of IPMI: auto, 1.5 or 2.0.", valueName: "version"))
  var version: SessionVersion?

  @Option(
    help: ArgumentHelp(
      "The cipher suites to try, the first first (17,3).", valueName: "number,..."))
  var suites: SuiteList?

  @Option(
    help: ArgumentHelp(
      "Try no weaker cipher suite, nor IPMI 1.5, whatever a controller says.", valueName: "number"))
  var minimumSuite: SuiteList?

  @Option(
    help: ArgumentHelp(
      "The authentications of IPMI 1.5 that may be used: none, md2, md5, oem, password.",
      valueName: "type,..."))
  var authentication: AuthenticationList?

  @Option(
    help: ArgumentHelp(
      "The level to ask for: user, operator or administrator.", valueName: "level"))
  var privilege: PrivilegeLevel?

  @Option(
    name: .customLong("quirk"),
    help: ArgumentHelp(
      "Bear with a controller's fault, by FreeIPMI's or ipmitool's name; may be given again.",
      valueName: "name"))
  var quirks: [QuirkName] = []

  @Option(
    help: ArgumentHelp("How long one host may take for one command.", valueName: "seconds"))
  var timeout: Double?

  @Option(
    help: ArgumentHelp(
      "How long to wait before an unanswered datagram is sent again, at first; by default what the "
        + "controller's answers tell, or 0.3.", valueName: "seconds"))
  var retransmit: Double?

  @Option(
    help: ArgumentHelp(
      "Write all that is said to a pcapng file; no password, no key.", valueName: "file"))
  var record: String?

  @Option(
    help: ArgumentHelp(
      "Run against such a recording in place of the network.", valueName: "file"))
  var replay: String?

  /// Whether conversations are recorded, or played.
  var recording: BMCRecordingOptions { BMCRecordingOptions(record: record, replay: replay) }

  func validate() throws {
    if let timeout { try Self.check("--timeout", seconds: timeout) }
    if let retransmit { try Self.check("--retransmit", seconds: retransmit) }
    if let minimumSuite, minimumSuite.suites.count != 1 {
      throw ValidationError("--minimum-suite: expected one number")
    }
    // Words of a simulator, which shares the types.
    if let suites, suites.suites.isEmpty {
      throw ValidationError("--suites none: expected numbers, such as 17,3")
    }
    if let authentication, authentication.types.isEmpty {
      throw ValidationError(
        "--authentication no: expected none, md2, md5, oem or password, or several with commas")
    }
    if let minimum = minimumSuite?.suites.first, version == .version15 {
      throw ValidationError(
        "--minimum-suite \(minimum) forbids IPMI 1.5: expected it without --protocol 1.5")
    }
    guard !(askPassword && passwordFile != nil) else {
      throw ValidationError("--ask-password and --password-file: expected one of them")
    }
  }

  /// Refuses a number of seconds that cannot be waited for.
  static func check(_ option: String, seconds: Double) throws {
    guard seconds > 0, seconds < 1e6 else {
      throw ValidationError(
        "\(option) \(seconds): expected seconds, more than 0 and less than 1000000")
    }
  }
}

extension SessionVersion: ExpressibleByArgument {
  /// Reads `auto`, `1.5` or `2.0`.
  public init?(argument: String) {
    switch argument {
    case "auto": self = .automatic
    case "1.5": self = .version15
    case "2.0": self = .version20
    default: return nil
    }
  }
}

extension PrivilegeLevel: ExpressibleByArgument {
  /// The names that help and messages list.
  public static var allValueStrings: [String] {
    ["callback", "user", "operator", "administrator", "oem"]
  }

  /// Reads a level's name.
  public init?(argument: String) {
    switch argument.lowercased() {
    case "callback": self = .callback
    case "user": self = .user
    case "operator": self = .operator
    case "administrator", "admin": self = .administrator
    case "oem": self = .oem
    default: return nil
    }
  }
}

/// A controller's fault by the name that FreeIPMI or ipmitool gives to its work-around.
struct QuirkName: ExpressibleByArgument {
  let quirks: Set<SessionQuirk>

  init?(argument: String) {
    guard let quirks = Self.known[argument] else { return nil }
    self.quirks = quirks
  }

  /// The names that there are.
  static var allNames: [String] { known.keys.sorted() }

  private static let known: [String: Set<SessionQuirk>] = [
    "authcap": [.wrongAuthenticationCapabilities],
    "idzero": [.sessionIDZero],
    "forcepermsg": [.authenticatesEveryPacket],
    "noauthcodecheck": [.wrongAuthenticationCodes],
    "nochecksumcheck": [.wrongChecksums],
    "endianseq": [.bigEndianSequenceNumbers],
    "intel20": [.paddedUserName, .checkValueByIntegrityAlgorithm],
    "intelplus": [.checkValueByIntegrityAlgorithm],
    "i82571spt": [.paddedUserName, .nameOnlyBitIgnored, .noPrivilegeCommand],
  ]
}
