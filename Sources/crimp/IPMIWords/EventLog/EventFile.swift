import IPMI

/// A file of events, a line each: 7 bytes (revision, sensor type and number, event type, 3 of data), and
/// a comment behind `#`. `sel save` writes it; `sel add` and `event file` read it.
enum EventFile {
  private static let byteCount = 7

  /// The events of the file at `path`.
  ///
  /// - Parameter words: those that the file is for, for the complaint.
  static func events(
    at path: String, for words: String
  ) throws(WordsEnd) -> [PlatformEventMessage] {
    let bytes: [UInt8]
    do throws(CommandFailure) {
      bytes = try WholeFile.bytes(at: path)
    } catch {
      throw .wrong("\(words): \(error.message)", Self.unreadable(path, error))
    }
    var events: [PlatformEventMessage] = []
    let lines = String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let fields = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
      guard !fields.isEmpty else { continue }
      let event = fields.prefix(byteCount).compactMap {
        WordNumber.parse(String($0), as: UInt8.self)
      }
      guard event.count == byteCount else {
        throw .wrong(
          "\(words) \(path), line \(index + 1): expected 7 bytes, such as 0x04",
          "Invalid Event: \(line)")
      }
      events.append(PlatformEventMessage(bytes: event))
    }
    return events
  }

  /// What ipmitool says of a file that cannot be read.
  static func unreadable(_ path: String, _ failure: CommandFailure) -> String {
    let isMissing = failure.message.hasSuffix("No such file or directory")
    return isMissing ? "File \(path) does not exist" : failure.message
  }

  /// The file of these records; a manufacturer's have no place in it.
  static func bytes(of records: [LoggedEvent]) -> [UInt8] {
    Array(records.compactMap(line).joined().utf8)
  }

  private static func line(_ logged: LoggedEvent) -> String? {
    guard let event = logged.standard?.event else { return nil }
    let bytes = PlatformEventMessage(event).event.map { "0x\($0.hexadecimal())" }
    let text = event.text.isEmpty ? "Unknown" : event.text
    return bytes.joined(separator: " ")
      + " # \(event.sensorType.text) #0x\(event.sensorNumber.hexadecimal()) \(text)\n"
  }
}

extension PlatformEventMessage {
  /// The event of these 7 bytes.
  fileprivate init(bytes: [UInt8]) {
    self.init(
      SystemEvent(
        revision: bytes[0], sensorType: SensorType(rawValue: bytes[1]), sensorNumber: bytes[2],
        readingType: EventReadingType(rawValue: bytes[3]), isDeassertion: bytes[3] & 0x80 != 0,
        data: Array(bytes[4...])))
  }
}
