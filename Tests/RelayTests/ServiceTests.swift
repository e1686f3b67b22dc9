import EventLoop
import Glibc
import LinkLayer
import Machines
import MonotonicTime
import Relay
import SocketSupport
import Sockets
import Testing

/// A server that tells its name to each client and then echoes, and that remembers whom it served.
final class EchoServer {
  let upstream: Upstream
  private(set) var received: [[UInt8]] = []
  private let listener: StreamListener

  /// - Parameter heading: how many bytes come before those that are echoed, and are kept.
  init(_ name: String, on loop: EventLoop, heading: Int = 0) throws {
    listener = try StreamListener(at: loopback(.v4))
    upstream = Upstream(name, [listener.address])
    try listener.start(on: loop) { [unowned self] socket, _ in
      loop.spawn {
        let peer = StreamPeer(socket, on: loop)
        do {
          if heading > 0 { self.received.append(try await peer.receive(heading).bytes) }
          try await peer.send(Array(name.utf8))
          _ = try await peer.drain { bytes in
            _ = bytes.count > 0 ? socket.write(bytes) : .end
          }
        } catch { Issue.record(error) }
        peer.close()
      }
    }
  }

  func stop() { listener.close() }
}

/// A service on a port of its own.
final class ServiceUnderTest {
  let service: RelayService
  let address: SocketAddress
  private(set) var events: [String] = []
  /// Why targets could not be reached.
  private(set) var troubles: [String] = []
  private let loop: EventLoop

  init(
    to upstreams: [Upstream], _ policy: UpstreamGroup.Policy = .roundRobin,
    on loop: EventLoop, _ configure: (inout RelayServiceOptions) throws -> Void = { _ in }
  ) throws {
    self.loop = loop
    var options = RelayServiceOptions()
    try configure(&options)
    var tell: (RelayEvent) -> Void = { _ in }
    service = RelayService(
      to: UpstreamGroup(upstreams, policy), options, on: RelayEngine(on: loop)
    ) { tell($0) }
    let listener = try StreamListener(at: loopback(.v4))
    address = listener.address
    try service.listen(at: listener)
    tell = { [unowned self] event in
      events.append(Self.name(event))
      if case .unreachable(_, _, let error) = event { troubles.append(error.description) }
    }
  }

  private static func name(_ event: RelayEvent) -> String {
    switch event {
    case .refused(_, let refusal): "refused \(refusal)"
    case .unreachable(_, let upstream, _): "unreachable \(upstream.name)"
    case .connected(let session): "connected \(session.upstream?.name ?? "")"
    case .failed: "failed"
    case .ended(_, let report): "ended \(report.ending)"
    case .exhausted: "exhausted"
    }
  }

  /// A client's connection, from this source address.
  func client(from source: String = "127.0.0.1:0") async throws -> StreamPeer {
    let source = InternetAddress(source).map(SocketAddress.internet)
    return StreamPeer(
      try await StreamSocket.connect(to: address, from: source, on: loop), on: loop)
  }

  /// Connects, and returns the name of the server that answers.
  func ask(from source: String = "127.0.0.1:0") async throws -> String {
    let client = try await client(from: source)
    client.endWriting()
    let answer = try await client.receive()
    client.close()
    return String(decoding: answer.bytes, as: UTF8.self)
  }

  /// Connects and says something, and returns with what error number the service ended that: perhaps before
  /// this end knew that it was connected.
  func refusal(of source: String = "127.0.0.1:0", saying: String = "") async throws -> Int32 {
    do {
      let client = try await client(from: source)
      try await client.send(Array(saying.utf8))
      return try await client.receive().errno
    } catch let error as ConnectionError {
      return error.cause.errno
    }
  }

  /// Gives back the room that the events took.
  func forgetEvents() { events = [] }

  /// Waits until the service has no connection.
  func settle() async throws {
    while service.activeCount > 0 { try await loop.sleep(for: .milliseconds(1)) }
  }
}

@Suite struct `A relay service` {
  @Test func `a client reaches the target and is told of`() throws {
    let loop = try EventLoop()
    try loop.test {
      let server = try EchoServer("one", on: loop)
      let relay = try ServiceUnderTest(to: [server.upstream], on: loop)
      let client = try await relay.client()
      #expect(try await client.receive(3).bytes == Array("one".utf8))
      try await client.send([1, 2, 3])
      #expect(try await client.receive(3).bytes == [1, 2, 3])
      #expect(relay.service.activeCount == 1)
      #expect(server.upstream.activeCount == 1)
      client.close()
      try await relay.settle()
      #expect(relay.events == ["connected one", "ended completed"])
      #expect(server.upstream.activeCount == 0)
      #expect(server.upstream.byteCount == 9)
      #expect(relay.service.statistics.nearByteCount == 3)
      #expect(relay.service.statistics.farByteCount == 6)
    }
  }

