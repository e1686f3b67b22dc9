import EventLoop
import LinkLayer
import Machines
import SocketSupport
import Sockets
import Support
import Testing

@testable import Relay

@Suite struct `Choosing a target` {
  private func upstreams(_ count: Int) -> [Upstream] {
    (0..<count).map { Upstream("target\($0)", [.unix(path: "@none\($0)")]) }
  }

  private func client(_ number: Int) -> IPAddress {
    .v4(IPv4Address(rawValue: 0xc000_0200 + UInt32(number)))
  }

  @Test func `round robin gives each its turn`() {
    let group = UpstreamGroup(upstreams(3))
    let names = (0..<6).compactMap { _ in group.choose(for: nil)?.name }
    #expect(names == ["target0", "target1", "target2", "target0", "target1", "target2"])
  }

  @Test func `the fewest bytes are asked of who moved the fewest`() {
    let targets = upstreams(3)
    for (target, count) in zip(targets, [1024, 512, 513] as [UInt64]) { target.add(bytes: count) }
    let group = UpstreamGroup(targets, .leastBytes)
    #expect(group.choose(for: nil)?.name == "target1")
    targets[1].add(bytes: 2)
    #expect(group.choose(for: nil)?.name == "target2")
    targets[2].add(bytes: .max)
    #expect(targets[2].byteCount == .max)
  }

  @Test func `a source keeps its target, and only those of a lost one move`() {
    let targets = upstreams(5)
    let group = UpstreamGroup(targets, .sourceHash)
    let before = (0..<1000).map { group.choose(for: client($0))?.name }
    #expect((0..<1000).map { group.choose(for: client($0))?.name } == before)
    for target in targets {
      let share = before.filter { $0 == target.name }.count
      #expect((120...280).contains(share), "\(target.name) has \(share) of 1000")
    }
    targets[2].isEnabled = false
    for number in 0..<1000 {
      let now = group.choose(for: client(number))?.name
      #expect(before[number] == "target2" ? now != "target2" : now == before[number])
    }
  }

  @Test func `what was tried is not tried again`() {
    let targets = upstreams(3)
    for policy in UpstreamGroup.Policy.allCases {
      let group = UpstreamGroup(targets, policy)
      var tried: [Upstream] = []
      while let next = group.choose(for: client(1), notOf: tried) { tried.append(next) }
      #expect(Set(tried.map(\.name)).count == 3)
    }
  }

  @Test func `checks take a target down and raise it again`() throws {
    let loop = try EventLoop()
    try loop.test {
      let listener = try StreamListener(at: loopback(.v4))
      let address = listener.address
      let target = Upstream(address)
      var options = HealthChecks.Options()
      options.interval = .milliseconds(10)
      var changes: [Bool] = []
      let checks = HealthChecks(UpstreamGroup([target]), options, on: loop) {
        changes.append($0.health.isUp)
      }
      while target.health.successes < 2 { try await loop.sleep(for: .milliseconds(2)) }
      listener.close()
      while changes.isEmpty { try await loop.sleep(for: .milliseconds(2)) }
      let again = try StreamListener(at: address)
      while changes.count < 2 { try await loop.sleep(for: .milliseconds(2)) }
      #expect(changes == [false, true])
      checks.stop()
      again.close()
    }
  }

  /// A target is up when a session would reach it: by its last address, from the relay's own source.
  @Test func `checks try what a session tries`() throws {
    let loop = try EventLoop()
    try loop.test {
      let gone = try StreamListener(at: loopback(.v4))
      let dead = gone.address
      gone.close()
      let listener = try StreamListener(at: loopback(.v4))
      var sources: Set<String> = []
      try listener.start(on: loop) { socket, peer in
        sources.insert(peer.internetAddress?.host ?? "")
        socket.close()
      }
      let target = Upstream("two addresses", [dead, listener.address])
      var options = HealthChecks.Options()
      options.interval = .milliseconds(5)
      options.source = .internet(try #require(InternetAddress("127.0.0.9:0")))
      let checks = HealthChecks(UpstreamGroup([target]), options, on: loop)
      while target.health.attempts < 4 { try await loop.sleep(for: .milliseconds(2)) }
      #expect(target.health.successes == target.health.attempts)
      #expect(sources == ["127.0.0.9"])
      checks.stop()
      listener.close()
    }
  }

  /// The proxy is there all the time, and the target is not.
  @Test func `checks go through the proxy`() throws {
    let loop = try EventLoop()
    try loop.test {
      let server = try EchoServer("one", on: loop)
      let proxy = try ServiceUnderTest(proxyIn: .adaptive, on: loop)
      let route = proxy.route(.socks5)
      let target = Upstream("one", route.addresses, destination: try server.target())
      var options = HealthChecks.Options()
      options.interval = .milliseconds(5)
      options.route = route
      var changes: [Bool] = []
      let checks = HealthChecks(UpstreamGroup([target]), options, on: loop) {
        changes.append($0.health.isUp)
      }
      while target.health.successes < 2 { try await loop.sleep(for: .milliseconds(2)) }
      #expect(target.health.successes == target.health.attempts)
      server.stop()
      while changes.isEmpty { try await loop.sleep(for: .milliseconds(2)) }
      #expect(changes == [false])
      checks.stop()
      try await proxy.settle()
    }
  }

  @Test func `a target that nobody checks any more is tried again`() {
    let targets = upstreams(2)
    for _ in 0..<3 { targets[0].note(false) }
    let group = UpstreamGroup(targets, .firstUp)
    #expect(group.choose(for: nil)?.name == "target1")
    targets[0].forgetHealth()
    #expect(group.choose(for: nil)?.name == "target0")
  }
}

@Suite struct `Lists of addresses` {
  @Test func `networks, addresses and mapped addresses are found`() throws {
    let list = try AddressList(parsing: ["192.0.2.0/25", "2001:db8::/32", "127.0.0.1"])
    for text in ["192.0.2.127", "2001:db8:ffff::1", "127.0.0.1", "::ffff:127.0.0.1"] {
      #expect(list.contains(try #require(IPAddress(text))), "\(text)")
    }
    for text in ["192.0.2.128", "2001:db9::", "127.0.0.2", "::127.0.0.1"] {
      #expect(!list.contains(try #require(IPAddress(text))), "\(text)")
    }
  }

  @Test(arguments: ["", "host", "192.0.2.1/33", "192.0.2.1/", "/8"])
  func `another word is refused by name`(_ word: String) {
    #expect(throws: AddressListError.self) { try AddressList(parsing: ["127.0.0.1", word]) }
  }
}
