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

/// Memory of this process that is no file's.
private func residentBytes() throws -> Int {
  let status = String(decoding: try readFile("/proc/self/status"), as: UTF8.self)
  let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") })
  return 1024 * (try #require(Int(line.filter(\.isNumber))))
}

/// Sockets and pipes that are open. Timers and epoll sets come and go with the language's own threads.
private func openDescriptors() -> Int {
  var count = 0
  var target = [CChar](repeating: 0, count: 16)
  guard let directory = opendir("/proc/self/fd") else { return -1 }
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    let length = readlink("/proc/self/fd/\(name)", &target, target.count)
    let kind = target.prefix(max(0, length)).map(UInt8.init(bitPattern:)).prefix { $0 != 0x3a }
    let text = String(decoding: kind, as: UTF8.self)
    if text == "socket" || text == "pipe" { count += 1 }
  }
  closedir(directory)
  return count
}

/// Does a few random things to a connection, and leaves it in a random way.
private func misbehave(_ peer: StreamPeer, seed: UInt64, on loop: EventLoop) async {
  var generator = SeededGenerator(seed: seed)
  for _ in 0..<Int.random(in: 0...4, using: &generator) {
    do {
      switch Int.random(in: 0...4, using: &generator) {
      case 0:
        let flood = [UInt8](repeating: 1, count: Int.random(in: 1...400_000, using: &generator))
        let writing = loop.begin { try await peer.send(flood) }
        try await loop.sleep(for: .milliseconds(Int.random(in: 0...5, using: &generator)))
        if Bool.random(using: &generator) { _ = try await writing.value }
      case 1: try await loop.sleep(for: .milliseconds(Int.random(in: 0...20, using: &generator)))
      case 2: peer.endWriting()
      case 3:
        let reading = loop.begin { try await peer.receive(100_000) }
        try await loop.sleep(for: .milliseconds(5))
        if Bool.random(using: &generator) { _ = try await reading.value }
        return peer.reset()
      default: try await peer.send([2])
      }
    } catch {
      break
    }
  }
  if Bool.random(using: &generator) { peer.reset() } else { peer.close() }
}
