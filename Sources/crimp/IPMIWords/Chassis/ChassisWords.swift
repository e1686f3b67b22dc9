import IPMI

/// `chassis …`: the machine's state and what can be done with it.
enum ChassisWords {
  static let group = WordGroup(
    names: ["chassis"], summary: "Get chassis status and set power state",
    read: { words throws(WordsEnd) in try read(&words) })

  private static let help = """
    Chassis Commands:
      status, power, policy, restart_cause
      poh, identify, selftest,
      bootdev, bootparam, bootmbox
    """

  private static let expected =
    "expected status, power, policy, restart_cause, poh, identify, selftest, bootdev or bootparam"

  private static func read(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(help, status: 1) }
    let word = try words.next(or: .wrong("chassis: \(expected)", help))
    switch word {
    case "status": return status
    case "power": return try PowerWords.read(&words)
    case "policy": return try policy(&words)
    case "restart_cause": return restartCause
    case "poh": return powerOnHours
    case "identify": return try identify(&words)
    case "selftest": return selfTest
    case "bootdev": return try BootWords.readDevice(&words)
    case "bootparam": return try BootWords.readParameter(&words)
    default: throw .wrong("chassis \(word): \(expected)", "Invalid chassis command: \(word)")
    }
  }

  private static var status: any IPMIOperation {
    SingleRequest(
      request: GetChassisStatus(), complaint: Complaint("Error sending Chassis Status command")
    ) { ChassisStatusReport($0) }
  }

  private static var restartCause: any IPMIOperation {
    SingleRequest(
      request: GetSystemRestartCause(),
      complaint: Complaint(
        "Unable to get Chassis Restart Cause", refused: "Get Chassis Restart Cause failed")
    ) { RestartCauseReport(cause: $0.cause.text) }
  }

  private static var powerOnHours: any IPMIOperation {
    SingleRequest(
      request: GetPOHCounter(),
      complaint: Complaint(
        "Unable to get Chassis Power-On-Hours", refused: "Get Chassis Power-On-Hours failed")
    ) { PowerOnReport(minutes: $0.minutes, tellsMinutes: $0.minutesPerCount < 60) }
  }

  private static var selfTest: any IPMIOperation {
    SingleRequest(
      request: GetSelfTestResults(), complaint: Complaint("Error sending Get Self Test command")
    ) { ChassisSelfTestReport($0) }
  }

  private static func identify(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let help = """
      chassis identify <interval>
                       default is 15 seconds
                       0 to turn off
                       force to turn on indefinitely
      """
    guard !words.takesHelp() else { throw .help(help, status: 1) }
    let duration = try interval(words.next())
    var complaint = Complaint(
      "Unable to set Chassis Identify", refused: "Set Chassis Identify failed")
    if duration == .indefinite {
      complaint.afterCode = "\nChassis may not support Force Identify On\n"
    }
    return SingleRequest(request: ChassisIdentify(duration), complaint: complaint) { _ in
      IdentifyReport(duration)
    }
  }

  private static func interval(
    _ word: String?
  ) throws(WordsEnd) -> ChassisIdentify.Duration {
    guard let word else { return .standard }
    if word == "force" { return .indefinite }
    let line = "interval \(word): expected 0 to 255 seconds, or force"
    guard let seconds = WordNumber.parse(word, as: Int.self) else {
      throw .wrong(line, "Invalid interval given.")
    }
    guard let byte = UInt8(exactly: seconds) else {
      throw .wrong(line, "Given interval is too big.")
    }
    return .seconds(byte)
  }

  private static func policy(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let help = """
      chassis policy <state>
         list        : return supported policies
         always-on   : turn on when power is restored
         previous    : return to previous state when power is restored
         always-off  : stay off after power is restored
      """
    guard !words.takesHelp() else { throw .help(help, status: 1) }
    let expected = "expected list, always-on, previous or always-off"
    let word = try words.next(or: .wrong("policy: \(expected)", help))
    let policies: [String: PowerRestorePolicy] = [
      "list": .unknown, "always-on": .alwaysOn, "previous": .previous, "always-off": .alwaysOff,
    ]
    guard let policy = policies[word] else {
      throw .wrong("policy \(word): \(expected)", "Invalid chassis policy: \(word)")
    }
    return SingleRequest(
      request: SetPowerRestorePolicy(policy),
      complaint: Complaint(
        "Error in Power Restore Policy command", refused: "Power Restore Policy command failed")
    ) { PowerPolicyReport($0.supported, set: policy) }
  }
}
