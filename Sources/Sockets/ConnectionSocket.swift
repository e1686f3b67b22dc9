internal import CLinux
public import EventLoop
internal import Glibc

/// A TCP socket that makes one connection after another, to learn whether somebody accepts it.
///
/// A socket whose connection was refused, or that was told to `abandon` it, can connect again: nothing
/// is opened or closed for each port, and no connection is left in TIME_WAIT. A refusal from within
/// this host costs two system calls.
///
/// Watch `descriptor` edge-triggered: a socket between two connections is always "ready".
public final class ConnectionSocket {
  /// How far a connection is.
  public enum State: Hashable, Sendable {
    /// Nobody has answered yet.
    case underway
    /// It stands.
    case accepted
    /// It failed, with this number of `errno(3)`; the socket is free for another.
    case failed(Int32)
  }

  private let owned: OwnedDescriptor

  /// The socket's number, for a loop to watch.
  public var descriptor: Int32 { owned.rawValue }

  /// Opens a socket.
  ///
  /// - Parameters:
  ///   - family: which version of IP it speaks.
  ///   - source: the address to connect from. With a port, all connections come from that port, which
  ///     several such sockets may share; with port 0 each has its own.
  ///   - interface: the name of the only interface to connect by (`SO_BINDTODEVICE`).
  /// - Throws: `EMFILE`, `EADDRNOTAVAIL` for a source that this host does not have, `ENODEV` when there
  ///   is no such interface, `EPERM`.
  public init(
    _ family: InternetFamily, source: InternetAddress? = nil, interface: String? = nil
  ) throws(SystemError) {
    owned = try OwnedDescriptor("socket") { crimp_connection_socket(family.rawValue) }
    if let interface { try bind(toInterface: interface) }
    guard let source else { return }
    if source.port == 0 {
      _ = try Syscalls.retrying("setsockopt") { crimp_connection_bind_late(descriptor) }
    } else {
      try set("setsockopt SO_REUSEADDR", SO_REUSEADDR, 1)
    }
    try bind(to: source)
  }

  /// Finds a port at `address` that is free now, for sockets to share as their source, and holds it until
  /// this socket is dropped.
  public init(reservingPortAt address: InternetAddress) throws(SystemError) {
    owned = try OwnedDescriptor("socket") { crimp_connection_socket(address.family.rawValue) }
    try set("setsockopt SO_REUSEADDR", SO_REUSEADDR, 1)
    try bind(to: InternetAddress(address.address, port: 0, scope: address.scope))
  }

  private func bind(to address: InternetAddress) throws(SystemError) {
    var form = address.kernelForm
    _ = try Syscalls.retrying("bind") { unsafe crimp_internet_bind(descriptor, &form) }
  }

  private func set(_ operation: StaticString, _ name: Int32, _ value: Int32) throws(SystemError) {
    var value = value
    _ = try Syscalls.retrying(operation) {
      unsafe setsockopt(
        descriptor, SOL_SOCKET, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }
  }

  private func bind(toInterface name: String) throws(SystemError) {
    let bytes = Array(name.utf8)
    _ = try Syscalls.retrying("setsockopt SO_BINDTODEVICE") {
      unsafe setsockopt(
        descriptor, SOL_SOCKET, SO_BINDTODEVICE, bytes, socklen_t(bytes.count))
    }
  }

  // MARK: Connecting

  /// Begins to connect to `address`, or looks how far the connection to it is: the kernel answers
  /// both alike.
  public func connect(to address: InternetAddress) -> State {
    var form = address.kernelForm
    guard unsafe crimp_internet_connect(descriptor, &form) != 0 else { return .accepted }
    switch errno {
    case EINPROGRESS, EALREADY, EINTR: return .underway
    case EISCONN: return .accepted
    case let code: return .failed(code)
    }
  }

  /// Gives the connection up, by a reset when it stands, or forgets the attempt.
  public func abandon() {
    _ = crimp_connection_abandon(descriptor)
  }

  /// What ICMP said of a connection of this socket; nil when nothing is left to tell.
  public func takeFailure() -> DeliveryFailure? {
    var failure = crimp_delivery_failure()
    while true {
      let count = unsafe crimp_delivery_failures(descriptor, &failure, 1)
      if count == 1 { return DeliveryFailure(failure) }
      guard count < 0, errno == EINTR else { return nil }
    }
  }

  /// Reads up to `limit` bytes that have come: none at the end of the stream; nil while nothing has come.
  public func read(limit: Int) -> [UInt8]? {
    var isWaiting = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: max(0, limit)) { buffer, count in
      let received = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
      isWaiting = received < 0 && (errno == EAGAIN || errno == EINTR)
      count = max(0, received)
    }
    return isWaiting ? nil : bytes
  }

  /// The address and port that the socket speaks from.
  public var localAddress: InternetAddress? {
    var form = crimp_internet_address()
    guard unsafe crimp_internet_name(descriptor, &form) == 0 else { return nil }
    return InternetAddress(form)
  }
}
