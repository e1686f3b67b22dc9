internal import CLinux
public import EventLoop
internal import Glibc

/// A UDP socket that never waits: many datagrams a call, to and from many peers.
///
/// Watch `descriptor` on a loop. When it is readable, `receive`; when it has an error, `takeFailures`.
/// One socket serves thousands of peers. It is of one version of IP: for the other, open another.
public final class DatagramSocket {
  /// Which version of IP it speaks.
  public let family: InternetFamily
  private let owned: OwnedDescriptor
  private let buffers: DatagramBuffers
  private var failures: [crimp_delivery_failure] = []

  /// The socket's number, for a loop to watch.
  public var descriptor: Int32 { owned.rawValue }

  /// Opens a socket that is bound to no port yet: the first datagram binds it to a free one.
  ///
  /// - Parameter other: a socket of the same thread whose room for received datagrams this one uses too,
  ///   instead of some of its own; neither receives while the other one lends.
  /// - Throws: `EMFILE`, `EAFNOSUPPORT` where the host has no such version of IP, `ENODEV` when there is
  ///   no such interface, `EPERM`.
  public init(
    _ family: InternetFamily, _ options: DatagramOptions = DatagramOptions(),
    sharingBuffersOf other: DatagramSocket? = nil
  ) throws(SystemError) {
    self.family = family
    buffers = other?.buffers ?? DatagramBuffers(maximumByteCount: options.maximumByteCount)
    owned = try OwnedDescriptor("socket") { crimp_datagram_socket(family.rawValue) }
    try apply(options)
  }

  private func apply(_ options: DatagramOptions) throws(SystemError) {
    if options.reportsFailures {
      _ = try Syscalls.retrying("setsockopt IP_RECVERR") {
        crimp_datagram_report_failures(descriptor, family.rawValue)
      }
    }
    if options.tellsLocalAddress {
      _ = try Syscalls.retrying("setsockopt IP_PKTINFO") {
        crimp_datagram_tell_local_address(descriptor, family.rawValue)
      }
    }
    if options.allowsBroadcast { try set("setsockopt SO_BROADCAST", SO_BROADCAST, 1) }
    if options.sharesPort { try set("setsockopt SO_REUSEADDR", SO_REUSEADDR, 1) }
    if let wish = options.receiveBufferByteCount { try widenReceiveBuffer(Int32(clamping: wish)) }
    if let interface = options.interface { try bind(toInterface: interface) }
  }

  private func set(_ operation: StaticString, _ name: Int32, _ value: Int32) throws(SystemError) {
    var value = value
    _ = try Syscalls.retrying(operation) {
      unsafe setsockopt(
        descriptor, SOL_SOCKET, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }
  }

  private func widenReceiveBuffer(_ wish: Int32) throws(SystemError) {
    // The kernel doubles the number, for its own bookkeeping.
    do throws(SystemError) {
      try set("setsockopt SO_RCVBUFFORCE", SO_RCVBUFFORCE, wish / 2)
    } catch {
      try set("setsockopt SO_RCVBUF", SO_RCVBUF, wish / 2)
    }
  }

  private func bind(toInterface name: String) throws(SystemError) {
    let bytes = Array(name.utf8)
    _ = try Syscalls.retrying("setsockopt SO_BINDTODEVICE") {
      unsafe setsockopt(
        descriptor, SOL_SOCKET, SO_BINDTODEVICE, bytes, socklen_t(bytes.count))
    }
  }

  /// How many bytes of datagrams may wait to be received, the kernel's bookkeeping included.
  public var receiveBufferByteCount: Int {
    var value: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &value, &size) == 0 else { return 0 }
    return Int(value)
  }

  /// Binds to an address and port of this host; port 0 takes a free one.
  ///
  /// - Throws: `EADDRINUSE`, `EADDRNOTAVAIL` for an address that this host does not have, `EACCES` for a
  ///   port that only root may bind.
  public func bind(to address: InternetAddress) throws(SystemError) {
    var form = address.kernelForm
    _ = try Syscalls.retrying("bind") { unsafe crimp_internet_bind(descriptor, &form) }
  }

  /// Names the one peer: datagrams of others are not received, and those without a destination go
  /// there.
  public func connect(to address: InternetAddress) throws(SystemError) {
    var form = address.kernelForm
    _ = try Syscalls.retrying("connect") { unsafe crimp_internet_connect(descriptor, &form) }
  }

