import EventLoop
import Glibc
import Machines
import Proxies
import Relay
import SocketSupport
import Sockets
import Support
import TLS
import Testing

/// Processes of their own: memory and descriptors are the process's.
@Suite struct `What a relay with TLS holds` {
  /// Clients that speak no TLS, leave in the middle of the handshake, or misbehave behind it; of seed 2 servers
  /// that do the same.
  @Test(arguments: [1 as UInt64, 2])
  func `hostile peers leave neither descriptor nor connection behind`(_ seed: UInt64) async {
    await #expect(processExitsWith: .exitCode(0)) { [seed] in
      let certificates = try TestCertificates()
      var options = TLSOptions()
      options.certificate = certificates("server.pem")
      let server = try TLSContext(.server, options)
      options = TLSOptions()
      options.trust = .authorities(file: certificates("root.crt"), directory: nil)
      let client = try TLSContext(.client, options)
      let isSecureBehind = seed == 2
      let loop = try EventLoop()
      let left = try loop.run {
        let target = try StreamListener(at: loopback(.v4))
        let upstream = Upstream(
          "server", [target.address], destination: ProxyAddress(host: "localhost", port: 1))
        let relay = try ServiceUnderTest(to: [upstream], on: loop) {
          $0.pump.policy.idleTimeout = .milliseconds(300)
          $0.connectTimeout = .milliseconds(300)
          $0.handshakeTimeout = .milliseconds(300)
          $0.tls = server
          if isSecureBehind { $0.upstreamTLS = UpstreamTLS(client) }
        }
        var generator = SeededGenerator(seed: seed)
        try target.start(on: loop) { socket, _ in
          let seed = generator.next()
          loop.spawn {
            await misbehave(socket, isSecureBehind ? server : nil, seed: seed, on: loop)
          }
        }
        let before = openDescriptors()
        for _ in 0..<8 {
          let clients = (0..<25).map { _ in
            let seed = generator.next()
            return loop.begin {
              guard let socket = try? await StreamSocket.connect(to: relay.address, on: loop)
              else { return }
              await misbehave(socket, client, seed: seed, on: loop)
            }
          }
          for client in clients { try await client.value }
        }
        try await relay.settle()
        // The servers leave when they like, and resets wait for bytes on their way for up to a second.
        for _ in 0..<200 where openDescriptors() != before + 2 * relay.service.engine.pipeCount {
          try await loop.sleep(for: .milliseconds(50))
        }
        return openDescriptors() - before - 2 * relay.service.engine.pipeCount
      }
      exit(Int32(clamping: abs(left)))
    }
  }
}

/// Misbehaves on a connection in one of three ways: without TLS, in the middle of its handshake, or inside of it.
private func misbehave(
  _ socket: StreamSocket, _ context: TLSContext?, seed: UInt64, on loop: EventLoop
) async {
  var generator = SeededGenerator(seed: seed)
  guard let context, Int.random(in: 0...3, using: &generator) > 0,
    let stream = try? TLSStream(
      over: socket, context,
      context.role == .client ? TLSExpectation(host: "localhost") : TLSExpectation(), peer: "relay")
  else { return await misbehave(StreamPeer(socket, on: loop), seed: seed, on: loop) }
  let delay = Duration.microseconds(Int.random(in: 0...2000, using: &generator))
  let isCut = Int.random(in: 0...2, using: &generator) == 0
  let timer = isCut ? loop.schedule(after: delay) { _ = socket.endWriting() } : nil
  do {
    try await stream.shakeHands(on: loop)
  } catch {
    _ = timer?.cancel()
    return
  }
  _ = timer?.cancel()
  await misbehave(StreamPeer(stream, on: loop), seed: seed, on: loop)
}
