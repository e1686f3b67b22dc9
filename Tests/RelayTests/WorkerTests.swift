import EventLoop
import Glibc
import LinkLayer
import Machines
import MonotonicTime
import Relay
import SocketSupport
import Sockets
import Synchronization
import Testing

/// Workers on a port of their own.
private final class WorkersUnderTest {
  let workers: RelayWorkers
  let address: SocketAddress
  private let loop: EventLoop

  init(
    _ count: Int, to upstreams: [Upstream], _ policy: UpstreamGroup.Policy = .roundRobin,
    at address: SocketAddress = loopback(.v4), on loop: EventLoop,
    _ configure: @escaping @Sendable (inout RelayServiceOptions, EventLoop) -> Void = { _, _ in }
  ) async throws {
    self.loop = loop
    let plan = RelayPlan(to: UpstreamGroup(upstreams, policy)) { loop in
      var options = RelayServiceOptions()
      configure(&options, loop)
      return options
    }
    workers = try RelayWorkers(count, plan, on: loop)
    let listeners = try RelayWorkers.listeners(at: address, for: count)
    self.address = listeners[0].address
    try await workers.listen(at: listeners)
  }

  func client(from source: String = "127.0.0.1:0") async throws -> StreamPeer {
    let source = address.domain == .unix ? nil : InternetAddress(source).map(SocketAddress.internet)
    return StreamPeer(
      try await StreamSocket.connect(to: address, from: source, on: loop), on: loop)
  }

  /// Connects, and returns the name of the server that answers.
  func ask() async throws -> String {
    let client = try await client()
    client.endWriting()
    let answer = try await client.receive()
    client.close()
    return String(decoding: answer.bytes, as: UTF8.self)
  }

  /// Connects and waits for the server's name.
  func lasting(_ count: Int) async throws -> [StreamPeer] {
    var clients: [StreamPeer] = []
    for _ in 0..<count {
      let client = try await client()
      #expect(try await client.receive(3).bytes.count == 3)
      clients.append(client)
    }
    return clients
  }

  func end() async { await workers.stop() }
}

@Suite struct `Workers of a relay` {
  private func withLoop(_ body: @escaping (EventLoop) async throws -> Void) throws {
    let loop = try EventLoop()
    try loop.test { try await body(loop) }
  }

  @Test(arguments: [false, true])
  func `lasting connections are spread evenly`(_ isUnix: Bool) throws {
    try withLoop { loop in
      let server = try EchoServer("one", on: loop)
      let address = isUnix ? SocketAddress.unix(path: "@crimp-workers-\(getpid())") : loopback(.v4)
      let relay = try await WorkersUnderTest(4, to: [server.upstream], at: address, on: loop)
      let clients = try await relay.lasting(120)
      let counts = await relay.workers.snapshots().map(\.activeCount)
      #expect(counts.reduce(0, +) == 120)
      // Whoever has four more than another gives the next one away; they count at the same time.
      let difference = (counts.max() ?? 0) - (counts.min() ?? 0)
      #expect(difference <= 6, "\(counts)")
      for client in clients { client.close() }
      await relay.end()
    }
  }

