internal import CLinux
public import EventLoop
internal import Glibc

/// What a socket keeps of what is written to it.
public enum SocketKind: Int32, Hashable, Sendable {
  /// Bytes in their order (`SOCK_STREAM`).
  case stream = 1
  /// Messages, each for itself (`SOCK_DGRAM`).
  case datagram = 2
  /// Messages in their order (`SOCK_SEQPACKET`).
  case sequenced = 5
}

/// A socket that is being made, step by step: options, its own address; then it listens, is connected, or
/// sends and receives messages. Each step fails for itself.
public final class UnconnectedSocket {
  /// What kind of address it has.
  public let domain: SocketDomain
  private var owned: OwnedDescriptor?
  /// The socket's number; -1 once it was given away.
  public private(set) var descriptor: Int32

  /// A socket that never waits and that no child inherits.
  ///
  /// - Parameter protocolNumber: 0 for the domain's own.
  public init(
    _ domain: SocketDomain, _ kind: SocketKind, protocolNumber: Int32 = 0
  ) throws(SystemError) {
    self.domain = domain
    let socket = try OwnedDescriptor("socket") {
      crimp_plain_socket(domain.code, kind.rawValue, protocolNumber)
    }
    descriptor = socket.rawValue
    owned = consume socket
  }

  /// Sets an option.
  public func set(_ setting: SocketSetting) throws(SystemError) {
    try setting.apply(to: descriptor)
  }

  /// Gives it an address of this host (`bind(2)`).
  public func bind(to address: SocketAddress) throws(SystemError) {
    try address.bind(descriptor)
  }

  /// Connects (`connect(2)`); of a stream that may go on afterwards, for which there is `StreamConnector`.
  public func connect(to address: SocketAddress) throws(SystemError) {
    let code = address.connect(descriptor)
    guard code == 0 || code == EINPROGRESS else {
      throw SystemError(errno: code, operation: "connect")
    }
  }

  /// Listens (`listen(2)`), and becomes a listener. Its path, if it has one, is left to the caller.
  public func listen(backlog: Int32) throws(SystemError) -> StreamListener {
    _ = try Syscalls.retrying("listen") { Glibc.listen(descriptor, backlog) }
    guard let owned = release() else { throw SystemError(errno: EBADF, operation: "listen") }
    return try StreamListener(owning: owned)
  }

  /// The address that it has.
  public var localAddress: SocketAddress {
    get throws(SystemError) { try SocketAddress(ofSocket: descriptor, domain, end: .local) }
  }

  /// Gives the socket up unclosed: the caller owns the number now. Nil once that was done.
  public func release() -> OwnedDescriptor? {
    descriptor = -1
    guard let socket = owned.take() else { return nil }
    return socket
  }
}
