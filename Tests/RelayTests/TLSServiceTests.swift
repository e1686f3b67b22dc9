import EventLoop
import Glibc
import LinkLayer
import Machines
import Relay
import SocketSupport
import Sockets
import Support
import TLS
import Testing

/// One set of certificates for all tests of this target.
private let certificates = Result { try TestCertificates() }

private func file(_ name: String) throws -> String { try certificates.get()(name) }

private func serverContext(_ name: String = "server.pem") throws -> TLSContext {
  var options = TLSOptions()
  options.certificate = try file(name)
  return try TLSContext(.server, options)
}

private func clientContext(_ authority: String = "root.crt") throws -> TLSContext {
  var options = TLSOptions()
  options.trust = .authorities(file: try file(authority), directory: nil)
  return try TLSContext(.client, options)
}

/// A server behind TLS, or not, that gives each connection to a test.
private final class Server {
  let listener: StreamListener
  let upstream: Upstream
  private let accepted: Mailbox<StreamSocket>
  private let loop: EventLoop

  init(on loop: EventLoop) throws {
    self.loop = loop
    let accepted = Mailbox<StreamSocket>(on: loop)
    self.accepted = accepted
    listener = try StreamListener(at: loopback(.v4))
    upstream = Upstream("server", [listener.address])
    try listener.start(on: loop) { socket, _ in accepted.put(socket) }
  }

  func next(_ context: TLSContext?) async throws -> StreamPeer {
    let socket = try #require(try await accepted.take().first)
    guard let context else { return StreamPeer(socket, on: loop) }
    let stream = try TLSStream(over: socket, context, peer: "relay")
    try await stream.shakeHands(on: loop)
    return StreamPeer(stream, on: loop)
  }
}

@Suite struct `A relay with TLS` {
  /// Where TLS is spoken.
  enum Place: CaseIterable {
    case front, behind, both
  }

  private func connect(
    to address: SocketAddress, _ context: TLSContext?, on loop: EventLoop
  ) async throws -> (peer: StreamPeer, tls: TLSStream?) {
    let socket = try await StreamSocket.connect(to: address, on: loop)
    guard let context else { return (StreamPeer(socket, on: loop), nil) }
    let stream = try TLSStream(
      over: socket, context, TLSExpectation(host: "localhost"), peer: "relay")
    try await stream.shakeHands(on: loop)
    return (StreamPeer(stream, on: loop), stream)
  }

  @Test(arguments: Place.allCases, PumpOptions.Mode.both)
  func `much goes both ways, and both ends are passed on`(
    _ place: Place, _ mode: PumpOptions.Mode
  ) throws {
    let loop = try EventLoop()
    try loop.test {
      let server = try Server(on: loop)
      let relay = try ServiceUnderTest(to: [server.upstream], on: loop) {
        $0.pump.mode = mode
        if place != .behind { $0.tls = try serverContext() }
        if place != .front { $0.upstreamTLS = UpstreamTLS(try clientContext()) }
      }
      let serving = loop.begin {
        try await server.next(place == .front ? nil : serverContext("renewed.pem"))
      }
      let client = try await connect(
        to: relay.address, place == .behind ? nil : clientContext(), on: loop
      ).peer
      let far = try await serving.value
      let (there, back) = (Pattern(seed: 1), Pattern(seed: 2))
      let total = 3_000_000
      let first = loop.begin { try await client.send(there, total, seed: 3) }
      #expect(try await far.receive(there) == total)
      try await first.value
      try await loop.sleep(for: .milliseconds(10))
      let second = loop.begin { try await far.send(back, total, seed: 4) }
      #expect(try await client.receive(back) == total)
      try await second.value
      client.close()
      far.close()
      server.listener.close()
      try await relay.settle()
      #expect(relay.events == ["connected server", "ended completed"])
      #expect(relay.service.statistics.splicedByteCount == 0)
    }
  }

  @Test(arguments: PumpOptions.Mode.both)
  func `a client that resets resets the server, and one that is cut short too`(
    _ mode: PumpOptions.Mode
  ) throws {
    let loop = try EventLoop()
    try loop.test {
      let server = try Server(on: loop)
      let relay = try ServiceUnderTest(to: [server.upstream], on: loop) {
        $0.pump.mode = mode
        $0.tls = try serverContext()
      }
      for isReset in [true, false] {
        let client = try await connect(to: relay.address, try clientContext(), on: loop).peer
        let far = try await server.next(nil)
        try await client.send([1, 2])
        #expect(try await far.receive(2).bytes == [1, 2])
        if isReset { client.reset() } else { _ = client.socket.endWriting() }
        #expect(try await far.receive() == ([], ECONNRESET))
        far.close()
        if !isReset { client.close() }
      }
      server.listener.close()
      try await relay.settle()
    }
  }

  @Test func `certificates are renewed for new connections, and old ones go on`() throws {
    let loop = try EventLoop()
    try loop.test {
      let server = try EchoServer("one", on: loop)
      let relay = try ServiceUnderTest(to: [server.upstream], on: loop) {
        $0.tls = try serverContext()
      }
      let old = try await connect(to: relay.address, try clientContext(), on: loop)
      var options = relay.service.options
      options.tls = try serverContext("renewed.pem")
      relay.service.reload(to: relay.service.group, options)
      let new = try await connect(to: relay.address, try clientContext(), on: loop)
      #expect(old.tls?.peerCertificate?.subject == "/CN=server.test")
      #expect(new.tls?.peerCertificate?.subject == "/CN=renewed.test")
      for peer in [old.peer, new.peer] {
        #expect(try await peer.receive(3).bytes == Array("one".utf8))
        try await peer.send([7])
        #expect(try await peer.receive(1).bytes == [7])
        peer.close()
      }
      try await relay.settle()
    }
  }

