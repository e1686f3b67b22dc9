import EventLoop
import Glibc
import LinkLayer
import MonotonicTime
import Relay
import SocketSupport
import Sockets
import Support
import Testing

@Suite struct `A relay of datagrams` {
  /// A server that sends back what it gets, and remembers from where.
  private final class Echo {
    let socket: DatagramSocket
    let address: InternetAddress
    private(set) var sources: [InternetAddress] = []
    private(set) var payloads: [[UInt8]] = []

    init(_ family: InternetFamily, on loop: EventLoop) throws {
      var options = DatagramOptions()
      options.maximumByteCount = 65_535
      options.receiveBufferByteCount = 4 << 20
      socket = try DatagramSocket(family, options)
      try socket.bind(to: try #require(loopback(family).internetAddress))
      address = try socket.localAddress
      try loop.watch(socket.descriptor, .readable) { [unowned self] _ in
        do {
          var batch = DatagramBatch()
          _ = try socket.receive { payload, information in
            let bytes = payload.withUnsafeBytes { Array($0) }
            payloads.append(bytes)
            sources.append(information.source)
            batch.append(payload, to: information.source)
          }
          socket.send(&batch) { _ in }
        } catch { Issue.record(error) }
      }
    }
  }

  private final class Client {
    let socket: DatagramSocket
    private let waiter: DescriptorWaiter

