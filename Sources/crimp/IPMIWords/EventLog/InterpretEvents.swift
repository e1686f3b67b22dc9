import Drivers
import IPMI
import Machines

/// `sel interpret`: events of a shelf manager's own log, a line each:
///
///     0x001F: Event: at Mar 27 06:41:10 2007;from:(0x9a,0,7); sensor:(0xc3,119); event:0x6f(asserted): 0xA3 0x00 0x88
///
/// The time is not read: nobody knows the zone it is of.
struct InterpretEvents: IPMIOperation {
  /// The file, as its words name it.
  struct Source: Sendable {
    var path: String

    /// Reads a manufacturer's number, a file's name, and `pps`.
    init(_ words: inout WordReader) throws(WordsEnd) {
      let usage = "usage: sel interpret iana filename format(pps)"
      guard words.count >= 3, let maker = words.next(), let path = words.next(),
        let format = words.next()
      else {
        throw .wrong(
          "sel interpret: expected a manufacturer's number, a file's name and pps", usage, status: 0
        )
      }
      guard WordNumber.parse(maker, as: UInt32.self) != nil else {
        throw .wrong(
          "sel interpret \(maker): expected a manufacturer's number",
          "Given IANA '\(maker)' is invalid.")
      }
      guard format == "pps" else {
        throw .wrong(
          "sel interpret \(format): expected pps", "Given format '\(format)' is unknown.")
      }
      self.path = path
    }
  }

  private let source: Source
  private let verbosity: Int

  init(_ source: Source, verbosity: Int) {
    self.source = source
    self.verbosity = verbosity
  }

  var privilege: PrivilegeLevel { .user }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let bytes: [UInt8]
    do throws(CommandFailure) {
      bytes = try WholeFile.bytes(at: source.path)
    } catch {
      throw OperationFailure(
        .completion(.notPresent, command: "sel interpret", meaning: error.message),
        "\(error.message)\nFailed to open file '\(source.path)' for reading.")
    }
    var report = EventsReport(isLong: verbosity > 0)
    let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      guard let record = ShelfEventLine.record(in: line) else {
        throw OperationFailure(
          .completion(
            .invalidDataField, command: "sel interpret",
            meaning: "\(source.path), line \(index + 1): not an event of a shelf manager"),
          "ipmitool: can't guess format.", after: report)
      }
      report.add(record.bytes, [])
    }
    return report
  }
}

/// A line of a shelf manager's log.
enum ShelfEventLine {
  /// The event in a line; nil when there is none.
  static func record(in line: Substring) -> SystemEventRecord? {
    let parts = line.split(separator: ";", omittingEmptySubsequences: false)
    guard parts.count >= 4, let colon = parts[0].firstIndex(of: ":"),
      let number = WordNumber.parse(String(parts[0][..<colon]), as: UInt16.self)
    else { return nil }
    guard let sensor = numbers(parts[2], between: "(", and: ")"), sensor.count == 2,
      let open = parts[3].firstIndex(of: "("), let close = parts[3].firstIndex(of: ")"),
      open < close
    else { return nil }
    let before = parts[3][..<open].split(separator: ":").last.map(String.init) ?? ""
    let bytes = parts[3][parts[3].index(after: close)...]
      .split { $0.isWhitespace || $0 == ":" }
      .compactMap { WordNumber.parse(String($0), as: UInt8.self) }
    guard let type = WordNumber.parse(before, as: UInt8.self), bytes.count == 3 else { return nil }
    let event = SystemEvent(
      sensorType: SensorType(rawValue: sensor[0]), sensorNumber: sensor[1],
      readingType: EventReadingType(rawValue: type),
      isDeassertion: !parts[3][open...].dropFirst().hasPrefix("a"), data: bytes)
    return SystemEventRecord(recordID: number, .event(event, time: 0))
  }

  private static func numbers(
    _ text: Substring, between first: Character, and last: Character
  ) -> [UInt8]? {
    guard let open = text.firstIndex(of: first), let close = text.firstIndex(of: last), open < close
    else { return nil }
    let words = text[text.index(after: open)..<close].split(separator: ",").map(String.init)
    let numbers = words.compactMap { WordNumber.parse($0, as: UInt8.self) }
    return numbers.count == words.count ? numbers : nil
  }
}
