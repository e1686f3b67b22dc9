import EventLoop
import Glibc
import Machines
import SocketSupport
import Sockets
import Testing

@testable import Relay

/// What peers cannot make a relay do: go on with them alone, or keep what nobody counts.
@Suite struct `A relay's patience with one peer` {
  /// A stream that says something whenever it is read, as one whose writer is as quick as its reader.
  private final class Endless: ByteStream {
    private let pair: (ours: StreamSocket, theirs: StreamSocket)
    private(set) var isClosed = false

    init() throws {
      var numbers: [Int32] = [-1, -1]
      guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &numbers) == 0 else {
        throw SystemError(errno: errno, operation: "socketpair")
      }
      pair = (
        StreamSocket(owning: OwnedDescriptor(owning: numbers[0]), .unix),
        StreamSocket(owning: OwnedDescriptor(owning: numbers[1]), .unix)
      )
    }

    var readDescriptor: Int32 { pair.ours.descriptor }
    var writeDescriptor: Int32 { pair.ours.descriptor }
    var canSplice: Bool { false }
    var shortReadsEmpty: Bool { false }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer { .moved(buffer.count) }
    func write(_ bytes: UnsafeRawBufferPointer) -> Transfer { .moved(bytes.count) }
    func endWriting() -> Transfer { .end }
    func reset() { close() }
    func close() { isClosed = true }
  }

  /// In a process of its own: a loop that is kept would not hear of a test's time limit.
  @Test func `a client that talks without end is hung up on in time`() async {
    await #expect(processExitsWith: .exitCode(0)) {
      alarm(60)
      let loop = try EventLoop()
      let isClosed = try loop.run {
        let stream = try Endless()
        let channel = HandshakeChannel(stream, on: loop, onBytes: { _ in }, onEnd: { _ in })
        channel.finish(within: .milliseconds(20))
        while !stream.isClosed { try await loop.sleep(for: .milliseconds(1)) }
        return stream.isClosed
      }
      exit(isClosed ? 0 : 1)
    }
  }

  /// Peers that acknowledge nothing: their windows are full, and nobody reads.
  @Test func `resets that wait are few, and are done after a second`() async {
    await #expect(processExitsWith: .exitCode(0)) {
      let loop = try EventLoop()
      let isRight = try loop.run {
        let listener = try StreamListener(at: loopback(.v4))
        var held: [StreamSocket] = []
        try listener.start(on: loop) { socket, _ in held.append(socket) }
        let resets = LingeringResets(on: loop)
        let piece = [UInt8](repeating: 1, count: 1 << 16)
        for number in 0..<(LingeringResets.limit + 10) {
          let socket = try await StreamSocket.connect(to: listener.address, on: loop)
          while socket.unsentByteCount == 0 {
            guard case .moved = piece.withUnsafeBytes({ socket.write($0) }) else { return false }
          }
          resets.reset(socket)
          guard resets.count <= min(number + 1, LingeringResets.limit) else { return false }
        }
        while resets.count > 0 { try await loop.sleep(for: .milliseconds(5)) }
        return true
      }
      exit(isRight ? 0 : 1)
    }
  }
}
