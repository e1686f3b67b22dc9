internal import CLinux
public import EventLoop
internal import Glibc
internal import LinkLayer

/// A socket at which connections are accepted: TCP or UNIX.
///
/// When descriptors or memory run out it pauses by itself, and tries again a little later: connections
/// wait in the kernel's queue, none is lost and nothing spins.
public final class StreamListener {
  /// Where it listens, with the port that the kernel chose.
  public let address: SocketAddress
  /// Whether it waits for descriptors or memory.
  public private(set) var isExhausted = false
  /// How often it had to wait for descriptors or memory.
  public private(set) var exhaustions = 0
  /// How many connections it accepted.
  public private(set) var acceptedCount: UInt64 = 0

  private let domain: SocketDomain
  private var path: UnixPath?
  private var owned: OwnedDescriptor?
  private var loop: EventLoop?
  private var registration: Registration?
  private var retry: Timer?
  /// Whether `pause` was called, and `resume` was not yet.
  public private(set) var isPaused = false
  private var batch = 1
  private var onAccept: (StreamSocket, SocketAddress) -> Void = { _, _ in }

  /// How long to wait for descriptors before the next try, when nobody tells that some were freed.
  private static let retryDelay: Duration = .milliseconds(100)
  private static let largestBatch = 64

  /// Listens at an address. A UNIX path that a dead process left behind is taken over.
  ///
  /// - Throws: `EADDRINUSE`; `EACCES` for a port that only root may bind, or a directory that may not be
  ///   written; `EADDRNOTAVAIL` for an address that this host does not have.
  public init(
    at address: SocketAddress, _ options: ListenerOptions = ListenerOptions()
  ) throws(SystemError) {
    let domain = address.domain
    let descriptor = try OwnedDescriptor("socket") { crimp_stream_socket(domain.code) }
    let number = descriptor.rawValue
    try options.apply(to: number, domain)
    path = try UnixPath.bind(number, to: address, permissions: options.permissions)
    _ = try Syscalls.retrying("listen") { listen(number, options.backlog) }
    self.address = try SocketAddress(ofSocket: number, domain, end: .local)
    self.domain = domain
    owned = consume descriptor
  }

  /// Takes over a socket that listens already: from `LISTEN_FDS`, or from the process before.
  ///
  /// - Throws: `ENOTSOCK` for what is no socket, `EINVAL` for one that does not listen.
  public init(owning descriptor: consuming OwnedDescriptor) throws(SystemError) {
    let number = descriptor.rawValue
    let code = try Syscalls.retrying("getsockname") { crimp_socket_family(number) }
    guard let domain = SocketDomain(code: code), Self.listens(number) else {
      throw SystemError(errno: EINVAL, operation: "accept")
    }
    try Syscalls.setNonBlocking(number)
    self.domain = domain
    address = try SocketAddress(ofSocket: number, domain, end: .local)
    path = nil
    owned = consume descriptor
  }

  /// The path of a UNIX socket that was taken over is this listener's from now on: `close` removes it, as the
  /// process before would have done.
  public func takeOverPath() {
    path = UnixPath(of: address)
  }

  /// Throws `EADDRINUSE` when anybody listens at an address, even if they would share it.
  public static func checkIsFree(
    _ address: SocketAddress, _ options: ListenerOptions
  ) throws(SystemError) {
    let domain = address.domain
    let probe = try OwnedDescriptor("socket") { crimp_stream_socket(domain.code) }
    var options = options
    options.sharesPort = false
    try options.apply(to: probe.rawValue, domain)
    try address.bind(probe.rawValue)
  }

  deinit {
    close()
  }

  /// The socket's number, to be handed over; -1 once it was closed.
  public var descriptor: Int32 { owned?.rawValue ?? -1 }

  /// Accepts connections from now on: `onAccept` gets each with its peer's address.
  ///
  /// - Throws: what keeps the loop from watching it, as `ENOSPC` when the user watches too much.
  public func start(
    on loop: EventLoop, _ onAccept: @escaping (StreamSocket, SocketAddress) -> Void
  ) throws(SystemError) {
    precondition(registration == nil, "A listener is started twice.")
    guard let number = owned?.rawValue else {
      throw SystemError(errno: EBADF, operation: "accept")
    }
    self.loop = loop
    self.onAccept = onAccept
    isPaused = false
    registration = try loop.watch(number, .readable) { [weak self] _ in self?.acceptBatch() }
  }