  @Test func `a target's certificate is checked, and what is wrong with it told`() throws {
    let loop = try EventLoop()
    try loop.test {
      let server = try Server(on: loop)
      let relay = try ServiceUnderTest(to: [server.upstream], on: loop) {
        $0.upstreamTLS = UpstreamTLS(try clientContext("stranger.crt"))
      }
      let serving = loop.begin {
        do {
          _ = try await server.next(serverContext())
          return true
        } catch is TLSError {
          return false
        }
      }
      #expect(try await relay.refusal() == ECONNRESET)
      #expect(try await serving.value == false)
      server.listener.close()
      try await relay.settle()
      #expect(relay.events == ["unreachable server", "failed"])
      #expect(relay.troubles.count == 1)
      #expect(
        relay.troubles.first?.hasSuffix("was issued by /CN=Test Root, who is not trusted") == true,
        "\(relay.troubles)")
    }
  }

  @Test func `the PROXY header stands before TLS, on both sides`() throws {
    let loop = try EventLoop()
    try loop.test {
      let server = try Server(on: loop)
      let client = SocketAddress.internet(try #require(InternetAddress("203.0.113.9:50000")))
      let wanted = SocketAddress.internet(try #require(InternetAddress("198.51.100.1:443")))
      let header = ProxyHeader(ProxyHeader.Ends(from: client, to: wanted)).bytes(.v1)
      let relay = try ServiceUnderTest(to: [server.upstream], on: loop) {
        $0.proxyProtocolInput = .init()
        $0.proxyProtocolOutput = .v1
        $0.tls = try serverContext()
        $0.upstreamTLS = UpstreamTLS(try clientContext())
      }
      let serving = loop.begin {
        let plain = try await server.next(nil)
        #expect(try await plain.receive(header.count).bytes == header)
        let socket = plain.socket
        plain.stopWaiting()
        let stream = try TLSStream(over: socket, try serverContext(), peer: "relay")
        try await stream.shakeHands(on: loop)
        return StreamPeer(stream, on: loop)
      }
      let socket = try await StreamSocket.connect(to: relay.address, on: loop)
      #expect(header.withUnsafeBytes { socket.write($0) } == .moved(header.count))
      let stream = try TLSStream(
        over: socket, try clientContext(), TLSExpectation(host: "localhost"), peer: "relay")
      try await stream.shakeHands(on: loop)
      let near = StreamPeer(stream, on: loop)
      try await near.send([1])
      let far = try await serving.value
      #expect(try await far.receive(1).bytes == [1])
      near.close()
      far.close()
      server.listener.close()
      try await relay.settle()
    }
  }

  @Test func `a client that speaks no TLS is let go, and told of`() throws {
    let loop = try EventLoop()
    try loop.test {
      let server = try EchoServer("one", on: loop)
      let relay = try ServiceUnderTest(to: [server.upstream], on: loop) {
        $0.tls = try serverContext()
        $0.handshakeTimeout = .milliseconds(50)
      }
      let plain = try await relay.client()
      try await plain.send(Array("GET / HTTP/1.0\r\n\r\n".utf8))
      _ = try await plain.receive()
      plain.close()
      let silent = try await relay.client()
      _ = try await silent.receive()
      silent.close()
      try await relay.settle()
      #expect(relay.events.count == 2 && relay.service.refusedCount == 2)
      #expect(relay.events.allSatisfy { $0.hasPrefix("refused tls(127.0.0.1:") }, "\(relay.events)")
    }
  }

  @Test func `a proxy is asked inside TLS, and TLS is spoken through a proxy`() throws {
    let loop = try EventLoop()
    try loop.test {
      let server = try Server(on: loop)
      let port = try #require(server.listener.address.internetAddress?.port)
      let proxy = try ServiceUnderTest(proxyIn: .adaptive, on: loop) { options, _ in
        options.tls = try serverContext()
      }
      // Towards the proxy by TLS, and through it by TLS towards the server.
      let (outer, _) = try await connect(to: proxy.address, try clientContext(), on: loop)
      outer.stopWaiting()
      let outcome = Completion<ProxyHandshake.Outcome>(on: loop)
      _ = ProxyHandshake(
        over: outer.stream, .socks5, to: .init(host: "localhost", port: port), proxy: "proxy",
        on: loop
      ) { outcome.fulfil($0) }
      let tunnel = try await outcome.value.get()
      let serving = loop.begin { try await server.next(serverContext("renewed.pem")) }
      let inner = try TLSStream(
        over: tunnel, try clientContext(), TLSExpectation(host: "localhost"), peer: "server")
      try await inner.shakeHands(on: loop)
      #expect(inner.peerCertificate?.subject == "/CN=renewed.test")
      let near = StreamPeer(inner, on: loop)
      let far = try await serving.value
      try await near.send([1, 2, 3])
      near.endWriting()
      #expect(try await far.receive() == ([1, 2, 3], 0))
      try await far.send([4])
      far.endWriting()
      #expect(try await near.receive() == ([4], 0))
      near.close()
      far.close()
      server.listener.close()
      try await proxy.settle()
    }
  }
}
