import EventLoop
import Glibc
import LinkLayer
import SocketSupport
import Sockets
import Support
import TLS
import Testing

/// Peers that speak no TLS, or break it off.
@Suite struct `TLS with a hostile peer` {
  /// What our end makes of a peer that does `deed` instead of shaking hands.
  private func outcome(
    _ role: TLSRole, timeout: Duration = .seconds(10), on loop: EventLoop,
    _ deed: @escaping (StreamPeer) async throws -> Void
  ) async throws -> TLSError? {
    let sockets = try await connection(at: loopback(.v4), on: loop)
    let options = role == .client ? try TLSOptions.believing() : try TLSOptions.showing()
    let stream = try TLSStream(
      over: sockets.client, try TLSContext(role, options), peer: "198.51.100.7:443")
    let peer = StreamPeer(sockets.server, on: loop)
    let hostile = loop.begin { try await deed(peer) }
    var failure: TLSError?
    do throws(TLSError) {
      try await stream.shakeHands(timeout: timeout, on: loop)
    } catch {
      failure = error
    }
    try await hostile.value
    peer.close()
    return failure
  }

  @Test func `what is no TLS is called so, with the address`() throws {
    let loop = try EventLoop()
    try loop.test {
      let garbage = try await outcome(.client, on: loop) {
        try await $0.send("220 mail.test\r\n".utf8)
      }
      #expect(
        garbage?.description
          == "198.51.100.7:443: no TLS is spoken there: what came is no record")
      let http = try await outcome(.server, on: loop) {
        try await $0.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
      }
      #expect(
        http?.description
          == "198.51.100.7:443: no TLS is spoken there: it looks like an HTTP request")
      let proxy = try await outcome(.server, on: loop) {
        try await $0.send("CONNECT x:1 HTTP/1.1\r\n\r\n".utf8)
      }
      #expect(proxy?.cause == .notTLS(words: "it looks like a proxy's HTTP request"))
    }
  }

  @Test func `an end, a reset and silence in the handshake are told apart`() throws {
    let loop = try EventLoop()
    try loop.test {
      for role in [TLSRole.client, .server] {
        let ended = try await outcome(role, on: loop) { $0.endWriting() }
        #expect(ended?.cause == .endedEarly)
        let lost = try await outcome(role, on: loop) { peer in
          if role == .client { _ = try await peer.receive(1) }
          peer.reset()
        }
        #expect(lost?.cause == .lost(SystemError(errno: ECONNRESET, operation: "TLS")))
        let silent = try await outcome(role, timeout: .milliseconds(30), on: loop) { _ in }
        #expect(silent?.cause == .timedOut)
      }
    }
  }

  /// Bytes that are changed, cut off or made up on the way, at places that a seed chooses: the stream fails, or
  /// brings what was sent; it never brings anything else.
  @Test(arguments: [UInt64(1), 2, 3])
  func `bytes that are tampered with are never taken for others`(_ seed: UInt64) throws {
    let loop = try EventLoop()
    var generator = SeededGenerator(seed: seed)
    let message = (0..<20_000).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    try loop.test {
      for _ in 0..<40 {
        let place = Int.random(in: 0..<24_000, using: &generator)
        let flip = UInt8.random(in: 0...8, using: &generator)
        let received = try await tampered(message, at: place, flip, on: loop)
        #expect(message.starts(with: received.bytes))
        // Whatever was lost was told as a failure.
        #expect(received.bytes.count == message.count || received.errno != 0)
      }
    }
  }

  /// Sends `message` through somebody who changes the byte at `place`, or cuts there when `flip` is 0.
  private func tampered(
    _ message: [UInt8], at place: Int, _ flip: UInt8, on loop: EventLoop
  ) async throws -> (bytes: [UInt8], errno: Int32) {
    let left = try await connection(at: loopback(.v4), on: loop)
    let right = try await connection(at: loopback(.v4), on: loop)
    let sender = try TLSStream(
      over: left.client, try TLSContext(.server, .showing()), peer: "receiver")
    let receiver = try TLSStream(
      over: right.client, try TLSContext(.client, .believing()),
      TLSExpectation(host: "localhost"), peer: "sender")
    let (near, far) = (StreamPeer(left.server, on: loop), StreamPeer(right.server, on: loop))
    let back = loop.begin {
      _ = try await far.drain { bytes in _ = left.server.write(bytes) }
      near.endWriting()
    }
    let there = loop.begin {
      var count = 0
      var isCut = false
      _ = try await near.drain(piece: 1000) { bytes in
        var piece = Array(bytes)
        if (count..<(count + piece.count)).contains(place) {
          if flip == 0 {
            piece.removeLast(piece.count - (place - count))
            isCut = true
          } else {
            piece[place - count] ^= 1 << (flip - 1)
          }
        } else if isCut {
          piece = []
        }
        count += bytes.count
        if !piece.isEmpty { _ = piece.withUnsafeBytes { right.server.write($0) } }
      }
      far.endWriting()
    }
    let writing = StreamPeer(sender, on: loop)
    let sending = loop.begin {
      guard await isShaken(sender, on: loop) else { return }
      try await writing.send(message)
      writing.endWriting()
    }
    var result: (bytes: [UInt8], errno: Int32) = ([], EPROTO)
    if await isShaken(receiver, on: loop) {
      let reading = StreamPeer(receiver, on: loop)
      result = try await reading.receive()
      reading.close()
    }
    try await there.value
    try await back.value
    try await sending.value
    writing.close()
    near.close()
    far.close()
    return result
  }

  /// Whether hands could be shaken in time: what was tampered with may be the handshake.
  private func isShaken(_ stream: TLSStream, on loop: EventLoop) async -> Bool {
    do throws(TLSError) {
      try await stream.shakeHands(timeout: .milliseconds(500), on: loop)
      return true
    } catch {
      return false
    }
  }
}