  /// Leaves connections in the kernel's queue until `resume`.
  public func pause() {
    isPaused = true
    listenToLoop()
  }

  /// Accepts again.
  public func resume() {
    isPaused = false
    listenToLoop()
  }

  /// Says that a descriptor was closed: a listener that waits for one tries again at once.
  public func descriptorsWereFreed() {
    guard isExhausted else { return }
    isExhausted = false
    retry?.cancel()
    retry = nil
    listenToLoop()
  }

  /// Accepts all that waits in the queue now: before a `close`, which would reset them.
  public func acceptWaiting() {
    while registration != nil, !isExhausted, acceptOne() {}
  }

  /// Stops accepting and keeps the socket: its queue grows, for whoever has it next.
  public func stop() {
    retry?.cancel()
    retry = nil
    registration?.cancel()
    registration = nil
    onAccept = { _, _ in }
  }

  /// Stops, and gives the socket up unclosed, with its path: the caller owns the number now.
  public func release() -> OwnedDescriptor? {
    stop()
    path?.keep()
    guard let descriptor = owned.take() else { return nil }
    return descriptor
  }

  /// Stops and closes; connections that wait in the queue are reset by the kernel. A UNIX path that is
  /// still this listener's is removed.
  public func close() {
    stop()
    guard owned != nil else { return }
    path?.remove()
    owned = nil
  }

  // MARK: Accepting

  /// Takes what waits, at most a batch: it grows while it is filled, so that a single connection costs
  /// one call and a storm does not cost a turn of the loop for each.
  private func acceptBatch() {
    for taken in 0..<batch {
      guard registration != nil, !isPaused else { return }
      guard acceptOne() else {
        batch = max(1, taken)
        return
      }
    }
    batch = min(2 * batch, Self.largestBatch)
  }

  /// Takes one connection; returns whether there may be more.
  private func acceptOne() -> Bool {
    guard let number = owned?.rawValue else { return false }
    var peer = crimp_internet_address()
    let accepted = unsafe crimp_accept(number, &peer)
    guard accepted >= 0 else {
      let code = errno
      if Self.isExhaustion(code) { waitForDescriptors() }
      // All other errors are of one connection that was lost in the queue (accept(2)), or `EINTR`.
      return code != EAGAIN && !isExhausted && !Self.isBroken(code)
    }
    acceptedCount &+= 1
    let address = InternetAddress(peer).map(SocketAddress.internet) ?? .unix(path: "")
    onAccept(StreamSocket(owning: OwnedDescriptor(owning: accepted), domain), address)
    return true
  }

  private func waitForDescriptors() {
    isExhausted = true
    exhaustions += 1
    listenToLoop()
    retry = loop?.schedule(after: Self.retryDelay) { [weak self] in self?.descriptorsWereFreed() }
  }

  private func listenToLoop() {
    // Changing what is watched fails only for descriptors that are not: `close` was first.
    try? registration?.change(isPaused || isExhausted ? [] : .readable)
  }

  /// Whether the error number says that there is no descriptor or memory left.
  static func isExhaustion(_ code: Int32) -> Bool {
    code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM
  }

  private static func isBroken(_ code: Int32) -> Bool {
    code == EBADF || code == EINVAL || code == ENOTSOCK
  }

  private static func listens(_ descriptor: Int32) -> Bool {
    var value: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    let status = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &size)
    return status == 0 && value != 0
  }
}

extension ListenerOptions {
  fileprivate func apply(to descriptor: Int32, _ domain: SocketDomain) throws(SystemError) {
    try streams.apply(to: descriptor, domain)
    guard case .internet(let family) = domain else { return }
    let options = SocketOptions(descriptor)
    try options.set("setsockopt SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, 1)
    if sharesPort { try options.set("setsockopt SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT, 1) }
    guard family == .v6 else { return }
    try options.set(
      "setsockopt IPV6_V6ONLY", Int32(IPPROTO_IPV6), IPV6_V6ONLY, isV6Only ? 1 : 0)
  }
}
