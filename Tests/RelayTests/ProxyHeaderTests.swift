import LinkLayer
import Relay
import Sockets
import Support
import Testing

@Suite struct `PROXY protocol` {
  private static func internet(_ text: String) -> SocketAddress {
    .internet(InternetAddress(text) ?? InternetAddress(.v4(.unspecified), port: 0))
  }

  private func complete(_ bytes: [UInt8]) throws -> (header: ProxyHeader, byteCount: Int) {
    guard case .complete(let header, let count) = try ProxyHeader.parse(bytes) else {
      throw ProxyHeaderError.noSignature
    }
    return (header, count)
  }

  /// The lines of section 2.1 and of its worst cases.
  @Test(arguments: [
    (
      "PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n", "192.168.0.1:56324", "192.168.0.11:443"
    ),
    (
      "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535",
      "255.255.255.255:65535"
    ),
    (
      "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
      "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535",
      "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"
    ),
    ("PROXY TCP6 ::1 2001:db8::2 1 0\r\n", "[::1]:1", "[2001:db8::2]:0"),
  ])
  func `a line is read, and what follows it is left`(
    _ line: String, _ source: String, _ destination: String
  ) throws {
    let (header, count) = try complete(Array(line.utf8) + [1, 2, 3])
    #expect(count == line.utf8.count)
    #expect(header.ends == .init(from: Self.internet(source), to: Self.internet(destination)))
    #expect(header.bytes(.v1) == Array(line.utf8))
  }

  @Test(arguments: [
    "PROXY UNKNOWN\r\n",
    "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
  ])
  func `an unknown connection is told as none`(_ line: String) throws {
    let (header, count) = try complete(Array(line.utf8))
    #expect(header == ProxyHeader(nil))
    #expect(count == line.utf8.count)
    #expect(header.bytes(.v1) == Array("PROXY UNKNOWN\r\n".utf8))
  }

  @Test(arguments: [
    ("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\n\r\n", ProxyHeaderError.malformedLine),
    ("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\r", .malformedLine),
    ("PROXY TCP4 192.168.0.1 192.168.0.11 056324 443\r\n", .malformedLine),
    ("PROXY TCP4 192.168.0.1 192.168.0.11 65536 443\r\n", .malformedLine),
    ("PROXY TCP4 192.168.0.1 192.168.0.11 +1 443\r\n", .malformedLine),
    ("PROXY TCP4 192.168.0.1  192.168.0.11 1 443\r\n", .malformedLine),
    ("PROXY TCP4 ::1 ::1 1 443\r\n", .malformedLine),
    ("PROXY TCP6 192.0.2.1 192.0.2.2 1 443\r\n", .malformedLine),
    ("PROXY TCP5 192.0.2.1 192.0.2.2 1 443\r\n", .malformedLine),
    ("PROXY TCP4 192.0.2.1\r\n", .malformedLine),
    ("PROXY \r\n", .malformedLine),
    ("proxy TCP4", .noSignature),
    ("GET / HTTP/1.1\r\n", .noSignature),
    ("PROXYTCP4", .noSignature),
    ("\r\n\r\nHello", .noSignature),
  ])
  func `a line that is wrong is refused`(_ line: String, _ error: ProxyHeaderError) {
    #expect(throws: error) { try ProxyHeader.parse(Array(line.utf8)) }
  }