  @Test func `only those come in who may`() throws {
    let loop = try EventLoop()
    try loop.test {
      let server = try EchoServer("one", on: loop)
      let relay = try ServiceUnderTest(to: [server.upstream], on: loop) {
        $0.allowed = AddressList([IPPrefix("127.0.2.0/24")].compactMap { $0 })
        $0.denied = AddressList([IPPrefix("127.0.2.7/32")].compactMap { $0 })
      }
      #expect(try await relay.ask(from: "127.0.2.1:0") == "one")
      #expect(try await relay.refusal(of: "127.0.2.7:0") == ECONNRESET)
      #expect(try await relay.refusal() == ECONNRESET)
      try await relay.settle()
      #expect(relay.service.refusedCount == 2)
      #expect(relay.service.acceptedCount == 3)
    }
  }

  @Test func `one address has so many connections, and others theirs`() throws {
    let loop = try EventLoop()
    try loop.test {
      let server = try EchoServer("one", on: loop)
      let relay = try ServiceUnderTest(to: [server.upstream], on: loop) {
        $0.connectionLimitPerSource = 2
      }
      let first = try await relay.client()
      let second = try await relay.client()
      #expect(try await second.receive(3).bytes.count == 3)
      #expect(try await relay.refusal() == ECONNRESET)
      #expect(try await relay.ask(from: "127.0.0.2:0") == "one")
      first.close()
      while relay.service.activeCount > 1 { try await loop.sleep(for: .milliseconds(1)) }
      #expect(try await relay.ask() == "one")
      second.close()
      try await relay.settle()
      #expect(relay.events.filter { $0 == "refused tooMany" }.count == 1)
    }
  }

