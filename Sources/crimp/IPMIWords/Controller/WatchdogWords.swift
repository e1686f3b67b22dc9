import Drivers
import IPMI

/// `mc watchdog …`.
enum WatchdogWords {
  private static let expected = "expected get, set, reset or off"

  static func read(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(help) }
    let word = try words.next(or: .missing("watchdog: \(expected)", help: help))
    switch word {
    case "get": return get
    case "set": return try set(&words)
    case "reset": return reset
    case "off": return off
    default:
      throw .wrong(
        "watchdog \(word): \(expected)", "Invalid mc/bmc watchdog command: \(word)\n" + help)
    }
  }

  private static var get: any IPMIOperation {
    SingleRequest(
      request: GetWatchdogTimer(), complaint: Complaint("Get Watchdog Timer command failed")
    ) { WatchdogReport($0) }
  }

  private static var reset: any IPMIOperation {
    SingleRequest(
      request: ResetWatchdogTimer(),
      complaint: Complaint(
        "Reset Watchdog Timer command failed!", refused: "Reset Watchdog Timer command failed",
        meanings: [0x80: "Attempt to reset uninitialized watchdog"])
    ) { _ in DoneReport("IPMI Watchdog Timer Reset -  countdown restarted!") }
  }

  /// Stops the timer, as the system's own and with no action, so that it does not start again by
  /// itself.
  private static var off: any IPMIOperation {
    let timer = WatchdogTimer(
      use: .operatingSystem, expiredUses: 1 << WatchdogTimer.Use.operatingSystem.rawValue,
      countdown: 3000)
    return SingleRequest(
      request: SetWatchdogTimer(timer),
      complaint: Complaint(
        silence: "Watchdog Timer Shutoff command failed!",
        beforeCode: "Watchdog Timer Shutoff command failed! ")
    ) { _ in DoneReport("Watchdog Timer Shutoff successful -- timer stopped") }
  }

  private static func set(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.isAtEnd else {
      throw .missing("watchdog set: expected options such as timeout=60", help: help)
    }
    guard !words.takesHelp() else { throw .help(help) }
    var timer = WatchdogTimer(use: WatchdogTimer.Use(rawValue: 0), countdown: 0)
    while let word = words.next() { try apply(word, to: &timer) }
    return SingleRequest(
      request: SetWatchdogTimer(timer), complaint: Complaint("Set Watchdog Timer command failed")
    ) { _ in NoticeReport(notice: "Watchdog Timer was successfully configured") }
  }

  private static func apply(
    _ word: String, to timer: inout WatchdogTimer
  ) throws(WordsEnd) {
    let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
    let (name, value) = (parts.first ?? "", parts.count == 2 ? parts[1] : "")
    switch name {
    case "timeout": timer.countdown = UInt16(try number(word, value, 1...6553, "Timeout")) * 10
    case "pretimeout":
      timer.interruptSeconds = UInt8(try number(word, value, 1...255, "Pretimeout"))
    case "int":
      timer.interrupt = try choice(word, value, ["none", "smi", "nmi", "msg"]) {
        "Interrupt type '\($0)' is not valid\n"
      }
    case "use": timer.use = WatchdogTimer.Use(rawValue: try use(word, value))
    case "clear": timer.expiredUses |= 1 << (try use(word, value))
    case "action":
      timer.action = WatchdogTimer.Action(
        rawValue: try choice(word, value, ["none", "reset", "poweroff", "cycle"]) {
          "Use '\($0)' is not valid\n"
        })
    case "nolog": timer.isUnlogged = true
    case "dontstop": timer.isRunning = true
    default:
      throw .wrong(
        "watchdog set \(word): expected timeout, pretimeout, int, use, clear, action, nolog or "
          + "dontstop", "Invalid option '\(word)'\n" + help)
    }
  }

  private static func use(_ word: String, _ value: String) throws(WordsEnd) -> UInt8 {
    try choice(word, value, ["none", "frb2", "post", "osload", "sms", "oem"]) {
      "Use '\($0)' is not valid\n"
    }
  }

  private static func choice(
    _ word: String, _ value: String, _ names: [String], _ original: (String) -> String
  ) throws(WordsEnd) -> UInt8 {
    guard let index = names.firstIndex(of: value) else {
      throw .wrong(
        "watchdog set \(word): expected one of \(names.joined(separator: ", "))",
        original(value) + "\n" + help)
    }
    return UInt8(index)
  }

  private static func number(
    _ word: String, _ value: String, _ range: ClosedRange<Int>, _ name: String
  ) throws(WordsEnd) -> Int {
    guard let number = Int(value), range.contains(number) else {
      throw .wrong(
        "watchdog set \(word): expected \(range.lowerBound) to \(range.upperBound) seconds",
        "\(name) value \(Int(value) ?? 0) is out of range (1-\(range.upperBound))\n\n" + help)
    }
    return number
  }

  private static let help = """
    usage: watchdog <command>:

       set <option[=value]> [<option[=value]> ...]
         Set Watchdog settings
         Options: (* = mandatory)
           timeout=<1-6553>                    - [0] Initial countdown value, sec
           pretimeout=<1-255>                  - [0] Pre-timeout interval, sec
           int=<smi|nmi|msg>                   - [-] Pre-timeout interrupt type
           use=<frb2|post|osload|sms|oem>      - [-] Timer use
           clear=<frb2|post|osload|sms|oem>    - [-] Clear timer use expiration
                                                     flag, can be specified
                                                     multiple times
           action=<reset|poweroff|cycle|none>  - [none] Timer action
           nolog                               - [-] Don't log the timer use
           dontstop                            - [-] Don't stop the timer
                                                     while applying settings

       get
         Get Current settings

       reset
         Restart Watchdog timer based on the most recent settings

       off
         Shut off a running Watchdog timer
    """
}

