import IPMI
import Support

/// A command and its answer as two other programs exchanged them.
struct RecordedExchange {
  var file: String
  var line: Int
  var networkFunction: NetworkFunction
  var command: UInt8
  var request: [UInt8]
  var completionCode: CompletionCode
  var response: [UInt8]

  /// All exchanges of `Fixtures/ipmi/exchanges`. A line that begins with `>` is a request, the line
  /// after it that begins with `<` its response; lines that begin with neither go on.
  static func all() throws -> [RecordedExchange] {
    let folder = "Fixtures/ipmi/exchanges"
    return try Fixture.names(in: folder).flatMap { try read("\(folder)/\($0)") }
  }

  private static func read(_ path: String) throws -> [RecordedExchange] {
    var messages: [(line: Int, isRequest: Bool, bytes: [UInt8])] = []
    let text = String(decoding: try Fixture.file(path), as: UTF8.self)
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      var words = line.prefix { $0 != "#" }.split(separator: " ")
      guard let first = words.first else { continue }
      if first == ">" || first == "<" {
        words.removeFirst()
        messages.append((index + 1, first == ">", []))
      }
      for word in words {
        guard let byte = UInt8(word, radix: 16), !messages.isEmpty else {
          throw FixtureError.notHex(path: path, line: index + 1)
        }
        messages[messages.count - 1].bytes.append(byte)
      }
    }
    return try pairs(messages, path)
  }

  private static func pairs(
    _ messages: [(line: Int, isRequest: Bool, bytes: [UInt8])], _ path: String
  ) throws -> [RecordedExchange] {
    try stride(from: 0, to: messages.count, by: 2).map { index in
      let request = messages[index]
      guard index + 1 < messages.count, request.isRequest, request.bytes.count >= 2,
        !messages[index + 1].isRequest, let code = messages[index + 1].bytes.first
      else { throw FixtureError.notHex(path: path, line: request.line) }
      return RecordedExchange(
        file: path, line: request.line,
        networkFunction: NetworkFunction(rawValue: request.bytes[0]), command: request.bytes[1],
        request: Array(request.bytes.dropFirst(2)),
        completionCode: CompletionCode(rawValue: code),
        response: Array(messages[index + 1].bytes.dropFirst()))
    }
  }
}
