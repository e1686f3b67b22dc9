import Proxies
import Support
import Testing

@Suite struct `Parsing messages of proxies` {
  private static let longName = String(repeating: "n", count: 255)

  /// Whole messages of each kind, and what reads them back to bytes.
  private static let messages: [(bytes: [UInt8], parse: @Sendable ([UInt8]) throws -> Int?)] = [
    ([4, 1, 0, 80, 192, 0, 2, 1, 0x66, 0], { try count(SOCKS4Request.parse($0)) }),
    (
      SOCKS4Request(ProxyAddress(.name(longName), port: 1)).bytes ?? [],
      { try count(SOCKS4Request.parse($0)) }
    ),
    (SOCKS4Reply(.failed).bytes, { try count(SOCKS4Reply.parse($0)) }),
    (SOCKS5Greeting([.none, .password]).bytes, { try count(SOCKS5Greeting.parse($0)) }),
    (SOCKS5Selection(.password).bytes, { try count(SOCKS5Selection.parse($0)) }),
    (
      SOCKS5Password(user: [1], password: []).bytes ?? [], { try count(SOCKS5Password.parse($0)) }
    ),
    (SOCKS5PasswordStatus(isAccepted: false).bytes, { try count(SOCKS5PasswordStatus.parse($0)) }),
    (
      SOCKS5Request(ProxyAddress(.name(longName), port: 1)).bytes ?? [],
      { try count(SOCKS5Request.parse($0)) }
    ),
    (
      SOCKS5Reply(.refused, ProxyAddress(.ipv6(high: 1, low: 2), port: 3)).bytes,
      { try count(SOCKS5Reply.parse($0)) }
    ),
    (
      HTTPConnectRequest(ProxyAddress(.ipv6(high: 1, low: 2), port: 3)).bytes ?? [],
      { try count(HTTPConnectRequest.parse($0)) }
    ),
    (HTTPConnectResponse(200, "OK").bytes, { try count(HTTPConnectResponse.parse($0)) }),
  ]

  /// How long the message is; nil while it is incomplete.
  private static func count<Message>(_ parse: ProxyParse<Message>) throws -> Int? {
    switch parse {
    case .incomplete(let more):
      #expect(more > 0)
      return nil
    case .complete(_, let count): return count
    }
  }

  @Test(arguments: messages.indices)
  func `a message ends where it ends, however it comes`(_ index: Int) throws {
    let (bytes, parse) = Self.messages[index]
    #expect(!bytes.isEmpty)
    for count in 0..<bytes.count {
      #expect(try parse(Array(bytes[..<count])) == nil, "\(count) of \(bytes.count)")
    }
    #expect(try parse(bytes) == bytes.count)
    #expect(try parse(bytes + [5, 0, 0, 0x0d, 0x0a]) == bytes.count)
  }

