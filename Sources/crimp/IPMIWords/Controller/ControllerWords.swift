import IPMI

/// `mc …` and `bmc …`: the controller itself.
enum ControllerWords {
  static let group = WordGroup(
    names: ["mc", "bmc"], summary: "Management Controller status and global enables",
    read: { words throws(WordsEnd) in try read(&words) })

  private static let expected =
    "expected info, guid, selftest, reset, watchdog, getenables, setenables, getsysinfo or setsysinfo"

  private static func read(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(help) }
    let word = try words.next(or: .missing("mc: \(expected)", help: help))
    switch word {
    case "info": return info
    case "guid": return guid(words.next())
    case "selftest": return selfTest
    case "reset": return try reset(&words)
    case "watchdog": return try WatchdogWords.read(&words)
    case "getenables": return enables
    case "setenables": return try setEnables(&words)
    case "getsysinfo", "setsysinfo": return try SystemInfoWords.read(word, &words)
    default:
      throw .wrong("mc \(word): \(expected)", "Invalid mc/bmc command: \(word)\n" + help)
    }
  }

  private static var info: any IPMIOperation {
    SingleRequest(request: GetDeviceID(), complaint: Complaint("Get Device ID command failed")) {
      DeviceReport($0)
    }
  }

  private static func guid(_ word: String?) -> any IPMIOperation {
    SingleRequest(
      request: GetSystemGUID(),
      complaint: Complaint(silence: "IPMI response is NULL.", beforeCode: "IPMI command failed: ")
    ) { GUIDReport($0.guid, as: GUIDReport.Form(word: word ?? "auto")) }
  }

  private static var selfTest: any IPMIOperation {
    SingleRequest(
      request: GetSelfTestResults(),
      complaint: Complaint(
        silence: "No response from devices\n", beforeCode: "Bad response: (", afterCode: ")")
    ) { SelfTestReport($0) }
  }

  private static func reset(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let help = "usage: mc reset <warm|cold>"
    guard !words.takesHelp() else { throw .help(help) }
    let word = try words.next(or: .missing("mc reset: expected warm or cold", help: help))
    switch word {
    case "cold": return ResetController(kind: .cold)
    case "warm": return ResetController(kind: .warm)
    default:
      throw .wrong(
        "mc reset \(word): expected warm or cold",
        "Invalid mc/bmc reset command: \(word)\n" + help)
    }
  }

  private static var enables: any IPMIOperation {
    SingleRequest(
      request: GetBMCGlobalEnables(), complaint: Complaint("Get Global Enables command failed")
    ) { EnablesReport($0.enables) }
  }

  private static func setEnables(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(help) }
    let names = ControllerEnable.all.map(\.name).joined(separator: ", ")
    var changes: [SetEnables.Change] = []
    while let word = words.next() {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard let name = parts.first,
        let enable = ControllerEnable.all.first(where: { $0.name == name }),
        parts.count == 2, let value = ["on": true, "off": false][parts[1]]
      else {
        throw .wrong(
          "setenables \(word): expected on or off for one of \(names)",
          "Unrecognized option: \(word)")
      }
      changes.append(.init(enable: enable, value: value))
    }
    guard !changes.isEmpty else { throw .wrong("setenables: expected some of \(names)", help) }
    return SetEnables(changes: changes)
  }

  private static var help: String {
    """
    MC Commands:
      reset <warm|cold>
      guid [auto|smbios|ipmi|rfc4122|dump]
      info
      watchdog <get|reset|off>
      selftest
      getenables
      setenables <option=on|off> ...

    """ + ControllerEnable.all.map { "    \($0.name.filled(to: 20))  \($0.meaning)\n" }.joined()
      + SystemInfoWords.shortHelp
  }
}

/// Something that the controller as a whole does or does not.
struct ControllerEnable: Sendable {
  /// ipmitool's word.
  var name: String
  var meaning: String
  var bits: BMCGlobalEnables

  static let all = [
    ControllerEnable(
      name: "recv_msg_intr", meaning: "Receive Message Queue Interrupt",
      bits: .receiveMessageQueueInterrupt),
    ControllerEnable(
      name: "event_msg_intr", meaning: "Event Message Buffer Full Interrupt",
      bits: .eventBufferFullInterrupt),
    ControllerEnable(
      name: "event_msg", meaning: "Event Message Buffer", bits: .eventMessageBuffer),
    ControllerEnable(
      name: "system_event_log", meaning: "System Event Logging", bits: .systemEventLogging),
    ControllerEnable(name: "oem0", meaning: "OEM 0", bits: BMCGlobalEnables(rawValue: 0x20)),
    ControllerEnable(name: "oem1", meaning: "OEM 1", bits: BMCGlobalEnables(rawValue: 0x40)),
    ControllerEnable(name: "oem2", meaning: "OEM 2", bits: BMCGlobalEnables(rawValue: 0x80)),
  ]
}
