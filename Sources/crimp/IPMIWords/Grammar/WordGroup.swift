import IPMI

/// The words that begin with one word, such as `chassis`: what they are, and how they are read.
struct WordGroup: Sendable {
  /// The first word, and other words for it.
  var names: [String]
  /// What the group is for, in one line.
  var summary: String
  /// Reads what follows the first word.
  var read: @Sendable (inout WordReader) throws(WordsEnd) -> any IPMIOperation
}

/// The grammar of words: one table for `crimp ipmi` and the drop-in `ipmitool`.
enum IPMIWords {
  /// All groups, in the order of ipmitool's help.
  static let groups: [WordGroup] = [
    RawWords.group, LANWords.group, ChassisWords.group, PowerWords.group, EventWords.group,
    ControllerWords.group, SensorRecordWords.group, SensorWords.group, InventoryWords.group,
    EventLogWords.group, UserWords.group, ChannelWords.group, SessionWords.group, SOLWords.group,
    DCMIWords.group,
  ]

  /// The groups' names and what they are for, as ipmitool lists them.
  static var list: String {
    "Commands:\n"
      + groups.map { "\t\(($0.names.first ?? "").filled(to: 12))  \($0.summary)\n" }.joined()
  }

  /// Reads words.
  ///
  /// - Parameters:
  ///   - words: those behind the options.
  ///   - style: how the report will be written.
  ///   - refusesMore: whether words behind an operation's own are wrong; ipmitool passes over them.
  ///   - secrets: how they get at secrets.
  static func operation(
    _ words: [String], style: ReportStyle = ReportStyle(), refusesMore: Bool,
    secrets: SecretInput
  ) throws(WordsEnd) -> any IPMIOperation {
    var reader = WordReader(words, style: style, secrets: secrets)
    guard !reader.takesHelp() else { throw .help(list) }
    let names = groups.compactMap(\.names.first).joined(separator: ", ")
    guard let name = reader.next() else {
      throw .wrong("words are missing: expected one of \(names)", "No command provided!\n" + list)
    }
    guard let group = groups.first(where: { $0.names.contains(name) }) else {
      throw .wrong("\(name): expected one of \(names)", "Invalid command: \(name)\n" + list)
    }
    let operation = try group.read(&reader)
    if refusesMore, let more = reader.next() {
      let place = reader.hasSecret ? "behind the password" : more
      throw .wrong("\(place): expected nothing more", "Invalid command: \(more)")
    }
    return operation
  }
}
