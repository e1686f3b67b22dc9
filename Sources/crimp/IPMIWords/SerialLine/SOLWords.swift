import Drivers
import IPMI
import Machines

/// `sol …`: serial over LAN.
enum SOLWords {
  static let group = WordGroup(
    names: ["sol"], summary: "Configure and connect IPMIv2.0 Serial-over-LAN",
    read: { words throws(WordsEnd) in try read(&words) })

  private static let expected =
    "expected info, set, payload, activate, deactivate or looptest"

  private static func read(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(help) }
    let word = try words.next(or: .wrong("sol: \(expected)", help, status: 0))
    switch word {
    case "info": return try info(&words)
    case "set": return try SOLSetWords.read(&words)
    case "payload": return try payload(&words)
    case "activate": return try activate(&words)
    case "deactivate": return try deactivate(&words)
    case "looptest": return try loopTest(&words)
    default: throw .wrong("sol \(word): \(expected)", help)
    }
  }

  private static func info(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard words.count <= 1 else { throw .wrong("sol info: expected one channel", help) }
    guard let word = words.next() else { return ShowSOL(channel: .current) }
    return ShowSOL(channel: try WordReader.channel(word))
  }

  private static func payload(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let expected = "sol payload: expected enable, disable or status, a channel and a user"
    guard (1...3).contains(words.count), let verb = words.next() else {
      throw .wrong(expected, help)
    }
    var channel = ChannelNumber.current
    var userID: UInt8 = 1
    if let word = words.next() { channel = try WordReader.channel(word) }
    if let word = words.next() { userID = try WordReader.userID(word) }
    switch verb {
    case "enable", "disable":
      return SetSOLAccess(channel: channel, userID: userID, isEnabled: verb == "enable")
    case "status": return ShowSOLAccess(channel: channel, userID: userID)
    default: throw .wrong("sol payload \(verb): expected enable, disable or status", help)
    }
  }

  private static func activate(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    var activation = ActivateSOL()
    while let word = words.next() {
      switch word {
      case "usesolkeepalive": activation.keepAlive = .packet
      case "nokeepalive": activation.keepAlive = .nothing
      default: activation.instance = try instance(word, "activate")
      }
    }
    return activation
  }

  private static func deactivate(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    var number: UInt8 = 1
    while let word = words.next() { number = try instance(word, "deactivate") }
    return DeactivateSOL(instance: number)
  }

  private static func instance(_ word: String, _ verb: String) throws(WordsEnd) -> UInt8 {
    guard word.hasPrefix("instance=") else {
      throw .wrong("sol \(verb) \(word): expected instance=NUMBER", help)
    }
    let text = String(word.dropFirst("instance=".count))
    guard let number = WordNumber.parse(text, as: UInt8.self) else {
      throw .wrong(
        "sol \(verb) \(word): expected a number of 8 bits",
        "Given instance '\(text)' is invalid.\n" + help)
    }
    return number
  }

  private static func loopTest(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard words.count <= 3 else {
      throw .wrong("sol looptest: expected times, an interval and an instance", help)
    }
    var test = LoopTestSOL()
    if let word = words.next() {
      let count = try number(word, "cnt")
      if count > 0 { test.count = count }
    }
    if let word = words.next() {
      test.interval = .milliseconds(max(0, try number(word, "interval")))
    }
    if let word = words.next() {
      guard let instance = WordNumber.parse(word, as: UInt8.self) else {
        throw .wrong(
          "sol looptest \(word): expected an instance's number",
          "Given instance '\(word)' is invalid.\n" + help)
      }
      test.instance = instance
    }
    return test
  }

  private static func number(_ word: String, _ name: String) throws(WordsEnd) -> Int {
    guard let number = WordNumber.parse(word, as: Int32.self) else {
      throw .wrong("sol looptest \(word): expected a number", "Given \(name) '\(word)' is invalid.")
    }
    return Int(number)
  }

  static let help = """
    SOL Commands: info [<channel number>]
                  set <parameter> <value> [channel]
                  payload <enable|disable|status> [channel] [userid]
                  activate [<usesolkeepalive|nokeepalive>] [instance=<number>]
                  deactivate [instance=<number>]
                  looptest [<loop times> [<loop interval(in ms)> [<instance>]]]
    """
}