  @Test func `what is no message is refused at its first wrong byte`() {
    #expect(throws: ProxyFormatError.wrongValue(field: "VN", 5, offset: 0)) {
      try SOCKS4Request.parse([5])
    }
    #expect(throws: ProxyFormatError.wrongValue(field: "VER", 4, offset: 0)) {
      try SOCKS5Greeting.parse([4])
    }
    #expect(throws: ProxyFormatError.wrongValue(field: "NMETHODS", 0, offset: 1)) {
      try SOCKS5Greeting.parse([5, 0])
    }
    #expect(throws: ProxyFormatError.wrongValue(field: "ATYP", 2, offset: 3)) {
      try SOCKS5Request.parse([5, 1, 0, 2, 0])
    }
    #expect(throws: ProxyFormatError.malformedName(offset: 5)) {
      try SOCKS5Request.parse([5, 1, 0, 3, 1, 0x20, 0, 80])
    }
    #expect(throws: ProxyFormatError.malformedName(offset: 5)) {
      try SOCKS5Request.parse([5, 1, 0, 3, 0, 0, 80])
    }
    #expect(throws: ProxyFormatError.wrongValue(field: "ULEN", 0, offset: 1)) {
      try SOCKS5Password.parse([1, 0])
    }
    #expect(throws: ProxyFormatError.tooLong(field: "USERID", limit: 255, offset: 8)) {
      try SOCKS4Request.parse([4, 1, 0, 80, 1, 2, 3, 4] + [UInt8](repeating: 7, count: 256))
    }
    #expect(throws: ProxyFormatError.tooLong(field: "name", limit: 255, offset: 9)) {
      try SOCKS4Request.parse([4, 1, 0, 80, 0, 0, 0, 4, 0] + [UInt8](repeating: 0x61, count: 256))
    }
    #expect(throws: ProxyFormatError.malformedName(offset: 9)) {
      try SOCKS4Request.parse([4, 1, 0, 80, 0, 0, 0, 4, 0, 0])
    }
    #expect(throws: ProxyFormatError.tooLong(field: "head", limit: HTTPHead.limit, offset: 0)) {
      try HTTPHead.parse([UInt8](repeating: 0x41, count: HTTPHead.limit))
    }
  }

  @Test(arguments: [
    "CONNECT host HTTP/1.1", "CONNECT host: HTTP/1.1", "CONNECT :80 HTTP/1.1",
    "CONNECT host:65536 HTTP/1.1", "CONNECT host:80 HTTP/2", "CONNECT host:80",
    "CONNECT  host:80 HTTP/1.1",
    "CONNECT a:b:80 HTTP/1.1", "CONNECT [::1:80 HTTP/1.1", "CONNECT me@host:80 HTTP/1.1",
    "CONNECT host:+80 HTTP/1.1", "CONNECT host:80 HTTP/1.1\r\nno colon",
    "CONNECT host:80 HTTP/1.1\r\n: x",
    "CONNECT host:80 HTTP/1.1\r\nName : x", "CONNECT host:80 HTTP/1.1\r\nA: \u{7}",
  ])
  func `a request for a tunnel that is none`(_ head: String) {
    #expect(throws: ProxyFormatError.malformedLine) {
      try HTTPConnectRequest.parse(Array((head + "\r\n\r\n").utf8))
    }
  }

  @Test func `heads are read as they are meant`() throws {
    let text = "\r\nHTTP/1.1 200 Fine  so\nA:  b\t\nC:\r\n\r\nrest"
    guard case .complete(let head, let count) = try HTTPHead.parse(Array(text.utf8)) else {
      Issue.record("incomplete")
      return
    }
    #expect(head.line == "HTTP/1.1 200 Fine  so")
    #expect(head.value(of: "a") == "b" && head.value(of: "c") == "" && head.value(of: "d") == nil)
    #expect(count == text.utf8.count - 4)
    let response = try HTTPConnectResponse.parse(Array("HTTP/1.1 204\r\n\r\n".utf8))
    #expect(response == .complete(HTTPConnectResponse(204, ""), byteCount: 16))
    guard
      case .complete(let other, _) = try HTTPConnectRequest.parse(
        Array("GET / HTTP/1.1\r\n\r\n".utf8))
    else {
      Issue.record("incomplete")
      return
    }
    #expect(other.method == "GET" && other.destination == nil && other.bytes == nil)
  }

  @Test func `what a protocol cannot carry is not written`() {
    let six = ProxyAddress(.ipv6(high: 0, low: 1), port: 80)
    #expect(SOCKS4Request(six).bytes == nil)
    // 0.0.0.1 to 0.0.0.255 mean that a name follows.
    #expect(SOCKS4Request(ProxyAddress(.ipv4(255), port: 80)).bytes == nil)
    #expect(SOCKS4Request(ProxyAddress(.ipv4(256), port: 80), user: [1, 0]).bytes == nil)
    for name in ["", "a b", "a\r\nb", "é", String(repeating: "n", count: 256)] {
      let address = ProxyAddress(.name(name), port: 80)
      #expect(SOCKS4Request(address).bytes == nil)
      #expect(SOCKS5Request(address).bytes == nil)
      #expect(HTTPConnectRequest(address).bytes == nil)
      #expect(SOCKS5Reply(.succeeded, address).bytes == SOCKS5Reply(.succeeded).bytes)
    }
    #expect(SOCKS5Password(user: [], password: [1]).bytes == nil)
    #expect(SOCKS5Password(user: [UInt8](repeating: 1, count: 256), password: []).bytes == nil)
  }

  @Test(arguments: [UInt64(1), 2])
  func `what is written is read as the same`(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let host: ProxyAddress.Host
      switch UInt8.random(in: 0..<3, using: &generator) {
      case 0: host = .ipv4(UInt32.random(in: 256 ... .max, using: &generator))
      case 1:
        host = .ipv6(
          high: UInt64.random(in: .min ... .max, using: &generator),
          low: UInt64.random(in: .min ... .max, using: &generator))
      default:
        let count = Int.random(in: 1...255, using: &generator)
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789-.")
        host = .name(
          String((0..<count).map { _ in letters.randomElement(using: &generator) ?? "a" }))
      }
      let address = ProxyAddress(host, port: UInt16.random(in: .min ... .max, using: &generator))
      let request = SOCKS5Request(address)
      let bytes = try #require(request.bytes)
      #expect(try SOCKS5Request.parse(bytes) == .complete(request, byteCount: bytes.count))
      let reply = SOCKS5Reply(.succeeded, address)
      #expect(try SOCKS5Reply.parse(reply.bytes) == .complete(reply, byteCount: reply.bytes.count))
      if case .ipv6 = host { continue }
      let old = SOCKS4Request(address, user: [1, 2])
      let oldBytes = try #require(old.bytes)
      #expect(try SOCKS4Request.parse(oldBytes) == .complete(old, byteCount: oldBytes.count))
    }
  }
}
