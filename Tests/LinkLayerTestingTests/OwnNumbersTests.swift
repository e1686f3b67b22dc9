import LinkLayer
import LinkLayerTesting
import MonotonicTime
import Support
import Testing

/// Numbers that a host chooses anew: ports, sequence numbers, identifiers, time stamps.
@Suite("Numbers of the host's own choice") struct OwnNumbersTests {
  private func capture(_ name: String, host: String) throws -> RecordedExchange {
    var test = try ReplayTestCase(path: "\(Fixture.root)/captures/stacks/\(name).pcap")
    test.terms.host = host
    return try test.exchange()
  }

  /// Says what was recorded, with `change` made to it, each frame when all before it has passed.
  private struct Parrot: TestedSystem {
    var exchange: RecordedExchange
    var change: (inout [UInt8]) -> Void
    var told: [[UInt8]] = []
    private var next = 0

    init(_ exchange: RecordedExchange, _ change: @escaping (inout [UInt8]) -> Void) {
      self.exchange = exchange
      self.change = change
    }

    var deadline: Instant? { nil }
    mutating func start(at now: Instant) -> [[UInt8]] { say() }
    mutating func fire(at now: Instant) -> [[UInt8]] { [] }
    mutating func receive(_ frame: [UInt8], at now: Instant) -> [[UInt8]] {
      told.append(frame)
      next += 1
      return say()
    }

    private mutating func say() -> [[UInt8]] {
      var frames: [[UInt8]] = []
      while next < exchange.frames.count, exchange.frames[next].isTested {
        var bytes = exchange.frames[next].bytes
        change(&bytes)
        frames.append(bytes)
        next += 1
      }
      return frames
    }
  }

  private static func isTCP(_ bytes: [UInt8]) -> Bool { bytes[12] == 8 && bytes[23] == 6 }