/// A report that ipmitool writes to standard error, though all is well.
struct NoticeReport: IPMIReport {
  var notice: String

  func write(to text: inout ReportText) {
    text.complain(notice)
  }
}

/// `mc watchdog get`.
struct WatchdogReport: IPMIReport {
  var use: String
  var isRunning: Bool
  var isLogged: Bool
  var action: String
  var interrupt: String
  var interruptSeconds: UInt8
  /// The uses that ran out.
  var expiredUses: [String]
  var initialSeconds: Double
  /// nil from controllers that do not tell it.
  var presentSeconds: Double?
  private var timer: WatchdogTimer

  private enum CodingKeys: CodingKey {
    case use, isRunning, isLogged, action, interrupt, interruptSeconds, expiredUses
    case initialSeconds, presentSeconds
  }

  init(_ response: GetWatchdogTimer.Response) {
    timer = response.timer
    use = timer.use.text
    isRunning = timer.isRunning
    isLogged = !timer.isUnlogged
    action = timer.action.text
    let interrupts = ["None", "SMI", "NMI/Diagnostic", "Messaging"]
    interrupt = timer.interrupt < 4 ? interrupts[Int(timer.interrupt)] : "Reserved"
    interruptSeconds = timer.interruptSeconds
    let expired = timer.expiredUses
    expiredUses = (UInt8(0)..<8).filter { expired >> $0 & 1 == 1 }
      .map { WatchdogTimer.Use(rawValue: $0).text }
    initialSeconds = Double(timer.countdown) / 10
    presentSeconds = response.presentCountdown.map { Double($0) / 10 }
  }

  func write(to text: inout ReportText) {
    let useByte = SetWatchdogTimer(timer).data
    text.line("Watchdog Timer Use:     \(use) (0x\((useByte.first ?? 0).hexadecimal()))")
    text.line("Watchdog Timer Is:      \(isRunning ? "Started/Running" : "Stopped")")
    text.line("Watchdog Timer Logging: \(isLogged ? "On" : "Off")")
    text.line(
      "Watchdog Timer Action:  \(action) (0x\((useByte.dropFirst().first ?? 0).hexadecimal()))")
    text.line("Pre-timeout interrupt:  \(interrupt)")
    text.line("Pre-timeout interval:   \(interruptSeconds) seconds")
    let none = timer.expiredUses == 0 ? "None " : ""
    text.line("Timer Expiration Flags: \(none)(0x\(timer.expiredUses.hexadecimal()))")
    for use in expiredUses { text.line("                        * \(use)") }
    text.line("Initial Countdown:      \(initialSeconds) sec")
    text.line("Present Countdown:      \(presentSeconds.map { "\($0)" } ?? "unknown") sec")
  }
}
