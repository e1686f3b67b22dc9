internal import EventLoop
internal import Proxies
internal import Sockets

/// One look at whether a target can be reached: at its addresses in their order, and through the proxy on the
/// way there, as a session reaches it.
///
/// The loop keeps it alive while it runs.
final class HealthCheck {
  /// What was found.
  enum Outcome {
    case up
    case down
    /// This host had no descriptor for it, which says nothing of the target.
    case unknown
  }

  private let upstream: Upstream
  private let route: ProxyRoute?
  private let source: SocketAddress?
  private let timeout: Duration
  private let loop: EventLoop
  private var addresses: ArraySlice<SocketAddress>
  private var attempt: StreamConnector?
  private var passage: ProxyHandshake?
  private var onOutcome: ((Outcome) -> Void)?

  /// Begins the check.
  ///
  /// - Parameters:
  ///   - route: the proxy, whose addresses the target has then.
  ///   - source: which of this host's addresses connections come from, where the target has no choice of its own.
  ///   - timeout: how long each address has, and then the proxy.
  ///   - onOutcome: is called once, by the loop and never before this returns, unless `cancel` was first.
  init(
    of upstream: Upstream, _ route: ProxyRoute?, from source: SocketAddress?, timeout: Duration,
    on loop: EventLoop, _ onOutcome: @escaping (Outcome) -> Void
  ) {
    self.upstream = upstream
    self.route = route
    self.source = upstream.source ?? source
    self.timeout = timeout
    self.loop = loop
    self.onOutcome = onOutcome
    addresses = upstream.addresses[...]
    connect()
  }

  /// Gives it up: nothing is told.
  func cancel() {
    onOutcome = nil
    attempt?.cancel()
    passage?.cancel()
  }

  private func connect() {
    guard let address = addresses.popFirst() else { return finish(.down) }
    attempt = StreamConnector(to: address, from: source, timeout: timeout, on: loop) {
      [self] outcome in
      attempt = nil
      switch outcome {
      case .success(let socket): reached(socket)
      case .failure(let error) where error.isExhaustion: finish(.unknown)
      case .failure: connect()
      }
    }
  }

  private func reached(_ socket: StreamSocket) {
    guard let route else {
      // A reset, so that no port of this host waits for a minute.
      socket.reset()
      return finish(.up)
    }
    guard let target = upstream.destination else {
      socket.reset()
      return finish(.down)
    }
    passage = ProxyHandshake(
      over: socket, route.kind, to: target, route.credentials, proxy: route.name,
      timeout: timeout, on: loop
    ) { [self] outcome in
      passage = nil
      switch outcome {
      case .success(let stream):
        stream.reset()
        finish(.up)
      case .failure: connect()
      }
    }
  }

  private func finish(_ outcome: Outcome) {
    let tell = onOutcome.take()
    tell?(outcome)
  }
}
