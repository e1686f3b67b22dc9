import ArgumentParser

/// A file of addresses, for commands that may be about thousands.
struct AddressFile: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "More addresses, one a line, # for comments; - for standard input.", valueName: "file"))
  var addressesFile: String?

  /// Nobody was named, neither on the command line nor in a file.
  static let nothingNamed = CommandFailure(
    .usage, "ADDRESS is missing: give an address, or --addresses-file")

  /// What `operands` name, then what the file names.
  func values<Value>(
    after operands: [OperandList<Value>]
  ) throws(CommandFailure) -> [Scoped<Value>] {
    let named = operands.flatMap(\.values)
    guard let path = addressesFile else { return named }
    return named + (try Self.values(in: try WholeFile.bytes(at: path), of: path))
  }

  /// What the lines of `bytes` name; a line may hold several, with commas or blanks between them.
  static func values<Value>(
    in bytes: [UInt8], of path: String
  ) throws(CommandFailure) -> [Scoped<Value>] {
    var values: [Scoped<Value>] = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let content = line.prefix { $0 != UInt8(ascii: "#") }
      for word in content.split(whereSeparator: isSeparator) {
        let text = String(decoding: word, as: UTF8.self)
        guard let value = Scoped<Value>(argument: text) else {
          throw CommandFailure(
            .usage, "--addresses-file \(path), line \(index + 1): '\(text)' is no address")
        }
        values.append(value)
      }
    }
    return values
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: " ") || (9...13).contains(byte)
  }
}