  /// Adds to the number of 4 bytes at an offset.
  private static func add(_ value: UInt32, at offset: Int, _ bytes: inout [UInt8]) {
    let sum = number(at: offset, bytes) &+ value
    for index in 0..<4 {
      bytes[offset + index] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * index))
    }
  }

  private static func number(at offset: Int, _ bytes: [UInt8]) -> UInt32 {
    bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The checksums of a TCP segment in IPv4 without options, made anew.
  private static func seal(_ bytes: inout [UInt8]) {
    let end = 14 + Int(bytes[16]) << 8 + Int(bytes[17])
    func store(_ sum: InternetChecksum, at offset: Int) {
      bytes[offset] = UInt8(sum.value >> 8)
      bytes[offset + 1] = UInt8(sum.value & 0xff)
    }
    (bytes[24], bytes[25], bytes[50], bytes[51]) = (0, 0, 0, 0)
    store(InternetChecksum(Array(bytes[14..<34]).rawBytes), at: 24)
    var sum = InternetChecksum()
    sum.add(Array(bytes[26..<34]).rawBytes)
    sum.add(UInt16(6))
    sum.add(UInt16(end - 34))
    sum.add(Array(bytes[34..<end]).rawBytes)
    store(sum, at: 50)
  }

  /// Another first sequence number, identification and time stamps, with checksums that are right.
  private static func anew(_ bytes: inout [UInt8]) {
    guard isTCP(bytes) else { return }
    add(0x7654_3210, at: 38, &bytes)
    bytes[18] ^= 0x5a
    if let option = timestamp(of: bytes) { add(99_999, at: option + 2, &bytes) }
    seal(&bytes)
  }

  /// Where the option is: at once, behind two of nothing, or behind MSS and SACK.
  private static func timestamp(of bytes: [UInt8]) -> Int? {
    [54, 56, 60].first { bytes.count >= $0 + 10 && bytes[$0] == 8 && bytes[$0 + 1] == 10 }
  }

  @Test("may be others, and are told back") func tcpServer() throws {
    let exchange = try capture("kernel-tcp-handshake", host: "192.0.2.1")
    var server = Parrot(exchange, Self.anew)
    let result = ReplayTestResult(testing: &server, with: exchange, options: .live)
    #expect(result.passes, "\(result)")
    let then = exchange.frames.filter { !$0.isTested }.map(\.bytes)
    #expect(server.told.count == then.count)
    for (told, recorded) in zip(server.told, then) where Self.isTCP(told) {
      var expected = recorded
      // The acknowledgment, and the echo of the time stamp, of all but the first.
      if recorded[47] & 0x10 != 0 {
        Self.add(0x7654_3210, at: 42, &expected)
        let option = try #require(Self.timestamp(of: recorded))
        Self.add(99_999, at: option + 6, &expected)
        Self.seal(&expected)
      }
      #expect(told == expected)
    }
  }

  @Test("are to go on as they began") func inconsistent() throws {
    let exchange = try capture("kernel-tcp-handshake", host: "192.0.2.1")
    var count: UInt32 = 0
    var server = Parrot(exchange) { bytes in
      guard Self.isTCP(bytes) else { return }
      count += 1
      Self.add(count, at: 38, &bytes)
      Self.seal(&bytes)
    }
    let result = ReplayTestResult(testing: &server, with: exchange, options: .live)
    #expect(result.findings.map(\.name) == ["differs"])
    #expect(result.description.contains("tcp.seq"))
  }

  @Test("do not hide a checksum that is wrong") func wrongChecksum() throws {
    let exchange = try capture("kernel-tcp-handshake", host: "192.0.2.1")
    var server = Parrot(exchange) { bytes in
      Self.anew(&bytes)
      if Self.isTCP(bytes) { bytes[51] ^= 1 }
    }
    let result = ReplayTestResult(testing: &server, with: exchange, options: .live)
    #expect(result.findings.map(\.name) == ["differs", "differs"])
    #expect(result.description.contains("tcp.checksum"))
    #expect(!result.description.contains("tcp.seq"))
  }

  @Test(
    "are none where others named them first", arguments: [(35, "tcp.srcport"), (45, "tcp.ack")])
  func givenNumbers(offset: Int, field: String) throws {
    let exchange = try capture("kernel-tcp-handshake", host: "192.0.2.1")
    var server = Parrot(exchange) { bytes in
      guard Self.isTCP(bytes) else { return }
      bytes[offset] ^= 4
      Self.seal(&bytes)
    }
    let result = ReplayTestResult(testing: &server, with: exchange, options: .live)
    #expect(result.findings.count >= 2 && result.description.contains(field), "\(result)")
  }

  /// Every field of a frame that is masked alone: the checksums above it stay right, whatever it holds.
  @Test("masked, leave checksums as right as they were", arguments: [18, 19, 22, 48, 49, 56, 57])
  func maskedField(offset: Int) throws {
    let exchange = try capture("kernel-tcp-handshake", host: "192.0.2.1")
    var mask = FieldMask.liveStack
    for name in ["ip.id", "ip.ttl", "tcp.window_size_value", "tcp.options.*"] { mask.add(name) }
    var options = ReplayTestOptions.live
    options.mask = mask
    for value in [1, 0x80, 0xff] as [UInt8] {
      var server = Parrot(exchange) { bytes in
        // The last two are the MSS, which only the segment with SYN has.
        guard Self.isTCP(bytes), offset < 56 || bytes[47] & 2 != 0 else { return }
        bytes[offset] ^= value
        Self.seal(&bytes)
      }
      let result = ReplayTestResult(testing: &server, with: exchange, options: options)
      #expect(result.passes, "\(value): \(result)")
    }
  }

  @Test("of an echo come back in its answer") func echo() throws {
    let exchange = try capture("kernel-icmp", host: "192.0.2.2")
    var client = Parrot(exchange) { bytes in
      guard bytes[12] == 8, bytes[23] == 1 else { return }
      // Identifier and payload: exclusive or with the same in two words of one sum changes it, so that
      // the checksum is made anew.
      for offset in [38, 44, 45, 46] { bytes[offset] ^= 0x33 }
      (bytes[36], bytes[37]) = (0, 0)
      let sum = InternetChecksum(Array(bytes[34...]).rawBytes)
      (bytes[36], bytes[37]) = (UInt8(sum.value >> 8), UInt8(sum.value & 0xff))
    }
    let result = ReplayTestResult(testing: &client, with: exchange, options: .live)
    #expect(result.passes, "\(result)")
    let replies = client.told.filter { $0[12] == 8 && $0[23] == 1 }
    let then = exchange.frames.filter { !$0.isTested }.map(\.bytes).filter {
      $0[12] == 8 && $0[23] == 1
    }
    #expect(replies.count == 3)
    for (told, recorded) in zip(replies, then) {
      #expect(told[38] == recorded[38] ^ 0x33 && told[44] == recorded[44] ^ 0x33)
      #expect(InternetChecksum(Array(told[34...]).rawBytes).value == 0)
    }
  }
}
