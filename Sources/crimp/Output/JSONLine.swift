import FoundationEssentials

/// One JSON object a line on standard output, keys in a stable order.
enum JSONLine {
  /// Writes `record`. A record of ours has no value that JSON lacks, so encoding cannot fail.
  static func write(_ record: some Encodable) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(record) else { return }
    StandardStream.output.writeLine(String(decoding: data, as: UTF8.self))
  }
}