    init(_ target: InternetAddress, from source: String? = nil, on loop: EventLoop) throws {
      var options = DatagramOptions()
      options.maximumByteCount = 65_535
      options.reportsFailures = false
      socket = try DatagramSocket(target.family, options)
      if let source { try socket.bind(to: try #require(InternetAddress(source))) }
      try socket.connect(to: target)
      waiter = DescriptorWaiter(socket.descriptor, on: loop)
    }

    func send(_ payload: [UInt8]) {
      var batch = DatagramBatch()
      batch.append(payload, to: nil)
      socket.send(&batch) { Issue.record("\($0)") }
    }

    func ask(_ payload: [UInt8]) async throws -> [UInt8] {
      send(payload)
      var answer: [UInt8]?
      while true {
        try await waiter.readable()
        _ = try socket.receive(limit: 1) { payload, _ in
          answer = payload.withUnsafeBytes { Array($0) }
        }
        if let answer { return answer }
      }
    }
  }

  private func relay(
    _ family: InternetFamily, to echo: Echo, on loop: EventLoop,
    _ configure: (inout DatagramRelayOptions) -> Void = { _ in }
  ) throws -> DatagramRelay {
    var options = DatagramRelayOptions()
    configure(&options)
    return try DatagramRelay(
      at: try #require(loopback(family).internetAddress),
      to: UpstreamGroup([Upstream(.internet(echo.address))]), options, on: loop)
  }

  @Test(arguments: InternetFamily.allCases, InternetFamily.allCases)
  func `each client gets its own answers`(_ near: InternetFamily, _ far: InternetFamily) throws {
    let loop = try EventLoop()
    try loop.test {
      let echo = try Echo(far, on: loop)
      let relay = try relay(near, to: echo, on: loop)
      let clients = try (0..<20).map { _ in try Client(try relay.address, on: loop) }
      for round in 0..<3 {
        for (number, client) in clients.enumerated() {
          let payload = [UInt8(number), UInt8(round)]
          #expect(try await client.ask(payload) == payload)
        }
      }
      #expect(relay.activeCount == 20)
      #expect(Set(echo.sources).count == 20)
      #expect(relay.statistics.toTargets.datagramCount == 60)
      #expect(relay.statistics.toClients.byteCount == 120)
      relay.stop()
    }
  }

  @Test func `a reload moves the clients whose target is gone, and leaves the others`() throws {
    let loop = try EventLoop()
    try loop.test {
      let (old, new) = (try Echo(.v4, on: loop), try Echo(.v4, on: loop))
      let relay = try relay(.v4, to: old, on: loop)
      let client = try Client(try relay.address, on: loop)
      #expect(try await client.ask([1]) == [1])
      let kept = Upstream(.internet(new.address))
      relay.reload(to: UpstreamGroup([kept]), DatagramRelayOptions())
      #expect(try await client.ask([2]) == [2])
      #expect(old.sources.count == 1)
      #expect(new.sources.count == 1)
      #expect(kept.activeCount == 1)
      // The same target in a new group: the client keeps its socket towards it.
      relay.reload(to: UpstreamGroup([kept]), DatagramRelayOptions())
      #expect(try await client.ask([3]) == [3])
      #expect(Set(new.sources).count == 1)
      #expect(relay.activeCount == 1)
      #expect(kept.connectionCount == 1)
      relay.stop()
      #expect(kept.activeCount == 0)
      #expect(kept.byteCount == 4)
    }
  }

  @Test func `a drained relay answers the clients that it has, and no other`() throws {
    let loop = try EventLoop()
    try loop.test {
      let echo = try Echo(.v4, on: loop)
      let relay = try relay(.v4, to: echo, on: loop)
      let (client, stranger) = (
        try Client(try relay.address, on: loop), try Client(try relay.address, on: loop)
      )
      #expect(try await client.ask([1]) == [1])
      let drained = Completion<Void>(on: loop)
      relay.drain { drained.fulfil(()) }
      stranger.send([9])
      #expect(try await client.ask([2]) == [2])
      #expect(relay.activeCount == 1)
      #expect(relay.statistics.refusedCount == 1)
      var options = DatagramRelayOptions()
      options.idleTimeout = .milliseconds(10)
      relay.reload(to: UpstreamGroup([Upstream(.internet(echo.address))]), options)
      await drained.valueThroughCancellation
      #expect(relay.activeCount == 0)
      relay.stop()
    }
  }

  @Test(arguments: [0, 1, 1472, 9000, 65_507])
  func `a datagram of any length passes whole`(_ count: Int) throws {
    let loop = try EventLoop()
    try loop.test {
      let echo = try Echo(.v4, on: loop)
      let relay = try relay(.v4, to: echo, on: loop)
      let client = try Client(try relay.address, on: loop)
      let payload = Array(Pattern(seed: 1).piece(at: 0, count))
      #expect(try await client.ask(payload) == payload)
      relay.stop()
    }
  }

  @Test func `the client that was silent longest makes room`() throws {
    let loop = try EventLoop()
    try loop.test {
      let echo = try Echo(.v4, on: loop)
      let relay = try relay(.v4, to: echo, on: loop) { $0.sessionLimit = 3 }
      let clients = try (0..<4).map { _ in try Client(try relay.address, on: loop) }
      for client in clients[..<3] { _ = try await client.ask([1]) }
      _ = try await clients[0].ask([2])
      _ = try await clients[3].ask([3])
      #expect(relay.activeCount == 3)
      #expect(relay.statistics.evictedCount == 1)
      // The second was forgotten: it comes from another port now. The first was not.
      _ = try await clients[0].ask([4])
      #expect(echo.sources[0] == echo.sources.last)
      _ = try await clients[1].ask([5])
      #expect(echo.sources[1] != echo.sources.last)
      relay.stop()
    }
  }

  @Test func `who has many ports makes room for others, and others not for him`() throws {
    let loop = try EventLoop()
    try loop.test {
      let echo = try Echo(.v4, on: loop)
      let relay = try relay(.v4, to: echo, on: loop) { $0.sessionLimit = 4 }
      let quiet = try ["127.0.0.2", "127.0.0.3"].map {
        try Client(try relay.address, from: $0, on: loop)
      }
      for client in quiet { _ = try await client.ask([1]) }
      let many = try (0..<20).map { _ in try Client(try relay.address, on: loop) }
      for client in many { _ = try await client.ask([2]) }
      #expect(relay.activeCount == 4)
      #expect(relay.statistics.evictedCount == 18)
      // They still come from the ports that they had.
      for (number, client) in quiet.enumerated() {
        _ = try await client.ask([3])
        #expect(echo.sources[number] == echo.sources.last)
      }
      // The last of the many is one of two, and was heard last.
      _ = try await many[19].ask([4])
      #expect(echo.sources[21] == echo.sources.last)
      relay.stop()
    }
  }

  /// In a process of its own, which has few descriptors left.
  @Test func `without descriptors new clients are served all the same`() async {
    await #expect(processExitsWith: .exitCode(0)) {
      let loop = try EventLoop()
      let isRight = try loop.run {
        let echo = try Echo(.v4, on: loop)
        let relay = try DatagramRelay(
          at: InternetAddress(.v4(IPv4Address(127, 0, 0, 1)), port: 0),
          to: UpstreamGroup([Upstream(.internet(echo.address))]), on: loop)
        var told = 0
        relay.onExhaustion = { told += 1 }
        let clients = try (0..<60).map { _ in try Client(try relay.address, on: loop) }
        // Twenty numbers are left (RLIMIT_NOFILE).
        let next = dup(0)
        close(next)
        var limit = rlimit(rlim_cur: rlim_t(next) + 20, rlim_max: rlim_t(next) + 20)
        guard setrlimit(__rlimit_resource_t(7), &limit) == 0 else {
          return false
        }
        for (number, client) in clients.enumerated() {
          let payload = [UInt8(number)]
          guard try await client.ask(payload) == payload else { return false }
        }
        return told == 1 && relay.statistics.evictedCount >= 40
          && relay.statistics.lostCount == 0 && relay.activeCount <= 20
      }
      exit(isRight ? 0 : 1)
    }
  }

