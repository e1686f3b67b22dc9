import IPMI
import Support
import Testing

/// What a client and a controller said to each other, from a folder of `Fixtures/ipmi`.
struct RecordedExchange {
  /// One datagram.
  struct Datagram: Equatable {
    var isFromClient: Bool
    var bytes: [UInt8]
  }

  var datagrams: [Datagram] = []

  init(_ name: String, in folder: String = "sessions") throws {
    let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    let text = String(
      decoding: try readFile("/\(root)/Fixtures/ipmi/\(folder)/\(name).txt"), as: UTF8.self)
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let bytes = try #require(Array(hex: line.dropFirst(2)))
      datagrams.append(Datagram(isFromClient: line.hasPrefix(">"), bytes: bytes))
    }
  }

  /// What the client sent, in order.
  var sent: [[UInt8]] { datagrams.filter(\.isFromClient).map(\.bytes) }

  /// The answer that came to what the client sent as its `index`th.
  func answer(to index: Int) -> [UInt8]? {
    var seen = -1
    for (position, datagram) in datagrams.enumerated() where datagram.isFromClient {
      seen += 1
      guard seen == index, position + 1 < datagrams.count else { continue }
      return datagrams[position + 1].isFromClient ? nil : datagrams[position + 1].bytes
    }
    return nil
  }
}

extension [UInt8] {
  init?(hex text: some StringProtocol) {
    let digits = text.utf8.filter { $0 != UInt8(ascii: " ") }
    guard digits.count % 2 == 0 else { return nil }
    self = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard
        let byte = UInt8(String(decoding: digits[index..<(index + 2)], as: UTF8.self), radix: 16)
      else { return nil }
      append(byte)
    }
  }

  var hex: String {
    map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
