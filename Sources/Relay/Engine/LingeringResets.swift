internal import EventLoop
internal import MonotonicTime
internal import Sockets

/// Connections that are to be reset once their peer has acknowledged what was written before.
///
/// A reset drops what the kernel has not sent yet. The peer of a server that answers and then resets gets
/// the answer when there is no relay between them; so it shall get it through a relay.
///
/// No limit of connections counts them any more. So they are few: for one too many the first is reset at once.
final class LingeringResets {
  private struct Lingering {
    let socket: StreamSocket
    let deadline: Instant
    /// When to look at it next, and how long to wait behind that.
    var look: Instant
    var pause: Duration
  }

  /// How many there are at most.
  static let limit = 256

  private let loop: EventLoop
  /// In the order in which they came.
  private var sockets: [Lingering] = []
  private var alarm: Alarm?

  private static let patience: Duration = .seconds(1)
  private static let shortestPause: Duration = .milliseconds(2)
  private static let longestPause: Duration = .milliseconds(50)

  init(on loop: EventLoop) {
    self.loop = loop
    alarm = Alarm(on: loop) { [unowned self] in look() }
  }

  /// How many there are now.
  var count: Int { sockets.count }

  /// Resets a stream, which the loop does not watch any more, as soon as nothing is lost by it; after a
  /// second at the latest.
  func reset(_ stream: any ByteStream) {
    guard let socket = stream.transport as? StreamSocket, socket.domain != .unix,
      socket.unsentByteCount > 0
    else { return stream.reset() }
    if sockets.count >= Self.limit { sockets.removeFirst().socket.reset() }
    let now = loop.now
    let look = now + Self.shortestPause
    sockets.append(
      Lingering(
        socket: socket, deadline: now + Self.patience, look: look, pause: Self.shortestPause))
    if alarm?.deadline.map({ look < $0 }) ?? true { alarm?.deadline = look }
  }

  /// Looks at those whose turn it is: one that has waited for long is looked at less often.
  private func look() {
    let now = loop.now
    sockets.removeAll { lingering in
      guard lingering.look <= now else { return false }
      guard lingering.deadline <= now || lingering.socket.unsentByteCount == 0 else { return false }
      lingering.socket.reset()
      return true
    }
    for index in sockets.indices where sockets[index].look <= now {
      sockets[index].pause = min(sockets[index].pause * 2, Self.longestPause)
      sockets[index].look = now + sockets[index].pause
    }
    alarm?.deadline = sockets.map(\.look).min()
  }
}