  @Test func `one address has so many clients, and strangers none`() throws {
    let loop = try EventLoop()
    try loop.test {
      let echo = try Echo(.v4, on: loop)
      let relay = try relay(.v4, to: echo, on: loop) { $0.sessionLimitPerSource = 2 }
      let clients = try (0..<3).map { _ in try Client(try relay.address, on: loop) }
      for client in clients[..<2] { _ = try await client.ask([1]) }
      clients[2].send([1])
      while relay.statistics.refusedCount == 0 { try await loop.sleep(for: .milliseconds(1)) }
      #expect(relay.activeCount == 2)
      relay.stop()

      let closed = try self.relay(.v4, to: echo, on: loop) {
        $0.allowed = AddressList([IPPrefix(host: .v4(IPv4Address(192, 0, 2, 1)))])
      }
      try Client(try closed.address, on: loop).send([1])
      while closed.statistics.refusedCount == 0 { try await loop.sleep(for: .milliseconds(1)) }
      #expect(closed.activeCount == 0)
      closed.stop()
    }
  }

  @Test func `silent clients are forgotten, and their descriptors with them`() throws {
    let loop = try EventLoop()
    try loop.test {
      let echo = try Echo(.v4, on: loop)
      let relay = try relay(.v4, to: echo, on: loop) { $0.idleTimeout = .seconds(1) }
      let clients = try (0..<50).map { _ in try Client(try relay.address, on: loop) }
      for client in clients { _ = try await client.ask([1]) }
      #expect(relay.statistics.sessionCount == 50)
      while relay.activeCount > 0 { try await loop.sleep(for: .milliseconds(5)) }
      let late = try Client(try relay.address, on: loop)
      #expect(try await late.ask([2]) == [2])
      relay.stop()
      #expect(relay.activeCount == 0)
    }
  }

  @Test func `the first datagram alone tells whose it is`() throws {
    let loop = try EventLoop()
    try loop.test {
      let echo = try Echo(.v4, on: loop)
      let relay = try relay(.v4, to: echo, on: loop) { $0.sendsProxyHeader = true }
      let client = try Client(try relay.address, on: loop)
      let first = try await client.ask([1, 2])
      #expect(try await client.ask([3]) == [3])
      guard case .complete(let header, let count) = try ProxyHeader.parse(first) else {
        Issue.record("no header")
        return
      }
      #expect(Array(first[count...]) == [1, 2])
      #expect(
        header.ends
          == ProxyHeader.Ends(
            transport: .datagram, from: .internet(try client.socket.localAddress),
            to: .internet(try relay.address)))
      relay.stop()
    }
  }

  @Test func `a target that refuses harms nobody`() throws {
    let loop = try EventLoop()
    try loop.test {
      let gone = try DatagramSocket(.v4)
      try gone.bind(to: try #require(loopback(.v4).internetAddress))
      let address = try gone.localAddress
      let relay = try DatagramRelay(
        at: try #require(loopback(.v4).internetAddress),
        to: UpstreamGroup([
          Upstream(.internet(InternetAddress(address.address, port: 1)))
        ]), on: loop)
      let client = try Client(try relay.address, on: loop)
      for _ in 0..<10 {
        client.send([1])
        try await loop.sleep(for: .milliseconds(2))
      }
      #expect(relay.activeCount == 1)
      #expect(relay.statistics.toTargets.datagramCount == 10)
      relay.stop()
    }
  }
}
