import EventLoop
import Glibc
import SocketSupport
import Sockets
import Support
import TLS
import Testing

@Suite struct `TLS streams` {
  @Test(arguments: [TLSVersion.v1_2, .v1_3])
  func `much goes both ways at once, and arrives as it was sent`(_ version: TLSVersion) throws {
    let loop = try EventLoop()
    try loop.test {
      var options = try TLSOptions.believing()
      options.greatestVersion = version
      let pair = try await TLSPair(options, nil, on: loop)
      var generator = SeededGenerator(seed: 7)
      let there = (0..<3_000_000).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      let back = Array(there.reversed())
      let sent = loop.begin {
        try await pair.client.send(there)
        pair.client.endWriting()
      }
      let answered = loop.begin {
        try await pair.server.send(back)
        pair.server.endWriting()
      }
      let received = loop.begin { try await pair.server.receive() }
      let answer = try await pair.client.receive()
      #expect(answer.bytes == back && answer.errno == 0)
      let question = try await received.value
      #expect(question.bytes == there && question.errno == 0)
      try await sent.value
      try await answered.value
      pair.close()
    }
  }

  @Test(arguments: [TLSVersion.v1_2, .v1_3])
  func `one side ends, and hears what the other still says`(_ version: TLSVersion) throws {
    let loop = try EventLoop()
    try loop.test {
      var options = try TLSOptions.believing()
      options.greatestVersion = version
      let pair = try await TLSPair(options, nil, on: loop)
      let answer = [UInt8](repeating: 5, count: 500_000)
      for (first, second) in [(pair.client, pair.server)] {
        try await first.send([1, 2, 3])
        first.endWriting()
        #expect(try await second.receive() == ([1, 2, 3], 0))
        try await loop.sleep(for: .milliseconds(10))
        let late = loop.begin {
          try await second.send(answer)
          second.endWriting()
        }
        let received = try await first.receive()
        #expect(received.bytes == answer && received.errno == 0)
        try await late.value
      }
      pair.close()

      let other = try await TLSPair(options, nil, on: loop)
      try await other.server.send([4])
      other.server.endWriting()
      #expect(try await other.client.receive() == ([4], 0))
      try await other.client.send(answer)
      other.client.endWriting()
      #expect(try await other.server.receive().bytes == answer)
      other.close()
    }
  }

  @Test func `what is cut short is no end, unless that is wanted`() throws {
    let loop = try EventLoop()
    try loop.test {
      for isLenient in [false, true] {
        var options = try TLSOptions.believing()
        options.takesTruncationAsEnd = isLenient
        let pair = try await TLSPair(options, nil, on: loop)
        try await pair.server.send([1, 2])
        _ = pair.server.socket.endWriting()
        let received = try await pair.client.receive()
        #expect(received.bytes == [1, 2])
        #expect(received.errno == (isLenient ? 0 : ECONNABORTED))
        #expect(pair.clientStream.failure?.cause == (isLenient ? nil : .truncated))
        pair.close()
      }
    }
  }

  @Test func `a reset is told as such`() throws {
    let loop = try EventLoop()
    try loop.test {
      let pair = try await TLSPair(on: loop)
      pair.server.reset()
      #expect(try await pair.client.receive() == ([], ECONNRESET))
      #expect(
        pair.clientStream.failure?.description
          == "server: the connection was lost: Connection reset by peer")
      pair.close()
    }
  }

  /// A stream around a stream around a stream: TLS inside TLS, as through a proxy that speaks TLS itself.
  @Test func `TLS goes through TLS`() throws {
    let loop = try EventLoop()
    try loop.test {
      let outer = try await TLSPair(on: loop)
      let client = try TLSStream(
        over: outer.clientStream, try TLSContext(.client, .believing()),
        TLSExpectation(host: "127.0.0.1"), peer: "inner")
      let server = try TLSStream(
        over: outer.serverStream, try TLSContext(.server, .showing("renewed.pem")), peer: "client")
      // The outer ends are watched by their own peers, which wait for nothing now.
      let serving = loop.begin { try await server.shakeHands(on: loop) }
      try await client.shakeHands(on: loop)
      try await serving.value
      #expect(client.peerCertificate?.subject == "/CN=renewed.test")
      let (asking, answering) = (StreamPeer(client, on: loop), StreamPeer(server, on: loop))
      try await asking.send([1, 2, 3])
      asking.endWriting()
      #expect(try await answering.receive() == ([1, 2, 3], 0))
      asking.close()
      answering.close()
    }
  }
}
