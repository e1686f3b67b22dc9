internal import EventLoop
internal import Sockets

/// A service, for closures that other threads hold and its own loop calls.
final class ServiceReference: @unchecked Sendable {
  weak var service: RelayService?

  /// The connection's new owner is the service; when it is gone, nobody.
  func take(_ connection: AcceptedConnection) {
    let socket = StreamSocket(
      owning: OwnedDescriptor(owning: connection.descriptor), connection.domain)
    guard let service else { return socket.reset() }
    service.take(socket, connection.peer)
  }
}
