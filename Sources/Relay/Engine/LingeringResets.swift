internal import EventLoop
internal import MonotonicTime
internal import Sockets

/// Connections that are to be reset once their peer has acknowledged what was written before.
///
/// A reset drops what the kernel has not sent yet. The peer of a server that answers and then resets gets
/// the answer when there is no relay between them; so it shall get it through a relay.
final class LingeringResets {
  private let loop: EventLoop
  private var sockets: [(socket: StreamSocket, deadline: Instant)] = []
  private var alarm: Alarm?

  private static let patience: Duration = .seconds(1)
  private static let interval: Duration = .milliseconds(2)

  init(on loop: EventLoop) {
    self.loop = loop
    alarm = Alarm(on: loop) { [unowned self] in look() }
  }

  /// Resets a stream, which the loop does not watch any more, as soon as nothing is lost by it; after a
  /// second at the latest.
  func reset(_ stream: any ByteStream) {
    guard let socket = stream.transport as? StreamSocket, socket.domain != .unix,
      socket.unsentByteCount > 0
    else { return stream.reset() }
    sockets.append((socket, loop.now + Self.patience))
    if alarm?.deadline == nil { alarm?.deadline = loop.now + Self.interval }
  }

  private func look() {
    let now = loop.now
    sockets.removeAll { socket, deadline in
      guard deadline <= now || socket.unsentByteCount == 0 else { return false }
      socket.reset()
      return true
    }
    if !sockets.isEmpty { alarm?.deadline = now + Self.interval }
  }
}
