import EventLoop
import Glibc
import LinkLayer
import Machines
import Proxies
import Relay
import SocketSupport
import Sockets
import Testing

/// Peers of a proxy's handshakes that leave at each byte, in each way. Processes of their own: memory and
/// descriptors are the process's.
@Suite struct `Handshakes with a proxy that are cut off` {
  @Test(arguments: ProxyKind.allCases.indices)
  func `leave nothing behind when clients cut them`(_ number: Int) async {
    await #expect(processExitsWith: .exitCode(0)) { [number] in
      let loop = try EventLoop()
      let left = try loop.run {
        let kind = ProxyKind.allCases[number]
        let server = try EchoServer("one", on: loop)
        let relay = try ServiceUnderTest(proxyIn: .adaptive, on: loop) { options, _ in
          options.handshakeTimeout = .milliseconds(100)
          options.pump.policy.idleTimeout = .milliseconds(100)
        }
        let request = kind.request(to: try server.target())
        return try await whatStays(of: relay, after: request.count + 1, on: loop) {
          count, leaving in
          let client = try await relay.client()
          try await client.send(request.prefix(count))
          try await leaving.leave(client)
        }
      }
      exit(left)
    }
  }

  @Test(arguments: ProxyKind.allCases.indices)
  func `leave nothing behind when proxies cut them`(_ number: Int) async {
    await #expect(processExitsWith: .exitCode(0)) { [number] in
      let loop = try EventLoop()
      let left = try loop.run {
        let kind = ProxyKind.allCases[number]
        let answer = kind.grant
        let proxy = try StreamListener(at: loopback(.v4))
        var cuts: [(count: Int, leaving: Leaving)] = []
        try proxy.start(on: loop) { socket, _ in
          guard let cut = cuts.popLast() else { return socket.reset() }
          _ = loop.begin {
            let peer = StreamPeer(socket, on: loop)
            _ = try await peer.receive(1)
            try await peer.send(answer.prefix(cut.count))
            try await cut.leaving.leave(peer)
          }
        }
        let target = Upstream(
          "target", [proxy.address], destination: ProxyAddress(host: "192.0.2.1", port: 80))
        let relay = try ServiceUnderTest(to: [target], on: loop) { options in
          options.handshakeTimeout = .milliseconds(100)
          options.pump.policy.idleTimeout = .milliseconds(100)
          options.route = ProxyRoute(kind, "proxy.test", [proxy.address], nil)
        }
        return try await whatStays(of: relay, after: answer.count + 1, on: loop) {
          count, leaving in
          cuts.append((count, leaving))
          let client = try await relay.client()
          _ = try await client.receive()
          client.close()
        }
      }
      exit(left)
    }
  }
}

/// Holds conversations that are cut at each of so many places in each way, again and again.
///
/// - Returns: an exit status: 0 when nothing stays, up to 99 descriptors, and from 100 on the memory of each
///   conversation in units of 16 bytes.
private func whatStays(
  of relay: ServiceUnderTest, after places: Int, on loop: EventLoop,
  _ hold: @escaping (Int, Leaving) async throws -> Void
) async throws -> Int32 {
  func round() async throws {
    for leaving in Leaving.allCases {
      let conversations = (0..<places).map { count in
        loop.begin { try await hold(count, leaving) }
      }
      for conversation in conversations { try await conversation.value }
    }
    relay.forgetEvents()
    try await relay.settle()
  }
  // What is made once is there afterwards. What the allocator keeps may grow at times; what leaks always does.
  let before = openDescriptors()
  for _ in 0..<2 { try await round() }
  var growth = Int.max
  for _ in 0..<3 {
    let memory = try residentBytes()
    for _ in 0..<2 { try await round() }
    growth = min(growth, try residentBytes() - memory)
  }
  func stays() -> Int { openDescriptors() - before - 2 * relay.service.engine.pipeCount }
  // Resets wait for bytes on their way for up to a second.
  for _ in 0..<200 where stays() != 0 { try await loop.sleep(for: .milliseconds(50)) }
  guard stays() == 0 else { return Int32(clamping: min(99, abs(stays()))) }
  let each = growth / (2 * places * Leaving.allCases.count)
  return each < 256 ? 0 : Int32(clamping: min(255, 100 + each / 16))
}

extension ProxyKind {
  /// All that a client without a name says until it is connected.
  fileprivate func request(to target: ProxyAddress) -> [UInt8] {
    let high = UInt8(truncatingIfNeeded: target.port >> 8)
    let low = UInt8(truncatingIfNeeded: target.port)
    switch self {
    case .socks4: return [4, 1, high, low, 127, 0, 0, 1, 0]
    case .socks4a:
      let beginning: [UInt8] = [4, 1, high, low, 0, 0, 0, 1, 0]
      return beginning + Array("localhost\0".utf8)
    case .socks5: return [5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, high, low]
    case .httpConnect:
      return Array("CONNECT 127.0.0.1:\(target.port) HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
    }
  }

  /// All that a proxy says that grants what it was asked.
  fileprivate var grant: [UInt8] {
    switch self {
    case .socks4, .socks4a: [0, 90, 0, 0, 0, 0, 0, 0]
    case .socks5: [5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    case .httpConnect: Array("HTTP/1.1 200 OK\r\nVia: x\r\n\r\n".utf8)
    }
  }
}