  /// The address and port that the socket is bound to: `0.0.0.0` or `::` and port 0 before that.
  public var localAddress: InternetAddress {
    get throws(SystemError) {
      var form = crimp_internet_address()
      _ = try Syscalls.retrying("getsockname") { unsafe crimp_internet_name(descriptor, &form) }
      return InternetAddress(form) ?? InternetAddress(family.unspecified, port: 0)
    }
  }

  // MARK: Sending

  /// Sends what `batch` holds, and takes it out; what no longer fits into the kernel's queue stays, for
  /// when the descriptor is writable again.
  ///
  /// - Parameter refused: told of each datagram that this host did not send, which is then given up.
  public func send(
    _ batch: inout DatagramBatch, refused: (DeliveryFailure) -> Void
  ) {
    var first = 0
    // The kernel tells an earlier datagram's failure at the next call, which then does nothing: the
    // second time, the error is this datagram's own.
    var isSecondTry = false
    while first < batch.count {
      let sent = unsafe batch.entries.withUnsafeBufferPointer { entries in
        unsafe crimp_datagram_send(
          descriptor, batch.bytes, entries.baseAddress?.advanced(by: first),
          UInt32(clamping: batch.count - first))
      }
      let code = errno
      if sent > 0 {
        first += Int(sent)
        isSecondTry = false
      } else if code == EAGAIN || code == ENOBUFS {
        break
      } else if code == EINTR {
        continue
      } else if !isSecondTry {
        isSecondTry = true
      } else {
        if let destination = batch.destination(at: first) {
          refused(DeliveryFailure(destination: destination, errno: code, isLocal: true))
        }
        first += 1
        isSecondTry = false
      }
    }
    batch.removeFirst(first)
  }

  /// Sends one datagram at once.
  ///
  /// - Throws: why this host did not send it: `EAGAIN` when its queue is full, `ENETUNREACH` without a
  ///   route, `EACCES` for a broadcast that the options do not allow.
  public func send(_ payload: [UInt8], to destination: InternetAddress) throws(SystemError) {
    var batch = DatagramBatch()
    batch.append(payload, to: destination)
    var code: Int32 = 0
    send(&batch) { code = $0.errno }
    if code != 0 || !batch.isEmpty {
      throw SystemError(errno: code != 0 ? code : EAGAIN, operation: "sendmsg")
    }
  }

  // MARK: Receiving

  /// Lends up to `limit` datagrams that wait, and returns how many there were.
  public func receive(
    limit: Int = .max, _ body: (RawSpan, DatagramInformation) -> Void
  ) throws(SystemError) -> Int {
    var received = 0
    while received < limit {
      let wanted = min(limit - received, buffers.slots)
      let count = try buffers.fill(from: descriptor, wanted)
      for slot in 0..<count { buffers.lend(slot, family, body) }
      received += count
      if count < wanted { break }
    }
    return received
  }

  /// Tells, and forgets, which datagrams were not delivered, and returns how many; with
  /// `DatagramOptions.reportsFailures` only.
  ///
  /// - Important: whoever gets an `.error` from the loop must call this: the descriptor stays in error
  ///   until its queue is empty.
  @discardableResult
  public func takeFailures(_ body: (DeliveryFailure) -> Void) throws(SystemError) -> Int {
    if failures.isEmpty {
      failures = Array(repeating: crimp_delivery_failure(), count: Int(CRIMP_DATAGRAM_BATCH))
    }
    var taken = 0
    while true {
      let count = unsafe crimp_delivery_failures(descriptor, &failures, UInt32(failures.count))
      guard count >= 0 else {
        if errno == EINTR { continue }
        guard errno == EAGAIN else { throw SystemError(errno: errno, operation: "recvmmsg") }
        clearPendingError()
        return taken
      }
      taken += Int(count)
      for failure in failures.prefix(Int(count)) {
        if let failure = DeliveryFailure(failure) { body(failure) }
      }
      if count == 0 { return taken }
    }
  }

  /// Takes the error that the socket itself holds: it is told by the queue, too.
  private func clearPendingError() {
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
  }
}

extension DeliveryFailure {
  init?(_ failure: crimp_delivery_failure) {
    guard let destination = InternetAddress(failure.destination) else { return nil }
    self.init(
      destination: destination, errno: Int32(truncatingIfNeeded: failure.error),
      reporter: InternetAddress(failure.reporter), isLocal: failure.origin == SO_EE_ORIGIN_LOCAL,
      type: failure.type, code: failure.code)
  }
}

/// `SO_EE_ORIGIN_LOCAL` of `linux/errqueue.h`.
private let SO_EE_ORIGIN_LOCAL: UInt8 = 1