  @Test func `a line without an end is refused at its longest`() throws {
    let long = Array("PROXY UNKNOWN ".utf8) + [UInt8](repeating: 0x78, count: 93)
    #expect(throws: ProxyHeaderError.lineTooLong) { try ProxyHeader.parse(long) }
    #expect(throws: ProxyHeaderError.lineTooLong) {
      try ProxyHeader.parse(long.dropLast() + [13, 10])
    }
    let longest = long.dropLast(2) + [13, 10]
    #expect(longest.count == 107)
    #expect(try ProxyHeader.parse(Array(longest)) == .complete(ProxyHeader(nil), byteCount: 107))
  }

  private static let signature: [UInt8] = [
    0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
  ]

  /// Laid out by hand after section 2.2.
  @Test func `a binary header has the addresses where the diagram says`() throws {
    let v4 = Self.signature + [0x21, 0x11, 0, 12, 192, 0, 2, 1, 198, 51, 100, 2, 0xdc, 4, 1, 0xbb]
    let ends4 = ProxyHeader.Ends(
      from: Self.internet("192.0.2.1:56324"), to: Self.internet("198.51.100.2:443"))
    #expect(try complete(v4 + [9]).header == ProxyHeader(ends4))
    #expect(ProxyHeader(ends4).bytes(.v2) == v4)

    var v6 = Self.signature + [0x21, 0x22, 0, 36]
    v6 += [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    v6 += [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 53, 0xff, 0xff]
    let ends6 = ProxyHeader.Ends(
      transport: .datagram, from: Self.internet("[2001:db8::1]:53"),
      to: Self.internet("[2001:db8::2]:65535"))
    #expect(try complete(v6).header == ProxyHeader(ends6))
    #expect(ProxyHeader(ends6).bytes(.v2) == v6)
  }

  @Test func `UNIX paths and abstract names survive`() throws {
    for (source, destination) in [("/run/client", "/run/server"), ("@name", ""), ("", "@x")] {
      let ends = ProxyHeader.Ends(from: .unix(path: source), to: .unix(path: destination))
      let bytes = ProxyHeader(ends).bytes(.v2)
      #expect(bytes.count == 16 + 216)
      #expect(try complete(bytes).header.ends == ends)
    }
  }

  @Test func `a relay that speaks for itself tells no ends`() throws {
    let local = Self.signature + [0x20, 0x00, 0, 0]
    #expect(try complete(local).header == ProxyHeader(nil, isLocal: true))
    #expect(ProxyHeader(nil, isLocal: true).bytes(.v2) == local)
    // Whatever stands where addresses would is passed over.
    #expect(try complete(Self.signature + [0x20, 0x11, 0, 3, 1, 2, 3]).byteCount == 19)
    // A connection that is not told of, with a field all the same.
    let unspecified = Self.signature + [0x21, 0x00, 0, 4, 4, 0, 1, 7]
    #expect(
      try complete(unspecified).header
        == ProxyHeader(nil, fields: [.init(type: 4, value: [7])]))
  }

  @Test func `fields survive, and the checksum protects them`() throws {
    let ends = ProxyHeader.Ends(
      from: Self.internet("192.0.2.1:1"), to: Self.internet("192.0.2.2:2"))
    let fields = [
      ProxyHeader.Field(type: ProxyHeader.Field.authority, value: Array("example.org".utf8)),
      ProxyHeader.Field(type: 0xe0, value: []),
    ]
    let bytes = ProxyHeader(ends, fields: fields).bytes(.v2, withChecksum: true)
    let (header, count) = try complete(bytes)
    #expect(count == bytes.count)
    #expect(header.fields.dropLast() == fields[...])
    #expect(header.fields.last?.type == ProxyHeader.Field.checksum)
    // Another type in the checksum's place would be a field without a checksum.
    for index in 16..<bytes.count where index != bytes.count - 7 {
      var broken = bytes
      broken[index] ^= 1
      #expect(throws: ProxyHeaderError.self) { try ProxyHeader.parse(broken) }
    }
  }

  /// The check value of RFC 9260's CRC-32c: that of the nine digits.
  @Test func `the checksum is CRC-32c`() throws {
    let ends = ProxyHeader.Ends(
      from: Self.internet("192.0.2.1:1"), to: Self.internet("192.0.2.2:2"))
    let bytes = ProxyHeader(ends).bytes(.v2, withChecksum: true)
    var zeroed = bytes
    zeroed.replaceSubrange((bytes.count - 4)..., with: [0, 0, 0, 0])
    #expect(bytes.suffix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) } == castagnoli(zeroed))
    #expect(castagnoli(Array("123456789".utf8)) == 0xe306_9283)
  }

  @Test(
    arguments: [
      ([0x31, 0x11, 0, 12], ProxyHeaderError.unknownValue(0x31, offset: 12)),
      ([0x22, 0x11, 0, 12], .unknownValue(0x22, offset: 12)),
      ([0x21, 0x41, 0, 12], .unknownValue(0x41, offset: 13)),
      ([0x21, 0x13, 0, 12], .unknownValue(0x13, offset: 13)),
      ([0x21, 0x11, 0, 2, 1, 2], .tooShort(needed: 12, available: 2, offset: 16)),
      ([0x21, 0x00, 0, 2, 1, 2], .tooShort(needed: 3, available: 2, offset: 16)),
      ([0x21, 0x00, 0, 4, 1, 0, 2, 0], .tooShort(needed: 5, available: 4, offset: 16)),
      ([0x21, 0x11, 0x20, 0], .tooLong(0x2010)),
    ] as [([UInt8], ProxyHeaderError)])
  func `a binary header that is wrong is refused`(_ rest: [UInt8], _ error: ProxyHeaderError) {
    #expect(throws: error) { try ProxyHeader.parse(Self.signature + rest) }
  }

  @Test func `a header in pieces is waited for, byte by byte`() throws {
    let ends = ProxyHeader.Ends(
      from: Self.internet("192.0.2.1:56324"), to: Self.internet("192.0.2.2:443"))
    for version in ProxyHeader.Version.allCases {
      let bytes = ProxyHeader(ends).bytes(version)
      for count in 0..<bytes.count {
        guard case .incomplete(let more) = try ProxyHeader.parse(Array(bytes[..<count])) else {
          Issue.record("\(count) bytes of \(bytes.count) are no whole header")
          continue
        }
        #expect(more >= 1 && count + more <= bytes.count)
      }
      #expect(try complete(bytes).header == ProxyHeader(ends))
    }
  }

  @Test func `random bytes never stop the program`() {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<20_000 {
      var bytes = (0..<Int.random(in: 0...80, using: &generator)).map { _ in
        UInt8.random(in: .min ... .max, using: &generator)
      }
      if Bool.random(using: &generator) {
        bytes =
          Self.signature + [0x21, [0x11, 0x21, 0x31, 0].randomElement(using: &generator) ?? 0]
          + bytes
      }
      guard case .complete(_, let count)? = try? ProxyHeader.parse(bytes) else { continue }
      #expect(count <= bytes.count)
    }
  }
}

/// CRC-32c by long division, bit by bit: another way than the library's.
private func castagnoli(_ bytes: [UInt8]) -> UInt32 {
  func reversed(_ value: UInt32) -> UInt32 {
    (0..<32).reduce(0) { $0 | (value >> $1 & 1) << (31 - $1) }
  }
  var remainder: UInt32 = .max
  for byte in bytes {
    for bit in 0..<8 {
      let top = remainder >> 31 ^ UInt32(byte >> UInt8(bit) & 1)
      remainder = remainder << 1 ^ (top == 1 ? 0x1edc_6f41 : 0)
    }
  }
  return reversed(~remainder)
}