  @Test func `short connections are spread by the kernel`() throws {
    try withLoop { loop in
      let server = try EchoServer("one", on: loop)
      let relay = try await WorkersUnderTest(2, to: [server.upstream], on: loop)
      for _ in 0..<400 { #expect(try await relay.ask() == "one") }
      let snapshots = await relay.workers.snapshots()
      // A hash of the ports deals them out: 200 each, give or take ten standard deviations.
      #expect(snapshots.allSatisfy { (100...300).contains($0.acceptedCount) })
      #expect(snapshots.map(\.acceptedCount).reduce(0, +) == 400)
      #expect(snapshots.map(\.statistics.farByteCount).reduce(0, +) == 1200)
      await relay.end()
    }
  }

  @Test func `places are counted together`() throws {
    try withLoop { loop in
      let server = try EchoServer("one", on: loop)
      let relay = try await WorkersUnderTest(3, to: [server.upstream], on: loop) { options, _ in
        options.connectionLimit = 3
      }
      var served = 0
      let clients = (0..<24).map { _ in
        loop.begin {
          let client = try await relay.client()
          #expect(try await client.receive(3).bytes.count == 3)
          served += 1
          let there = await relay.workers.snapshots().map(\.activeCount).reduce(0, +)
          #expect(there <= 3)
          client.close()
        }
      }
      for client in clients { try await client.value }
      #expect(served == 24)
      await relay.end()
    }
  }

  @Test func `connections of one source are counted together`() throws {
    try withLoop { loop in
      let server = try EchoServer("one", on: loop)
      let relay = try await WorkersUnderTest(3, to: [server.upstream], on: loop) { options, _ in
        options.connectionLimitPerSource = 2
      }
      var clients: [StreamPeer] = []
      var answered = 0
      for _ in 0..<12 {
        // A refusal may come before this end knows that it is connected.
        guard let client = try? await relay.client() else { continue }
        if try await client.receive(3).bytes.count == 3 { answered += 1 }
        clients.append(client)
      }
      #expect(answered == 2)
      let other = try await relay.client(from: "127.0.0.2:0")
      #expect(try await other.receive(3).bytes.count == 3)
      #expect(await relay.workers.snapshots().map(\.refusedCount).reduce(0, +) == 10)
      await relay.end()
    }
  }

  @Test func `the fewest connections are the fewest of all workers`() throws {
    try withLoop { loop in
      let servers = try (0..<3).map { try EchoServer("no\($0)", on: loop) }
      let upstreams = servers.map(\.upstream)
      let relay = try await WorkersUnderTest(3, to: upstreams, .leastConnections, on: loop)
      let clients = try await relay.lasting(24)
      #expect(upstreams.map(\.activeCount) == [8, 8, 8])
      for client in clients { client.close() }
      await relay.end()
      #expect(upstreams.map(\.activeCount) == [0, 0, 0])
    }
  }

  @Test func `a shared rate is one rate, and no worker is left out`() throws {
    try withLoop { loop in
      let server = try EchoServer("one", on: loop)
      let began = Instant.monotonicNow
      let rate = SharedRate(bytesPerSecond: 200_000, at: began)
      let relay = try await WorkersUnderTest(2, to: [server.upstream], on: loop) { options, loop in
        options.pump.nearLimit = RateLimit(sharing: rate, on: loop)
      }
      let clients = try await relay.lasting(8)
      var received = [Int](repeating: 0, count: clients.count)
      for (index, client) in clients.enumerated() {
        _ = loop.begin { try await client.send([UInt8](repeating: 1, count: 1_000_000)) }
        _ = loop.begin { try await client.drain { received[index] += $0.count } }
      }
      while received.contains(0) { try await loop.sleep(for: .milliseconds(20)) }
      let elapsed = Instant.monotonicNow - began
      let seconds =
        Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
      // A burst of a tenth of a second, and what came since.
      #expect(Double(received.reduce(0, +)) <= 20_000 + 200_000 * seconds)
      for client in clients { client.reset() }
      await relay.end()
    }
  }

  @Test func `reloads under load lose no connection, and counts go on`() throws {
    try withLoop { loop in
      let servers = try (0..<2).map { try EchoServer("no\($0)", on: loop) }
      let relay = try await WorkersUnderTest(3, to: [servers[0].upstream], on: loop)
      let lasting = try await relay.lasting(6)
      var answers: [String: Int] = [:]
      let clients = (0..<8).map { _ in
        loop.begin {
          for _ in 0..<40 { answers[try await relay.ask(), default: 0] += 1 }
        }
      }
      for round in 0..<12 {
        try await loop.sleep(for: .milliseconds(3))
        let group = UpstreamGroup([servers[(round + 1) % 2].upstream])
        await relay.workers.reload(RelayPlan(to: group) { _ in RelayServiceOptions() })
      }
      for client in clients { try await client.value }
      #expect(answers.values.reduce(0, +) == 320, "\(answers)")
      #expect(Set(answers.keys) == ["no0", "no1"])
      for client in lasting {
        try await client.send([9])
        #expect(try await client.receive(1).bytes == [9])
      }
      #expect(servers[0].upstream.activeCount >= 6)
      for client in lasting { client.close() }
      await relay.workers.drain(until: loop.now + .seconds(20))
      #expect(servers.map(\.upstream.activeCount) == [0, 0])
    }
  }

  @Test func `draining waits for the connections of all workers`() throws {
    try withLoop { loop in
      let server = try EchoServer("one", on: loop)
      let relay = try await WorkersUnderTest(3, to: [server.upstream], on: loop)
      let clients = try await relay.lasting(9)
      var isDrained = false
      let drain = loop.begin {
        await relay.workers.drain(until: loop.now + .seconds(50))
        isDrained = true
      }
      for client in clients {
        #expect(!isDrained)
        try await client.send([7])
        #expect(try await client.receive(1).bytes == [7])
        client.close()
      }
      try await drain.value
      await #expect(throws: ConnectionError.self) { _ = try await relay.client() }
    }
  }

  @Test func `a port that another relay shares is refused`() throws {
    try withLoop { loop in
      let taken = try RelayWorkers.listeners(at: loopback(.v4), for: 2)
      #expect(taken.count == 2)
      #expect(throws: SystemError.self) {
        _ = try RelayWorkers.listeners(at: taken[0].address, for: 2)
      }
    }
  }
}

@Suite struct `Keeping connections alive` {
  /// Whether the socket of this process that is connected to `port` is kept alive.
  private func isKeptAlive(to port: UInt16) -> Bool {
    for descriptor in Int32(3)..<1024 {
      var address = sockaddr_in()
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      let status = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &size) }
      }
      guard status == 0, address.sin_family == AF_INET, address.sin_port == port.bigEndian else {
        continue
      }
      var value: Int32 = 0
      var length = socklen_t(MemoryLayout<Int32>.size)
      getsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &value, &length)
      return value != 0
    }
    return false
  }

  @Test func `a connection that lasts is set to be, and only then`() throws {
    let loop = try EventLoop()
    try loop.test {
      let server = try EchoServer("one", on: loop)
      let relay = try ServiceUnderTest(to: [server.upstream], on: loop) {
        $0.keepAlive = StreamOptions.KeepAlive(idle: .seconds(1))
      }
      let port = try #require(server.upstream.addresses[0].internetAddress?.port)
      let client = try await relay.client()
      #expect(try await client.receive(3).bytes.count == 3)
      #expect(!isKeptAlive(to: port))
      while !isKeptAlive(to: port) { try await loop.sleep(for: .milliseconds(20)) }
      client.close()
      try await relay.settle()
      server.stop()
    }
  }
}
