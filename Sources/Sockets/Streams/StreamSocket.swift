internal import CLinux
public import EventLoop
internal import Glibc

/// A connected stream socket that never waits: TCP over IPv4 or IPv6, or UNIX.
public final class StreamSocket: ByteStream {
  /// What kind of address it has.
  public let domain: SocketDomain
  private var owned: OwnedDescriptor?
  private var watch: StandingWatch?

  /// The socket's number; -1 once it was closed.
  public var descriptor: Int32 { number }

  /// The number beside its owner, which cannot be asked without a check.
  private var number: Int32

  /// Takes over a connected socket, which must not wait (`O_NONBLOCK`): an accepted one, or one end of a
  /// pair.
  public init(owning descriptor: consuming OwnedDescriptor, _ domain: SocketDomain) {
    number = descriptor.rawValue
    owned = consume descriptor
    self.domain = domain
  }

  /// Two UNIX sockets that are connected to each other.
  public static func pair() throws(SystemError) -> (StreamSocket, StreamSocket) {
    var ends: [Int32] = [-1, -1]
    _ = try Syscalls.retrying("socketpair") { unsafe crimp_stream_pair(&ends) }
    return (
      StreamSocket(owning: OwnedDescriptor(owning: ends[0]), .unix),
      StreamSocket(owning: OwnedDescriptor(owning: ends[1]), .unix)
    )
  }

  /// Gives the socket up unclosed: the caller owns the number now. Nil once it was closed.
  public func release() -> OwnedDescriptor? {
    takeWatch()?.registration.cancel()
    number = -1
    guard let descriptor = owned.take() else { return nil }
    return descriptor
  }

  /// The same connection under another number: it ends when both are closed, or one of them says so.
  public func duplicate() throws(SystemError) -> StreamSocket {
    let number = number
    let copy = try OwnedDescriptor("fcntl") { fcntl(number, F_DUPFD_CLOEXEC, 3) }
    return StreamSocket(owning: copy, domain)
  }

  // MARK: Watching

  func keep(_ watch: StandingWatch) {
    self.watch = watch
  }

  /// Takes the watch that the socket came with, if it did (`StreamConnector`'s `keepsWatch`). Whoever
  /// watches the socket otherwise cancels it first.
  public func takeWatch() -> StandingWatch? { watch.take() }

  // MARK: Bytes

  /// The socket's number.
  public var readDescriptor: Int32 { number }

  /// The socket's number.
  public var writeDescriptor: Int32 { number }

  /// Always.
  public var canSplice: Bool { true }

  /// Of TCP, when there is no urgent data. A UNIX socket's read ends where descriptors are attached.
  public var shortReadsEmpty: Bool { domain != .unix }

  /// Reads what is there (`recv(2)`).
  public func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    unsafe .received(from: number, into: buffer)
  }

  /// Writes as much as fits (`send(2)`).
  public func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    while true {
      let count = unsafe Glibc.send(number, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      if count >= 0 { return .moved(count) }
      let code = errno
      if code == EAGAIN { return .blocked }
      if code != EINTR { return writeFailure(code) }
    }
  }

  /// What a failed write to this socket means: of TCP, that the connection is lost; a UNIX socket's
  /// reader may have gone (`EPIPE`) while its writer goes on.
  public func writeFailure(_ code: Int32) -> Transfer {
    code == EPIPE && domain == .unix ? .end : .failed(code)
  }

  /// Sends FIN behind what was written (`shutdown(2)`); the other direction goes on.
  public func endWriting() -> Transfer {
    guard shutdown(number, Int32(SHUT_WR)) != 0, errno != ENOTCONN else { return .end }
    return .failed(errno)
  }

  /// Closes so that TCP sends RST and drops what the peer has not acknowledged (`SO_LINGER` of 0).
  public func reset() {
    guard owned != nil else { return }
    var now = linger(l_onoff: 1, l_linger: 0)
    // A socket that is not connected any more refuses, and has nothing to reset.
    unsafe setsockopt(number, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    close()
  }

  /// Closes. The kernel delivers what was written; but TCP sends RST when there is something that was
  /// received and never read.
  public func close() {
    takeWatch()?.registration.cancelBeforeClose()
    number = -1
    owned = nil
  }

  /// How many written bytes the peer has not acknowledged.
  public var unsentByteCount: Int { max(0, Int(crimp_unsent(number))) }

  /// Takes the error that waits on the socket (`SO_ERROR`): a number of `errno(3)`, 0 for none. Later calls
  /// do not meet it any more.
  public func takeError() -> Int32 { SocketOptions(number).takeError() }

  // MARK: Ends

  /// This end's address.
  public var localAddress: SocketAddress {
    get throws(SystemError) { try SocketAddress(ofSocket: number, domain, end: .local) }
  }

  /// The other end's address; a UNIX socket's is mostly without a name.
  public var peerAddress: SocketAddress {
    get throws(SystemError) { try SocketAddress(ofSocket: number, domain, end: .peer) }
  }

  /// Where the peer wanted to go before a NAT rule turned it here (`SO_ORIGINAL_DST`).
  ///
  /// - Throws: `ENOENT` when no rule did, `ENOPROTOOPT` where the host has no connection tracking.
  public var originalDestination: InternetAddress {
    get throws(SystemError) {
      var form = crimp_internet_address()
      let family: UInt8 = domain == .internet(.v6) ? 6 : 4
      _ = try Syscalls.retrying("getsockopt SO_ORIGINAL_DST") {
        unsafe crimp_original_destination(number, family, &form)
      }
      guard let address = InternetAddress(form) else {
        throw SystemError(errno: ENOENT, operation: "getsockopt SO_ORIGINAL_DST")
      }
      return address
    }
  }

  /// Applies options to the connection.
  public func set(_ options: StreamOptions) throws(SystemError) {
    try options.apply(to: number, domain)
  }
}
