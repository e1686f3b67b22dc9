import Drivers
import IPMI

/// `sdr …`: what the repository says of sensors and parts, and what the sensors read.
enum SensorRecordWords {
  static let group = WordGroup(
    names: ["sdr"], summary: "Print Sensor Data Repository entries and readings",
    read: { words throws(WordsEnd) in try read(&words) })

  private static let expected = "expected list, elist, type, get, info, entity or dump"

  private static func read(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard let word = words.next() else {
      return ListSensorRecords(.readable, isExtended: false, style: words.style)
    }
    switch word {
    case "help", "--help", "-h": throw .help(help)
    case "list", "elist": return try list(word, &words)
    case "type": return try type(&words)
    case "entity": return try entity(&words)
    case "info": return information
    case "get": return try get(&words)
    case "dump": return try dump(&words)
    case "fill":
      throw .wrong("sdr fill: not there; \(expected)", "Invalid SDR command: \(word)")
    default: throw .wrong("sdr \(word): \(expected)", "Invalid SDR command: \(word)")
    }
  }

  private static func list(
    _ verb: String, _ words: inout WordReader
  ) throws(WordsEnd) -> any IPMIOperation {
    let usage = "usage: sdr \(verb) [all|full|compact|event|mcloc|fru|generic]"
    let word = words.next()
    let selections: [String: RecordSelection] = [
      "all": .all, "full": .type(0x01), "compact": .type(0x02), "event": .type(0x03),
      "mcloc": .type(0x12), "fru": .type(0x11), "generic": .type(0x10),
    ]
    guard word != "help" else { throw .help(usage) }
    guard let selection = word.map({ selections[$0] }) ?? .readable else {
      let word = word ?? ""
      throw .wrong(
        "sdr \(verb) \(word): expected all, full, compact, event, mcloc, fru or generic",
        "Invalid SDR \(verb) command: \(word)\n" + usage)
    }
    return ListSensorRecords(selection, isExtended: verb == "elist", style: words.style)
  }

  private static func type(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let word = words.next() ?? "list"
    guard !["help", "list"].contains(word.lowercased()) else { return TellText(text: typeTable) }
    guard let type = sensorType(word) else {
      throw .wrong(
        "sdr type \(word): expected a sensor's type, such as Temperature or 0x01; list names them",
        "Sensor Type \"\(word)\" not found.")
    }
    return ListSensorRecords(.sensorType(type), isExtended: true, style: words.style)
  }

  /// The type of that name or number.
  private static func sensorType(_ word: String) -> SensorType? {
    if word.hasPrefix("0x") {
      return WordNumber.parse(word, as: UInt8.self).map { SensorType(rawValue: $0) }
    }
    return types.first { $0.text.lowercased() == word.lowercased() }
  }

  private static let types = (1...0x2c).map { SensorType(rawValue: UInt8($0)) }

  private static var typeTable: String {
    func cell(_ type: SensorType) -> String {
      "\(type.text.filled(to: 25)) (0x\(type.rawValue.hexadecimal()))"
    }
    let rows = stride(from: 0, to: types.count, by: 2).map { index in
      "\t\(cell(types[index]))   \(cell(types[index + 1]))"
    }
    return (["Sensor Types:"] + rows).joined(separator: "\n")
  }

  private static func entity(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let word = words.next() ?? "list"
    guard !["help", "list"].contains(word.lowercased()) else { return TellText(text: entityTable) }
    guard let selection = entitySelection(word) else {
      throw .wrong(
        "sdr entity \(word): expected a part, such as 7, 7.1 or \"System Board\"; list names them",
        "Invalid entity: \(word)")
    }
    return ListSensorRecords(selection, isExtended: true, style: words.style)
  }

  private static func entitySelection(_ word: String) -> RecordSelection? {
    let parts = word.split(separator: ".", omittingEmptySubsequences: false)
    if let kind = parts.first.flatMap({ UInt8($0) }) {
      guard parts.count > 1 else { return .entity(kind, instance: nil) }
      guard parts.count == 2, let instance = UInt8(parts[1]) else { return nil }
      // 127 is ipmitool's "any".
      return .entity(kind, instance: instance == 0x7f ? nil : instance)
    }
    let named = entityKinds.last {
      EntityID(kind: $0, instance: 0).text.lowercased() == word.lowercased()
    }
    return named.map { .entity($0, instance: nil) }
  }

  private static let entityKinds: [UInt8] =
    Array(0x00...0x42) + [0xa0, 0xc0, 0xc1, 0xf0, 0xf1, 0xf2, 0xf3]

  private static var entityTable: String {
    func cell(_ kind: UInt8) -> String {
      "\(kind)".filledInFront(to: 4)
        + "  \(EntityID(kind: kind, instance: 0).text.filled(to: 32))"
    }
    let rows = stride(from: 0, to: entityKinds.count, by: 2).map { index in
      entityKinds[index..<min(index + 2, entityKinds.count)].map { "  " + cell($0) }.joined(
        separator: "  ")
    }
    return (["", "Entity IDs:", ""] + rows + [""]).joined(separator: "\n")
  }

  private static func get(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let names = words.remaining()
    guard !names.isEmpty else {
      throw .wrong("sdr get: expected a sensor's name", "No Sensor ID supplied")
    }
    var style = words.style
    style.verbosity = max(1, style.verbosity)
    return ListSensorRecords(.names(names), isExtended: false, style: style)
  }

  private static func dump(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let path = try words.next(
      or: .missing("sdr dump: expected a file's name", help: "usage: sdr dump <file>"))
    return DumpSensorRecords(path: path)
  }

  private static var information: any IPMIOperation {
    SingleRequest(
      request: GetSDRRepositoryInfo(),
      complaint: Complaint("Get SDR Repository Info command failed")
    ) { RepositoryReport($0) }
  }

  private static let help = """
    usage: sdr <command> [options]
                   list | elist [option]
                         all           All SDR Records
                         full          Full Sensor Record
                         compact       Compact Sensor Record
                         event         Event-Only Sensor Record
                         mcloc         Management Controller Locator Record
                         fru           FRU Locator Record
                         generic       Generic Device Locator Record

                   type [option]
                         <Sensor_Type> Retrieve the state of specified sensor.
                                       Sensor_Type can be specified either as
                                       a string or a hex value.
                         list          Get a list of available sensor types

                   get <Sensor_ID>
                         Retrieve state of the first sensor matched by Sensor_ID

                   info
                         Display information about the repository itself

                   entity <Entity_ID>[.<Instance_ID>]
                         Display all sensors associated with an entity

                   dump <file>
                         Dump raw SDR data to a file

    """
}

/// Words whose answer no controller is needed for.
struct TellText: IPMIOperation {
  /// The answer.
  var text: String

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    DoneReport(text)
  }
}
