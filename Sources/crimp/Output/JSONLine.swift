import FoundationEssentials

/// One JSON object a line, keys in a stable order.
enum JSONLine {
  /// Writes `record`, on standard output where nothing else is said. A record of ours has no value that
  /// JSON lacks, so encoding cannot fail.
  static func write(_ record: some Encodable, to stream: StandardStream = .output) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(record) else { return }
    stream.writeLine(String(decoding: data, as: UTF8.self))
  }
}
