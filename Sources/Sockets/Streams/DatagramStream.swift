internal import CLinux
public import EventLoop
internal import Glibc

/// The datagrams that are exchanged with one peer, as a stream: each read brings one datagram, each write
/// sends one. UDP, or a UNIX datagram socket.
///
/// A datagram without bytes is the stream's end. A reader's room must be that of the longest datagram:
/// what does not fit is lost.
public final class DatagramStream: ByteStream {
  /// What kind of address it has.
  public let domain: SocketDomain
  private var owned: OwnedDescriptor?
  private var number: Int32
  private let writeLimit: Int
  /// Why the peer cannot be reached, once a write has told.
  private var loss: Int32?

  /// A socket without a peer.
  ///
  /// - Parameters:
  ///   - options: what of them concerns datagrams.
  ///   - allowsBroadcast: whether the peer may be a broadcast address (`SO_BROADCAST`).
  ///   - writeLimit: the most bytes of one datagram: a longer write sends its beginning.
  public init(
    _ domain: SocketDomain, _ options: StreamOptions = StreamOptions(),
    allowsBroadcast: Bool = false,
    writeLimit: Int = 65_507
  ) throws(SystemError) {
    let descriptor = try OwnedDescriptor("socket") { crimp_datagram_stream_socket(domain.code) }
    number = descriptor.rawValue
    owned = consume descriptor
    self.domain = domain
    self.writeLimit = max(1, writeLimit)
    if allowsBroadcast { try set("setsockopt SO_BROADCAST", SO_BROADCAST) }
    try options.applyToDatagrams(of: number, domain)
  }

  // MARK: Ends

  /// Binds to an address of this host, or a path.
  ///
  /// - Parameter sharesPort: whether other sockets may be bound there too (`SO_REUSEPORT`).
  public func bind(to address: SocketAddress, sharesPort: Bool = false) throws(SystemError) {
    if sharesPort {
      try set("setsockopt SO_REUSEADDR", SO_REUSEADDR)
      try set("setsockopt SO_REUSEPORT", SO_REUSEPORT)
    }
    try address.bind(number)
  }

  /// Names the peer: others are not heard any more.
  public func connect(to address: SocketAddress) throws(SystemError) {
    let code = address.connect(number)
    guard code == 0 else { throw SystemError(errno: code, operation: "connect") }
  }

  /// Names the sender of the datagram that waits as the peer; the datagram is still to be read.
  ///
  /// - Throws: `EAGAIN` when none waits; `ECONNREFUSED` when the sender is gone.
  public func connectToSender() throws(SystemError) {
    _ = try Syscalls.retrying("recvfrom") { crimp_datagram_connect_to_sender(number) }
  }

  /// This end's address.
  public var localAddress: SocketAddress {
    get throws(SystemError) { try SocketAddress(ofSocket: number, domain, end: .local) }
  }

  /// The peer's address.
  public var peerAddress: SocketAddress {
    get throws(SystemError) { try SocketAddress(ofSocket: number, domain, end: .peer) }
  }

  private func set(_ operation: StaticString, _ name: Int32) throws(SystemError) {
    try SocketOptions(number).set(operation, SOL_SOCKET, name, 1)
  }

  // MARK: Bytes

  /// The socket's number; -1 once it was closed.
  public var readDescriptor: Int32 { number }

  /// The socket's number; -1 once it was closed.
  public var writeDescriptor: Int32 { number }

  /// Never: a pipe forgets where a datagram ends.
  public var canSplice: Bool { false }

  /// Never: a short datagram says nothing of the next one.
  public var shortReadsEmpty: Bool { false }

  /// Receives one datagram (`recv(2)`).
  public func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    if let loss { return .failed(loss) }
    return unsafe .received(from: number, into: buffer)
  }

  /// Sends one datagram (`send(2)`): all of `bytes`, or as many as `writeLimit` says.
  public func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    while true {
      let count = min(bytes.count, writeLimit)
      let sent = unsafe send(number, bytes.baseAddress, count, Int32(MSG_NOSIGNAL))
      if sent >= 0 { return .moved(sent) }
      let code = errno
      if code == EAGAIN { return .blocked }
      if code != EINTR { return writeFailure(code) }
    }
  }

  /// That the peer refused an earlier datagram is told once, here or to a reader: it is kept for the
  /// latter. Anything else concerns what was to be sent alone, and what comes from the peer goes on.
  public func writeFailure(_ code: Int32) -> Transfer {
    guard code == ECONNREFUSED || code == ECONNRESET || code == ENOTCONN else { return .end }
    loss = code
    return .failed(code)
  }

  /// Sends nothing any more: there is no way to tell the peer.
  public func endWriting() -> Transfer {
    _ = shutdown(number, Int32(SHUT_WR))
    return .end
  }

  /// The same as `close`.
  public func reset() {
    close()
  }

  /// Closes.
  public func close() {
    number = -1
    owned = nil
  }
}
