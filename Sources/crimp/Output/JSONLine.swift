import FoundationEssentials

/// One JSON object a line, keys in a stable order.
enum JSONLine {
  /// Writes `record`, on standard output where nothing else is said.
  static func write(_ record: some Encodable, to stream: StandardStream = .output) {
    stream.writeLine(text(record))
  }

  /// `record` as a line, without its end. A record of ours has no value that JSON lacks, so encoding cannot
  /// fail.
  static func text(_ record: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(record)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
