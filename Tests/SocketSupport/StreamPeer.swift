public import EventLoop
import Glibc
import LinkLayer
public import Sockets

/// One end of a connection, used by a task.
public final class StreamPeer {
  /// The stream.
  public let stream: any ByteStream
  private let waiter: DescriptorWaiter

  /// An end that a task of `loop` uses: a socket, or a stream around one.
  public init(_ stream: any ByteStream, on loop: EventLoop) {
    self.stream = stream
    waiter = DescriptorWaiter(stream.readDescriptor, on: loop)
  }

  /// The socket.
  public var socket: StreamSocket {
    guard let socket = stream.transport as? StreamSocket else {
      preconditionFailure("The peer's stream is no socket's.")
    }
    return socket
  }

  /// Writes all of it; returns the error number that stopped it, 0 for none.
  @discardableResult
  public func send(_ bytes: some Collection<UInt8>) async throws -> Int32 {
    let bytes = Array(bytes)
    var sent = 0
    while sent < bytes.count {
      switch bytes[sent...].withUnsafeBytes({ stream.write($0) }) {
      case .moved(let count): sent += count
      case .blocked: try await waiter.writable()
      case .end: return EPIPE
      case .failed(let code): return code
      }
    }
    return 0
  }

  /// Reads up to `count` bytes, or to the end; returns them and the error number that ended it.
  public func receive(_ count: Int = .max) async throws -> (bytes: [UInt8], errno: Int32) {
    var bytes: [UInt8] = []
    let errno = try await drain(count) { bytes += $0 }
    return (bytes, errno)
  }

  /// Reads up to `count` bytes, or to the end, a piece at a time; returns the error number that ended it.
  public func drain(
    _ count: Int = .max, piece: Int = 65536, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) async throws -> Int32 {
    var buffer = [UInt8](repeating: 0, count: piece)
    var received = 0
    while received < count {
      let room = min(buffer.count, count - received)
      switch buffer.withUnsafeMutableBytes({ stream.read(into: .init(rebasing: $0[..<room])) }) {
      case .moved(let count):
        received += count
        try buffer.withUnsafeBytes { try body(.init(rebasing: $0[..<count])) }
      case .blocked: try await waiter.readable()
      case .end: return 0
      case .failed(let code): return code
      }
    }
    return 0
  }

  /// Lets the loop watch the stream no more, so that somebody else may.
  public func stopWaiting() {
    waiter.cancel()
  }

  /// Sends nothing more.
  public func endWriting() {
    _ = stream.endWriting()
  }

  /// Closes.
  public func close() {
    waiter.cancel()
    stream.close()
  }

  /// Closes with a reset.
  public func reset() {
    waiter.cancel()
    stream.reset()
  }
}

/// A free port of this host.
public func loopback(_ family: InternetFamily) -> SocketAddress {
  switch family {
  case .v4: .internet(InternetAddress(.v4(IPv4Address(127, 0, 0, 1)), port: 0))
  case .v6: .internet(InternetAddress(.v6(IPv6Address(high: 0, low: 1)), port: 0))
  }
}

/// The address, and of an abstract name one that begins with it and that nobody else has: tests run beside
/// each other.
private func unique(_ address: SocketAddress) -> SocketAddress {
  guard case .unix(let path) = address, path.utf8.first == UInt8(ascii: "@") else { return address }
  return .unix(path: "\(path)-\(UInt64.random(in: 0 ... .max))")
}

/// A connection through a listener at `address`: who connected, and who was accepted.
///
/// - Parameter address: an abstract name is only the beginning of the listener's.
public func connection(
  at address: SocketAddress, on loop: EventLoop
) async throws -> (client: StreamSocket, server: StreamSocket) {
  let listener = try StreamListener(at: unique(address))
  let accepted = Completion<StreamSocket>(on: loop)
  try listener.start(on: loop) { socket, _ in accepted.fulfil(socket) }
  let client = try await StreamSocket.connect(to: listener.address, on: loop)
  let server = try await accepted.value
  listener.close()
  return (client, server)
}

/// The same, both ends for tasks.
public func peers(
  at address: SocketAddress, on loop: EventLoop
) async throws -> (client: StreamPeer, server: StreamPeer) {
  let (client, server) = try await connection(at: address, on: loop)
  return (StreamPeer(client, on: loop), StreamPeer(server, on: loop))
}

/// A descriptor that must be there. (`#require` wants what can be copied.)
public func required(
  _ descriptor: consuming OwnedDescriptor?
) throws(SystemError) -> OwnedDescriptor {
  guard let descriptor else { throw SystemError(errno: EBADF, operation: "test") }
  return descriptor
}
