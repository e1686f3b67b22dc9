import EventLoop
import Glibc
import IPMI
import LinkLayer
import Machines
import Proxies
import SocketSupport
import Sockets
import Support
import Testing

@testable import Relay

extension PumpOptions.Mode {
  /// The two ways that a test of a service runs in.
  static let both = [PumpOptions.Mode.copy, .splice]
}

extension ServiceUnderTest {
  /// A proxy on a port of its own, whose clients may go to this host.
  convenience init(
    proxyIn mode: PumpOptions.Mode = .adaptive, on loop: EventLoop,
    _ configure: (inout RelayServiceOptions, inout ProxyServerOptions) throws -> Void = { _, _ in }
  ) throws {
    var server = ProxyServerOptions()
    server.targets.allowed = [TargetRules.Rule("127.0.0.0/8"), TargetRules.Rule("::1")].compactMap {
      $0
    }
    var options = RelayServiceOptions()
    options.pump.mode = mode
    try configure(&options, &server)
    options.proxyServer = server
    try self.init(to: [], on: loop) { $0 = options }
  }

  /// This service as a proxy that clients ask.
  func route(_ kind: ProxyKind, _ credentials: ProxyCredentials? = nil) -> ProxyRoute {
    ProxyRoute(kind, "proxy.test", [address], credentials)
  }
}

extension EchoServer {
  /// Where it is, as a client of a proxy says it.
  func target(_ host: String = "127.0.0.1") throws -> ProxyAddress {
    ProxyAddress(
      host: host, port: try #require(upstream.addresses.first?.internetAddress?.port))
  }
}

@Suite struct `A relay as a proxy` {
  private func credentials(_ password: String = "secret") throws -> ProxyCredentials {
    ProxyCredentials(user: "fred", password: try Secret(password, atMost: 255))
  }

  @Test(arguments: ProxyKind.allCases, PumpOptions.Mode.both)
  func `much goes both ways through it, and both ends are passed on`(
    _ kind: ProxyKind, _ mode: PumpOptions.Mode
  ) throws {
    let loop = try EventLoop()
    try loop.test {
      let listener = try StreamListener(at: loopback(.v4))
      let accepted = Completion<StreamSocket>(on: loop)
      try listener.start(on: loop) { socket, _ in accepted.fulfil(socket) }
      let relay = try ServiceUnderTest(proxyIn: mode, on: loop)
      let port = try #require(listener.address.internetAddress?.port)
      let stream = try await relay.route(kind).connect(
        to: ProxyAddress(host: "127.0.0.1", port: port), on: loop)
      let client = StreamPeer(stream, on: loop)
      let server = StreamPeer(try await accepted.value, on: loop)
      let (there, back) = (Pattern(seed: 1), Pattern(seed: 2))
      let total = 3_000_000
      let sending = loop.begin { try await client.send(there, total, seed: 3) }
      #expect(try await server.receive(there) == total)
      try await sending.value
      // The client has ended; the answer is late.
      try await loop.sleep(for: .milliseconds(10))
      let answering = loop.begin { try await server.send(back, total, seed: 4) }
      #expect(try await client.receive(back) == total)
      try await answering.value
      client.close()
      server.close()
      listener.close()
      try await relay.settle()
      #expect(relay.events.last == "ended completed")
      #expect((relay.service.statistics.splicedByteCount > 0) == (mode == .splice))
    }
  }

  @Test(arguments: [ProxyKind.socks4a, .socks5, .httpConnect])
  func `names are looked up by the proxy`(_ kind: ProxyKind) throws {
    let loop = try EventLoop()
    try loop.test {
      let server = try EchoServer("one", on: loop)
      let relay = try ServiceUnderTest(proxyIn: .adaptive, on: loop)
      let stream = try await relay.route(kind).connect(to: server.target("localhost"), on: loop)
      let client = StreamPeer(stream, on: loop)
      client.endWriting()
      #expect(try await client.receive().bytes == Array("one".utf8))
      client.close()
      try await relay.settle()
      let port = try server.target().port
      #expect(relay.events == ["connected localhost:\(port)", "ended completed"])
    }
  }

  /// The server speaks first, and the client sends its first words with its request: nothing is lost.
  @Test(arguments: PumpOptions.Mode.both)
  func `bytes that come early are not lost`(_ mode: PumpOptions.Mode) throws {
    let loop = try EventLoop()
    try loop.test {
      let server = try EchoServer("hello ", on: loop)
      let relay = try ServiceUnderTest(proxyIn: mode, on: loop)
      let port = try server.target().port
      let client = try await relay.client()
      let request = try #require(SOCKS5Request(try server.target()).bytes)
      try await client.send(SOCKS5Greeting([.none]).bytes + request + Array("early".utf8))
      client.endWriting()
      let answer = try await client.receive()
      #expect(answer.bytes.prefix(2) == [5, 0])
      #expect(answer.bytes.suffix(11).elementsEqual("hello early".utf8))
      client.close()

      let http = try await relay.client()
      for byte in "CONNECT 127.0.0.1:\(port) HTTP/1.1\r\n\r\nearly".utf8 {
        try await http.send([byte])
      }
      http.endWriting()
      let text = String(decoding: try await http.receive().bytes, as: UTF8.self)
      #expect(text == "HTTP/1.1 200 Connection established\r\n\r\nhello early")
      http.close()
      try await relay.settle()
    }
  }

