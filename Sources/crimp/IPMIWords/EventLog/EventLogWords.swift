import IPMI

/// `sel …`: the system event log.
enum EventLogWords {
  static let group = WordGroup(
    names: ["sel"], summary: "Print System Event Log (SEL)",
    read: { words throws(WordsEnd) in try read(&words) })

  private static let expected =
    "expected info, list, elist, get, delete, clear, add, time, save, writeraw or readraw"

  private static func read(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard let word = words.next() else { return ShowEventLog() }
    switch word {
    case "help", "--help", "-h":
      throw .help(
        "SEL Commands:  info clear delete list elist get add time save readraw writeraw interpret")
    case "info": return ShowEventLog()
    case "list", "elist": return try list(word, &words)
    case "get": return ShowEvents(records: try numbers("get", "usage: sel get <entry>", &words))
    case "delete":
      let usage = "usage: sel delete <id>...<id>"
      return DeleteEvents(records: try numbers("delete", usage, &words))
    case "clear": return ClearEventLog()
    case "time": return try time(&words)
    case "save", "writeraw", "add", "readraw", "ereadraw": return try file(word, &words)
    case "interpret":
      return InterpretEvents(
        try InterpretEvents.Source(&words), verbosity: words.style.verbosity)
    default: throw .wrong("sel \(word): \(expected)", "Invalid SEL command: \(word)")
    }
  }

  private static func list(
    _ verb: String, _ words: inout WordReader
  ) throws(WordsEnd) -> any IPMIOperation {
    var range = ListEvents.Range.all
    if let word = words.next() {
      if let count = words.next() {
        switch word {
        case "first": range = .first(try countWord(count, verb))
        case "last": range = .last(try countWord(count, verb))
        default:
          throw .wrong("sel \(verb) \(word): expected first or last", "Unknown sel list option")
        }
      } else {
        range = .first(try countWord(word, verb))
      }
    }
    return ListEvents(range: range, isExtended: verb == "elist", verbosity: words.style.verbosity)
  }

  private static func countWord(_ word: String, _ verb: String) throws(WordsEnd) -> Int {
    guard let count = WordNumber.parse(word, as: Int32.self), count >= 0 else {
      throw .wrong(
        "sel \(verb) \(word): expected how many records",
        "Numeric argument required; got '\(word)'")
    }
    return Int(count)
  }

  private static func numbers(
    _ verb: String, _ usage: String, _ words: inout WordReader
  ) throws(WordsEnd) -> [UInt16] {
    let words = words.remaining()
    guard !words.isEmpty else {
      throw .wrong("sel \(verb): expected records' numbers", usage, status: 0)
    }
    guard words.first != "help" else { throw .help(usage, status: 1) }
    return try words.map { word throws(WordsEnd) in
      guard let number = WordNumber.parse(word, as: UInt16.self) else {
        throw .wrong(
          "sel \(verb) \(word): expected a record's number, such as 12 or 0x0c",
          "Given SEL ID '\(word)' is invalid.")
      }
      return number
    }
  }

  private static func time(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let commands = "sel time commands: get set"
    switch words.next() {
    case "get": return ShowEventLogTime()
    case "set":
      let usage = "usage: sel time set \"mm/dd/yyyy hh:mm:ss\""
      let word = try words.next(
        or: .wrong("sel time set: expected a time, or now", usage, status: 0))
      guard let time = EventLogClock(word, isUTC: words.style.isUTC) else {
        throw .wrong(
          "sel time set \(word): expected now, or a time such as \"11/21/26 06:00:00\"",
          "Specified time could not be parsed")
      }
      return SetEventLogTime(clock: time)
    case nil: throw .wrong("sel time: expected get or set", commands, status: 0)
    case let word?: throw .wrong("sel time \(word): expected get or set", commands, status: 0)
    }
  }

  private static func file(
    _ verb: String, _ words: inout WordReader
  ) throws(WordsEnd) -> any IPMIOperation {
    let path = try words.next(
      or: .wrong("sel \(verb): expected a file's name", "usage: sel \(verb) <filename>", status: 0))
    let verbosity = words.style.verbosity
    switch verb {
    case "save": return SaveEvents(path: path, isRaw: false, verbosity: verbosity)
    case "writeraw": return SaveEvents(path: path, isRaw: true, verbosity: verbosity)
    case "add": return AddEvents(try EventFile.events(at: path, for: "sel add"))
    default:
      return ReadRawEvents(
        path: path, isExtended: verb == "ereadraw", verbosity: verbosity)
    }
  }
}
