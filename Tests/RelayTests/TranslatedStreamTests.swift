import EventLoop
import Machines
import Relay
import SocketSupport
import Sockets
import Testing

@Suite struct `Translated streams` {
  @Test func `line ends are written as the network has them, and read as they come`() throws {
    let loop = try EventLoop()
    try loop.test {
      let (near, far) = try StreamSocket.pair()
      let (inner, end) = try StreamSocket.pair()
      let translated = TranslatedStream(inner, writing: TranslatedStream.carriageReturns())
      let ended = Completion<PumpReport>(on: loop)
      let pump = Pump(near, translated, on: RelayEngine(on: loop)) { ended.fulfil($0) }
      try pump.start()
      let client = StreamPeer(far, on: loop)
      let server = StreamPeer(end, on: loop)
      for piece in ["one\n", "two\r", "\n\n"] {
        try await client.send(Array(piece.utf8))
        try await loop.sleep(for: .milliseconds(2))
      }
      client.endWriting()
      #expect(try await server.receive().bytes == Array("one\r\ntwo\r\n\r\n".utf8))
      try await server.send(Array("answer\n".utf8))
      server.close()
      #expect(try await client.receive().bytes == Array("answer\n".utf8))
      #expect(try await ended.value.ending == .completed)
      client.close()
    }
  }

  /// Each byte becomes none or three, so that nothing has the size that it came in.
  @Test func `a flood through a slow reader is whole, however it is translated`() throws {
    let loop = try EventLoop()
    try loop.test {
      let translation: TranslatedStream.Translation = { bytes, output in
        bytes.withUnsafeBytes { for byte in $0 where byte % 3 != 0 { output += [byte, 1, byte] } }
      }
      let near = try await connection(at: loopback(.v4), on: loop)
      let far = try await connection(at: loopback(.v4), on: loop)
      let pump = Pump(
        TranslatedStream(near.server, reading: translation),
        TranslatedStream(far.client, writing: translation), on: RelayEngine(on: loop)
      ) { _ in }
      try pump.start()
      let bytes = Array(Pattern(seed: 12).piece(at: 0, 600_000))
      let expected = bytes.flatMap { byte -> [UInt8] in
        guard byte % 3 != 0 else { return [] }
        return [byte, 1, byte].flatMap { $0 % 3 != 0 ? [$0, 1, $0] : [] }
      }
      let client = StreamPeer(near.client, on: loop)
      let server = StreamPeer(far.server, on: loop)
      let sent = loop.begin {
        _ = try await client.send(bytes)
        client.endWriting()
      }
      var received: [UInt8] = []
      while received.count < expected.count {
        let (piece, _) = try await server.receive(min(500_000, expected.count - received.count))
        guard !piece.isEmpty else { break }
        received += piece
        try await loop.sleep(for: .milliseconds(2))
      }
      #expect(received == expected)
      try await sent.value
      client.close()
      server.close()
    }
  }
}
