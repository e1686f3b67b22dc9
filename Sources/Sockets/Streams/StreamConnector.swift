internal import CLinux
public import EventLoop
internal import Glibc
internal import LinkLayer

/// One attempt at a connection, which is then used.
///
/// The loop keeps a running attempt alive: drop the value if nothing will cancel it.
public final class StreamConnector {
  /// What comes of an attempt.
  public typealias Outcome = Result<StreamSocket, ConnectionError>

  /// The kernel chooses no lower port by itself (`net.ipv4.ip_local_port_range` as it is shipped).
  private static let firstEphemeralPort: UInt16 = 32_768

  private let address: SocketAddress
  private let loop: EventLoop
  private var socket: StreamSocket?
  private var registration: Registration?
  private var timer: Timer?
  private let keepsWatch: Bool
  private var onOutcome: ((Outcome) -> Void)?

  /// Begins to connect.
  ///
  /// - Parameters:
  ///   - address: where to.
  ///   - source: which of this host's addresses, and perhaps port, the connection comes from.
  ///   - options: how the connection is to be.
  ///   - timeout: how long an answer is waited for; nil for as long as the kernel does, some two minutes.
  ///   - keepsWatch: whether the socket comes with its watch (`StreamSocket.takeWatch`).
  ///   - onOutcome: is called once, by the loop and never before this returns, unless `cancel` was first.
  public init(
    to address: SocketAddress, from source: SocketAddress? = nil,
    _ options: StreamOptions = StreamOptions(), timeout: Duration? = nil,
    keepsWatch: Bool = false, on loop: EventLoop,
    _ onOutcome: @escaping (Outcome) -> Void
  ) {
    self.address = address
    self.loop = loop
    self.keepsWatch = keepsWatch
    self.onOutcome = onOutcome
    do throws(SystemError) {
      try begin(from: source, options, timeout)
    } catch {
      loop.execute { self.finish(error) }
    }
  }

  /// Gives the attempt up: nothing is told.
  public func cancel() {
    onOutcome = nil
    release()
    socket?.close()
    socket = nil
  }

  /// Begins to connect a socket that was made before, with its options and its own address.
  ///
  /// - Parameters:
  ///   - socket: a stream socket of the address's domain.
  ///   - address: where to.
  ///   - timeout: how long an answer is waited for; nil for as long as the kernel does.
  ///   - onOutcome: is called once, by the loop and never before this returns, unless `cancel` was first.
  public init(
    _ socket: UnconnectedSocket, to address: SocketAddress, timeout: Duration? = nil,
    on loop: EventLoop, _ onOutcome: @escaping (Outcome) -> Void
  ) {
    self.address = address
    self.loop = loop
    keepsWatch = false
    self.onOutcome = onOutcome
    do throws(SystemError) {
      guard let descriptor = socket.release() else {
        throw SystemError(errno: EBADF, operation: "connect")
      }
      let stream = StreamSocket(owning: descriptor, address.domain)
      self.socket = stream
      try connect(stream, timeout)
    } catch {
      loop.execute { self.finish(error) }
    }
  }

  private func begin(
    from source: SocketAddress?, _ options: StreamOptions, _ timeout: Duration?
  ) throws(SystemError) {
    let domain = address.domain
    let socket = StreamSocket(
      owning: try OwnedDescriptor("socket") { crimp_stream_socket(domain.code) }, domain)
    self.socket = socket
    try socket.set(options)
    if let source { try bind(socket.descriptor, to: source) }
    try connect(socket, timeout)
  }

  private func connect(_ socket: StreamSocket, _ timeout: Duration?) throws(SystemError) {
    let code = address.connect(socket.descriptor)
    guard code == 0 || code == EINPROGRESS else {
      throw SystemError(errno: code, operation: "connect")
    }
    // A connection that stands at once, as of a UNIX socket, is writable at once.
    let interest = keepsWatch ? StandingWatch.interest : .writable
    registration = try loop.watch(socket.descriptor, interest) { [self] in conclude($0) }
    timer = timeout.map { timeout in
      loop.schedule(after: timeout) { [self] in
        finish(SystemError(errno: ETIMEDOUT, operation: "connect"))
      }
    }
  }

  private func bind(_ descriptor: Int32, to source: SocketAddress) throws(SystemError) {
    let options = SocketOptions(descriptor)
    if case .internet(let internet) = source {
      if internet.port == 0 {
        // The port is chosen at connect, when the kernel knows the other end: else there are only as many
        // connections as ports.
        try options.set(
          "setsockopt IP_BIND_ADDRESS_NO_PORT", Int32(IPPROTO_IP), IP_BIND_ADDRESS_NO_PORT, 1)
      } else {
        try options.set("setsockopt SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, 1)
      }
    }
    try source.bind(descriptor)
  }

  private func conclude(_ readiness: Readiness) {
    // Edge-triggered, there may be news before the connection stands.
    guard let socket, !readiness.isDisjoint(with: [.writable, .error, .hangUp]) else { return }
    let isLost = !readiness.isDisjoint(with: [.error, .hangUp])
    let code = isLost ? SocketOptions(socket.descriptor).takeError() : 0
    guard code == 0 else { return finish(SystemError(errno: code, operation: "connect")) }
    guard !meetsItself(socket) else {
      return finish(SystemError(errno: ECONNREFUSED, operation: "connect"))
    }
    if keepsWatch, let registration = registration.take() {
      socket.keep(StandingWatch(registration, readiness))
    }
    release()
    self.socket = nil
    let tell = onOutcome.take()
    tell?(.success(socket))
  }

  /// Whether the kernel gave the socket the very port of this host that it connects to, where nobody
  /// listens: then it is connected with itself (RFC 9293, section 3.5, simultaneous open).
  private func meetsItself(_ socket: StreamSocket) -> Bool {
    guard let target = address.internetAddress, target.port >= Self.firstEphemeralPort else {
      return false
    }
    guard let local = try? socket.localAddress else { return false }
    return local.internetAddress?.port == target.port && local == (try? socket.peerAddress)
  }

  private func finish(_ error: SystemError) {
    release()
    socket?.close()
    socket = nil
    let tell = onOutcome.take()
    tell?(.failure(ConnectionError(to: address, error)))
  }

  private func release() {
    registration?.cancel()
    registration = nil
    timer?.cancel()
    timer = nil
  }
}

extension StreamSocket {
  /// Connects, and returns when the connection stands.
  ///
  /// - Throws: `ConnectionError`; its cause is `ECANCELED` when the task was cancelled.
  public static func connect(
    to address: SocketAddress, from source: SocketAddress? = nil,
    _ options: StreamOptions = StreamOptions(), timeout: Duration? = nil, on loop: EventLoop
  ) async throws(ConnectionError) -> StreamSocket {
    let completion = Completion<StreamConnector.Outcome>(on: loop)
    let attempt = StreamConnector(to: address, from: source, options, timeout: timeout, on: loop) {
      completion.fulfil($0)
    }
    let outcome: StreamConnector.Outcome
    do throws(CancellationError) {
      outcome = try await completion.value
    } catch {
      attempt.cancel()
      throw ConnectionError(
        to: address, SystemError(errno: ECANCELED, operation: "connect"))
    }
    return try outcome.get()
  }
}

/// `linux/in.h`, which Swift's Glibc leaves out.
private let IP_BIND_ADDRESS_NO_PORT: Int32 = 24