  @Test func `who may use it says so`() throws {
    let loop = try EventLoop()
    try loop.test {
      let server = try EchoServer("one", on: loop)
      let relay = try ServiceUnderTest(proxyIn: .adaptive, on: loop) { _, server in
        server.users = try ProxyUsers(parsing: Array("# who\n\nfred:secret\njane:a:b\r\n".utf8))
        #expect(server.users?.count == 2)
      }
      for kind in [ProxyKind.socks5, .httpConnect] {
        let stream = try await relay.route(kind, try credentials()).connect(
          to: server.target(), on: loop)
        let client = StreamPeer(stream, on: loop)
        #expect(try await client.receive(3).bytes == Array("one".utf8))
        client.close()
        let refused = try refusal(.authorizationRefused, server)
        let required = try refusal(.authorizationRequired, server)
        let target = try server.target()
        let wrong = try credentials("wrong")
        await #expect(throws: refused) {
          try await relay.route(kind, wrong).connect(to: target, on: loop).close()
        }
        await #expect(throws: required) {
          try await relay.route(kind).connect(to: target, on: loop).close()
        }
      }
      let old = try refusal(.refused(kind: .socks4, code: 93), server)
      let target = try server.target()
      await #expect(throws: old) {
        try await relay.route(.socks4).connect(to: target, on: loop).close()
      }
      let jane = ProxyCredentials(user: "jane", password: try Secret("a:b", atMost: 255))
      let stream = try await relay.route(.httpConnect, jane).connect(to: server.target(), on: loop)
      stream.close()
      try await relay.settle()
      #expect(relay.events.filter { $0.hasPrefix("refused proxy(") }.count == 5, "\(relay.events)")
      #expect(!relay.events.joined().contains("secret"))
    }
  }

  private func refusal(_ failure: ProxyFailure, _ server: EchoServer) throws -> ProxyError {
    let port = try server.target().port
    return ProxyError(through: "proxy.test", to: "127.0.0.1:\(port)", .failure(failure))
  }

  @Test func `why a target cannot be had is told truly`() throws {
    let loop = try EventLoop()
    try loop.test {
      let dead = try EchoServer("dead", on: loop)
      let target = try dead.target()
      dead.stop()
      let relay = try ServiceUnderTest(proxyIn: .adaptive, on: loop)
      let outside = ProxyAddress(host: "192.0.2.1", port: 80)
      let unknown = ProxyAddress(host: "no-such-host.invalid", port: 80)
      let cases: [(ProxyKind, ProxyAddress, Int)] = [
        (.socks5, target, 5), (.socks5, outside, 2), (.socks5, unknown, 4),
        (.socks4, target, 91), (.socks4a, unknown, 91), (.httpConnect, target, 502),
        (.httpConnect, outside, 403), (.httpConnect, unknown, 502),
      ]
      for (kind, target, code) in cases {
        do throws(ProxyError) {
          let stream = try await relay.route(kind).connect(to: target, on: loop)
          stream.close()
          Issue.record("\(kind) \(target)")
        } catch {
          #expect(error.cause == .failure(.refused(kind: kind, code: code)), "\(kind) \(target)")
        }
      }
      try await relay.settle()
    }
  }

  @Test func `this host itself must be allowed, whatever it is called`() throws {
    let loop = try EventLoop()
    try loop.test {
      let server = try EchoServer("one", on: loop)
      let usual = try ServiceUnderTest(proxyIn: .adaptive, on: loop) { $1.targets = TargetRules() }
      for host in ["127.0.0.1", "localhost", "::ffff:127.0.0.1", "0.0.0.0", "169.254.169.254"] {
        let target = try server.target(host)
        await #expect(throws: ProxyError.self, "\(host)") {
          try await usual.route(.socks5).connect(to: target, on: loop).close()
        }
      }
      try await usual.settle()
      #expect(
        usual.events == Array(repeating: "refused proxy(the target is not allowed)", count: 5))

      let port = try server.target().port
      let named = try ServiceUnderTest(proxyIn: .adaptive, on: loop) {
        $1.targets = TargetRules(
          allowed: [try #require(TargetRules.Rule("localhost:\(port)"))],
          denied: [try #require(TargetRules.Rule("[::1]"))])
      }
      let stream = try await named.route(.socks5).connect(to: server.target("LocalHost"), on: loop)
      stream.close()
      for target in [try server.target(), ProxyAddress(host: "localhost", port: port ^ 1)] {
        await #expect(throws: ProxyError.self) {
          try await named.route(.socks5).connect(to: target, on: loop).close()
        }
      }
      try await named.settle()
    }
  }

  @Test func `clients that say nothing, too much or nonsense are let go`() throws {
    let loop = try EventLoop()
    try loop.test {
      let relay = try ServiceUnderTest(proxyIn: .adaptive, on: loop) { options, _ in
        options.handshakeTimeout = .milliseconds(30)
      }
      let silent = try await relay.client()
      #expect(try await silent.receive() == ([], 0))
      silent.close()
      let half = try await relay.client()
      try await half.send([5, 1])
      #expect(try await half.receive().bytes.isEmpty)
      half.close()
      let wild = try await relay.client()
      try await wild.send(Array("SSH-2.0-x\r\n".utf8) + [0])
      #expect(try await wild.receive().errno == 0)
      wild.close()
      let endless = try await relay.client()
      try await endless.send(
        Array("CONNECT a:1 HTTP/1.1\r\nX: ".utf8) + [UInt8](repeating: 0x61, count: 40_000))
      let answer = String(decoding: try await endless.receive().bytes, as: UTF8.self)
      #expect(answer.hasPrefix("HTTP/1.1 431 "))
      endless.close()
      let gone = try await relay.client()
      try await gone.send([4])
      gone.reset()
      try await relay.settle()
      #expect(relay.service.refusedCount == 5)
    }
  }

  @Test(arguments: ProxyKind.allCases)
  func `targets are reached through another proxy`(_ kind: ProxyKind) throws {
    let loop = try EventLoop()
    try loop.test {
      let server = try EchoServer("one", on: loop)
      let outer = try ServiceUnderTest(proxyIn: .adaptive, on: loop)
      let target = Upstream("echo", [outer.address], destination: try server.target())
      let relay = try ServiceUnderTest(to: [target], on: loop) { $0.route = outer.route(kind) }
      #expect(try await relay.ask() == "one")
      // The same, and the client names the target.
      let chain = try ServiceUnderTest(proxyIn: .adaptive, on: loop) { options, _ in
        options.route = outer.route(kind)
      }
      let stream = try await chain.route(.socks5).connect(to: server.target(), on: loop)
      let client = StreamPeer(stream, on: loop)
      #expect(try await client.receive(3).bytes == Array("one".utf8))
      client.close()
      let dead = try EchoServer("dead", on: loop)
      dead.stop()
      let nobody = try dead.target()
      await #expect(throws: ProxyError.self) {
        try await chain.route(.socks5).connect(to: nobody, on: loop).close()
      }
      try await chain.settle()
      try await relay.settle()
      try await outer.settle()
      #expect(chain.events.contains { $0.hasPrefix("unreachable 127.0.0.1:") })
    }
  }
}

