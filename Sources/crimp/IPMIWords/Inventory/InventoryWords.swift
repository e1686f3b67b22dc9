import IPMI

/// `fru …`: what the parts of the machine are.
enum InventoryWords {
  static let group = WordGroup(
    names: ["fru"], summary: "Print built-in FRU and scan SDR for FRU locators",
    read: { words throws(WordsEnd) in try read(&words) })

  private static let help = "FRU Commands:  print read write upgEkey edit internaluse get"
  private static let expected = "expected print, list, read, write, edit or internaluse"

  private static func read(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let tellsAll = words.style.verbosity > 0
    guard !words.takesHelp() else { throw .help(help) }
    guard let word = words.next() else { return ShowInventories(tellsMultirecords: tellsAll) }
    switch word {
    case "print", "list":
      guard !words.takes("help") else {
        throw .help("fru print [fru id] - print information about FRU(s)")
      }
      guard let number = words.next() else {
        return ShowInventories(tellsMultirecords: tellsAll)
      }
      return ShowInventory(device: try device(number), tellsMultirecords: tellsAll)
    case "read":
      let (device, path) = try file(&words, "read")
      return ReadInventory(device: device, path: path)
    case "write":
      let (device, path) = try file(&words, "write")
      return WriteInventory(device: device, path: path)
    case "edit": return try edit(&words)
    case "internaluse": return try internalUse(&words)
    default: throw .wrong("fru \(word): \(expected)", "Invalid FRU command: \(word)\n" + help)
    }
  }

  private static func device(_ word: String) throws(WordsEnd) -> UInt8 {
    guard let number = WordNumber.parse(word, as: UInt8.self) else {
      throw .wrong(
        "fru \(word): expected a number, 0 to 255",
        "FRU ID '\(word)' is either invalid or out of range.")
    }
    return number
  }

  private static func path(_ word: String) throws(WordsEnd) -> String {
    guard !word.isEmpty else {
      throw .wrong("fru: the file's name is empty", "File/path is invalid.")
    }
    guard word.utf8.count < 512 else {
      throw .wrong(
        "fru: the file's name is longer than 511 bytes",
        "File/path must be shorter than 512 bytes.")
    }
    return word
  }

  private static func file(
    _ words: inout WordReader, _ verb: String
  ) throws(WordsEnd) -> (device: UInt8, path: String) {
    let help = """
      fru \(verb) <fru id> <fru file>
      Note: FRU ID and file(incl. full path) must be specified.
      Example: ipmitool fru \(verb) 0 /root/fru.bin
      """
    guard !words.takesHelp() else { throw .help(help) }
    guard words.count >= 2, let number = words.next(), let name = words.next() else {
      throw .missing("fru \(verb): expected a unit's number and a file", help: help)
    }
    return (try device(number), try path(name))
  }

  // MARK: Changing

  private static func edit(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let help = """
      fru edit <fruid> field <section> <index> <string> - edit FRU string
      fru edit <fruid> oem iana <record> <format> <args> - limited OEM support
      """
    let expected = "expected UNIT field c|b|p INDEX TEXT"
    guard !words.takesHelp() else { throw .help(help) }
    let number = try device(
      words.next(or: .missing("fru edit: \(expected)", help: help)))
    guard words.takes("field") else {
      guard let word = words.next() else { throw .missing("fru edit: \(expected)", help: help) }
      throw .wrong("fru edit \(word): \(expected)", "Invalid command: \(word)\n" + help)
    }
    guard words.count == 3, let section = words.next(), let index = words.next(),
      let text = words.next()
    else { throw .missing("fru edit: \(expected)", help: help) }
    guard let area = EditInventory.Area(rawValue: String(section.prefix(1))) else {
      throw .wrong(
        "fru edit section \(section): expected c for chassis, b for board or p for product",
        "Wrong field type.")
    }
    guard let field = UInt8(index), field <= 63 else {
      throw .wrong("fru edit index \(index): expected 0 to 63", "Field not found !")
    }
    guard text.utf8.count <= 63, text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }),
      !text.isEmpty
    else {
      throw .wrong(
        "fru edit: expected a text of 1 to 63 characters of ASCII", "Field is too long.")
    }
    return EditInventory(device: number, area: area, index: Int(field), text: text)
  }

  // MARK: The manufacturer's own

  private static let internalUseHelp = """
    fru internaluse <fru id> info             - get internal use area size
    fru internaluse <fru id> print            - print internal use area in hex
    fru internaluse <fru id> read  <fru file> - read internal use area to file
    fru internaluse <fru id> write <fru file> - write internal use area from file
    """

  private static func internalUse(
    _ words: inout WordReader
  ) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(internalUseHelp) }
    let wrong = WordsEnd.wrong(
      "fru internaluse: expected UNIT and info, print, read FILE or write FILE",
      "Either unknown command or not enough parameters given.\n" + internalUseHelp)
    guard words.count >= 2, let number = words.next(), let verb = words.next() else { throw wrong }
    switch (verb, words.isAtEnd) {
    case ("info", _): return ShowInternalUse(device: try device(number), tellsBytes: false)
    case ("print", _): return ShowInternalUse(device: try device(number), tellsBytes: true)
    case ("read", false):
      return SaveInternalUse(
        device: try device(number), path: try path(words.next(or: wrong)))
    case ("write", false):
      return WriteInternalUse(
        device: try device(number), path: try path(words.next(or: wrong)))
    default: throw wrong
    }
  }
}
