internal import EventLoop
internal import Sockets

/// A UDP socket of ``BMCSockets``, and what waits to be sent by it.
final class ControllerSocket {
  let socket: DatagramSocket
  /// A socket that sends nothing: it is asked which address the host would speak from.
  let compass: DatagramSocket
  var registration: Registration?
  var outgoing = DatagramBatch()
  /// Whether what waits leaves at the end of the loop's turn.
  var isFlushing = false
  private var isFull = false

  init(_ family: InternetFamily, _ options: DatagramOptions) throws(SystemError) {
    socket = try DatagramSocket(family, options)
    compass = try DatagramSocket(family)
  }

  /// Asks to be told when there is room again for what did not fit.
  func wantWritable(_ isFull: Bool) {
    guard isFull != self.isFull else { return }
    self.isFull = isFull
    do throws(SystemError) {
      try registration?.change(isFull ? [.readable, .writable] : .readable)
    } catch {
      // A descriptor that is watched can be watched for another thing: this cannot happen, and if it
      // did, the datagrams would be sent with the next ones.
    }
  }
}