@Suite struct `Rules for targets` {
  @Test func `are read as they are written`() {
    #expect(TargetRules.Rule("192.0.2.0/24") != nil)
    #expect(TargetRules.Rule("[2001:db8::/32]:22")?.ports == 22...22)
    #expect(TargetRules.Rule("2001:db8::1")?.ports == 0...65535)
    #expect(TargetRules.Rule("*:1-500")?.hosts == .all)
    #expect(
      TargetRules.Rule(".Example.org:443") == .init(.suffix(".example.org"), ports: 443...443))
    for wrong in ["", ":22", "host:", "host:x", "host:5-1", "192.0.2.0/33", "[::1", "[::1]22", "."]
    {
      #expect(TargetRules.Rule(wrong) == nil, "\(wrong)")
    }
  }

  /// What a rule says of an address of this host, 192.0.2.2, and of another one, 192.0.2.3.
  @Test(
    arguments: [
      ([], false, true), (["*"], false, true), (["*:80"], false, true), (["*:81"], false, false),
      (["192.0.2.0/24"], false, true), (["0.0.0.0/0"], false, true), (["192.0.2.2"], true, false),
      (["192.0.2.2/32:80"], true, false), (["192.0.2.2:81"], false, false),
      (["*", "192.0.2.2"], true, true), (["127.0.0.0/8"], false, false),
      (["this.example"], true, true), (["other.example"], false, false),
    ])
  func `this host is meant by those that name it alone`(
    _ words: [String], _ own: Bool, _ other: Bool
  ) throws {
    let rules = TargetRules(allowed: try words.map { try #require(TargetRules.Rule($0)) })
    for (last, expected) in [(UInt8(2), own), (3, other)] {
      let address = IPAddress.v4(IPv4Address(192, 0, 2, last))
      let isAdmitted = rules.admits(address, port: 80, name: "this.example") {
        $0 == .v4(IPv4Address(192, 0, 2, 2))
      }
      #expect(isAdmitted == expected, "\(words) \(address)")
    }
  }

  @Test func `the host's own addresses are known, however they are had`() throws {
    for text in ["127.0.0.1", "127.9.9.9", "::1", "127.255.255.255"] {
      #expect(try #require(IPAddress(text)).staysOnThisHost(), "\(text)")
    }
    #expect(try !#require(IPAddress("192.0.2.77")).staysOnThisHost())
  }
}
