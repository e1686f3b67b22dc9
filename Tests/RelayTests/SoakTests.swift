import EventLoop
import Glibc
import LinkLayer
import Machines
import Relay
import SocketSupport
import Sockets
import Support
import Testing

/// Processes of their own: memory and descriptors are the process's.
@Suite struct `What a relay holds` {
  /// A kibibyte, and what the loop's table takes here for the other ends of client and server.
  @Test func `an idle connection takes a kibibyte`() async {
    await #expect(processExitsWith: .exitCode(0)) {
      let loop = try EventLoop()
      let bytes = try loop.run {
        let sink = try NumbersOnly(on: loop)
        let relay = try ServiceUnderTest(to: [Upstream(sink.address)], on: loop)
        // Whatever is made once is there afterwards.
        try await hold(50, relay, sink, on: loop)
        let before = try residentBytes()
        try await hold(2000, relay, sink, on: loop)
        return (try residentBytes() - before) / 2000
      }
      guard bytes > 1280 else { exit(0) }
      // What the test shows when it fails.
      exit(Int32(min(255, bytes / 16)))
    }
  }

  /// Clients and servers that end, reset, fall silent or flood at any moment.
  @Test(arguments: [1 as UInt64, 2, 3])
  func `hostile peers leave neither descriptor nor connection behind`(_ seed: UInt64) async {
    await #expect(processExitsWith: .exitCode(0)) { [seed] in
      let loop = try EventLoop()
      let left = try loop.run {
        let target = try StreamListener(at: loopback(.v4))
        let relay = try ServiceUnderTest(to: [Upstream(target.address)], on: loop) {
          $0.pump.policy.idleTimeout = .milliseconds(300)
          $0.connectTimeout = .milliseconds(300)
          $0.pump.mode = seed == 1 ? .adaptive : seed == 2 ? .copy : .splice
        }
        var generator = SeededGenerator(seed: seed)
        try target.start(on: loop) { socket, _ in
          let seed = generator.next()
          loop.spawn { await misbehave(StreamPeer(socket, on: loop), seed: seed, on: loop) }
        }
        let before = openDescriptors()
        for _ in 0..<12 {
          let clients = (0..<25).map { _ in
            let seed = generator.next()
            return loop.begin {
              guard let peer = try? await relay.client() else { return }
              await misbehave(peer, seed: seed, on: loop)
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

/// Listens, and holds what it accepts as bare numbers, without an object of the heap.
private final class NumbersOnly {
  private let listener: StreamListener
  private(set) var count = 0
  private var numbers: [Int32] = []

  var address: SocketAddress { listener.address }

  init(on loop: EventLoop) throws {
    listener = try StreamListener(at: loopback(.v4))
    numbers.reserveCapacity(8192)
    try listener.start(on: loop) { [unowned self] socket, _ in
      hold(socket)
      count += 1
    }
  }

  func hold(_ socket: StreamSocket) {
    if let descriptor = socket.release() { numbers.append(descriptor.release()) }
  }

}

/// Opens `count` connections through the relay, and returns when all are joined.
private func hold(
  _ count: Int, _ relay: ServiceUnderTest, _ sink: NumbersOnly, on loop: EventLoop
) async throws {
  let goal = sink.count + count
  for _ in 0..<count {
    sink.hold(try await StreamSocket.connect(to: relay.address, on: loop))
  }
  while sink.count < goal || relay.service.activeCount < count {
    try await loop.sleep(for: .milliseconds(1))
  }
  try await loop.sleep(for: .milliseconds(20))
  relay.forgetEvents()
}