  @Test func `connections beyond the limit wait, and none is lost`() throws {
    let loop = try EventLoop()
    try loop.test {
      let server = try EchoServer("one", on: loop)
      let relay = try ServiceUnderTest(to: [server.upstream], on: loop) {
        $0.connectionLimit = 3
      }
      let answers = (0..<20).map { _ in loop.begin { try await relay.ask() } }
      for answer in answers { #expect(try await answer.value == "one") }
      try await relay.settle()
      #expect(relay.service.acceptedCount == 20)
    }
  }

  @Test func `the next target is tried when one does not answer`() throws {
    let loop = try EventLoop()
    try loop.test {
      let dead = try EchoServer("dead", on: loop)
      dead.stop()
      let server = try EchoServer("living", on: loop)
      let relay = try ServiceUnderTest(to: [dead.upstream, server.upstream], .firstUp, on: loop)
      for _ in 0..<5 { #expect(try await relay.ask() == "living") }
      try await relay.settle()
      // Three failures took it down: it is not tried any more.
      #expect(relay.events.filter { $0 == "unreachable dead" }.count == 3)
      #expect(!dead.upstream.health.isUp)
      #expect(dead.upstream.failureCount == 3)
    }
  }

  @Test func `a target's addresses are tried in their order`() throws {
    let loop = try EventLoop()
    try loop.test {
      let dead = try EchoServer("dead", on: loop)
      dead.stop()
      let server = try EchoServer("living", on: loop)
      let both = Upstream("both", dead.upstream.addresses + server.upstream.addresses)
      let relay = try ServiceUnderTest(to: [both], on: loop)
      #expect(try await relay.ask() == "living")
      try await relay.settle()
    }
  }

  @Test func `a client for whom no target answers is reset`() throws {
    let loop = try EventLoop()
    try loop.test {
      let dead = try EchoServer("dead", on: loop)
      dead.stop()
      let relay = try ServiceUnderTest(to: [dead.upstream], on: loop)
      #expect(try await relay.refusal() == ECONNRESET)
      try await relay.settle()
      #expect(relay.events == ["unreachable dead", "failed"])
    }
  }

  @Test(arguments: ProxyHeader.Version.allCases)
  func `a client that a relay brings is believed and told on`(_ version: ProxyHeader.Version) throws
  {
    let loop = try EventLoop()
    try loop.test {
      let client = SocketAddress.internet(try #require(InternetAddress("203.0.113.9:50000")))
      let wanted = SocketAddress.internet(try #require(InternetAddress("198.51.100.1:443")))
      let header = ProxyHeader(ProxyHeader.Ends(from: client, to: wanted))
      let server = try EchoServer("one", on: loop, heading: header.bytes(.v1).count)
      let relay = try ServiceUnderTest(to: [server.upstream], on: loop) {
        $0.proxyProtocolInput = .init(
          trusted: AddressList([IPPrefix(host: .v4(.init(127, 0, 0, 1)))]))
        $0.proxyProtocolOutput = .v1
      }
      let peer = try await relay.client()
      // In pieces, and with the first bytes of the connection behind it.
      let bytes = header.bytes(version) + [7, 8]
      for byte in bytes {
        try await peer.send([byte])
        if byte % 16 == 0 { try await loop.sleep(for: .milliseconds(1)) }
      }
      #expect(try await peer.receive(5).bytes == Array("one".utf8) + [7, 8])
      #expect(server.received == [header.bytes(.v1)])
      #expect(relay.service.activeSessions.first?.client == client)
      peer.close()
      try await relay.settle()

      #expect(try await relay.refusal(of: "127.0.0.2:0") == ECONNRESET)
      #expect(try await relay.refusal(saying: "GET / HTTP/1.1\r\n") == ECONNRESET)
      try await relay.settle()
      #expect(
        relay.events.suffix(2) == [
          "refused untrusted", "refused header(no PROXY protocol header)",
        ])
    }
  }

  @Test func `bytes that come with the header count, and those of the header do not`() throws {
    let loop = try EventLoop()
    try loop.test {
      let server = try EchoServer("one", on: loop)
      let relay = try ServiceUnderTest(to: [server.upstream], on: loop) {
        $0.proxyProtocolInput = .init()
      }
      let peer = try await relay.client()
      let header = "PROXY TCP4 192.0.2.1 198.51.100.1 99 88\r\n"
      try await peer.send(Array((header + "1234567").utf8))
      #expect(try await peer.receive(10).bytes == Array("one1234567".utf8))
      peer.close()
      try await relay.settle()
      #expect(relay.service.statistics.nearByteCount == 7)
      #expect(relay.service.statistics.farByteCount == 10)
      #expect(server.upstream.byteCount == 17)
    }
  }

  @Test func `a header that does not come is not waited for long`() throws {
    let loop = try EventLoop()
    try loop.test {
      let server = try EchoServer("one", on: loop)
      let relay = try ServiceUnderTest(to: [server.upstream], on: loop) {
        $0.proxyProtocolInput = .init()
        $0.proxyProtocolInput?.timeout = .milliseconds(20)
      }
      let silent = try await relay.client()
      #expect(try await silent.receive().errno == ECONNRESET)
      #expect(relay.events == ["refused noHeader"])
    }
  }

  @Test func `draining lets connections end, and none longer than it may`() throws {
    let loop = try EventLoop()
    try loop.test {
      let server = try EchoServer("one", on: loop)
      let relay = try ServiceUnderTest(to: [server.upstream], on: loop)
      let quick = try await relay.client()
      let stubborn = try await relay.client()
      #expect(try await quick.receive(3).bytes.count == 3)
      #expect(try await stubborn.receive(3).bytes.count == 3)
      let drained = loop.begin {
        await relay.service.drain(until: loop.readClock() + .milliseconds(1500))
      }
      try await loop.sleep(for: .milliseconds(5))
      await #expect(throws: ConnectionError.self) { _ = try await relay.client() }
      try await quick.send([1])
      #expect(try await quick.receive(1).bytes == [1])
      quick.close()
      try await drained.value
      #expect(relay.service.activeCount == 0)
      #expect(relay.events.suffix(2) == ["ended completed", "ended stopped"])
      stubborn.close()
    }
  }

  @Test func `a reload under load loses no connection`() throws {
    let loop = try EventLoop()
    try loop.test {
      let old = try EchoServer("old", on: loop)
      let new = try EchoServer("new", on: loop)
      let relay = try ServiceUnderTest(to: [old.upstream], on: loop)
      let lasting = try await relay.client()
      #expect(try await lasting.receive(3).bytes == Array("old".utf8))
      var answers: [String: Int] = [:]
      let clients = (0..<8).map { _ in
        loop.begin {
          for _ in 0..<40 { answers[try await relay.ask(), default: 0] += 1 }
        }
      }
      for round in 0..<10 {
        try await loop.sleep(for: .milliseconds(3))
        let target = round % 2 == 0 ? new : old
        relay.service.reload(to: UpstreamGroup([target.upstream]), relay.service.options)
      }
      for client in clients { try await client.value }
      #expect(answers["old", default: 0] + answers["new", default: 0] == 320, "\(answers)")
      #expect(answers["new", default: 0] > 0)
      try await lasting.send([9])
      #expect(try await lasting.receive(1).bytes == [9])
      lasting.close()
      try await relay.settle()
    }
  }

  @Test func `a listener goes from one service to the next with its queue`() throws {
    let loop = try EventLoop()
    try loop.test {
      let server = try EchoServer("one", on: loop)
      let relay = try ServiceUnderTest(to: [server.upstream], on: loop)
      let listener = try #require(relay.service.giveUpListener(at: relay.address))
      let answer = loop.begin { try await relay.ask() }
      try await loop.sleep(for: .milliseconds(5))
      let heir = RelayService(to: relay.service.group, on: relay.service.engine)
      try heir.listen(at: listener)
      #expect(try await answer.value == "one")
      #expect(heir.acceptedCount == 1 && relay.service.acceptedCount == 0)
      heir.stop()
    }
  }
}
