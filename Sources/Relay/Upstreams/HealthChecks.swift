public import EventLoop
internal import Machines
internal import MonotonicTime
public import Sockets

/// Connects to each target of a group now and then, to learn whether it is up before a client does.
public final class HealthChecks {
  /// When and how targets are checked.
  public struct Options: Hashable, Sendable {
    /// The time from one check of a target to the next.
    public var interval: Duration = .seconds(10)
    /// How long a connection may take.
    public var timeout: Duration = .seconds(2)
    /// Which of this host's addresses the connections come from.
    public var source: SocketAddress?

    /// Every ten seconds, two seconds each.
    public init() {}
  }

  private let group: UpstreamGroup
  private let options: Options
  private let loop: EventLoop
  private let onChange: (Upstream) -> Void
  private var timer: Timer?
  private var attempts: [StreamConnector] = []

  /// Checks a group's targets from now on, each at once and then at every interval, until `stop`.
  ///
  /// - Parameter onChange: is told of each target that went up or down.
  public init(
    _ group: UpstreamGroup, _ options: Options = Options(), on loop: EventLoop,
    _ onChange: @escaping (Upstream) -> Void = { _ in }
  ) {
    self.group = group
    self.options = options
    self.loop = loop
    self.onChange = onChange
    check()
  }

  /// Ends the checks.
  public func stop() {
    timer?.cancel()
    timer = nil
    for attempt in attempts { attempt.cancel() }
    attempts = []
  }

  private func check() {
    for attempt in attempts { attempt.cancel() }
    attempts = group.upstreams.map { upstream in
      StreamConnector(
        to: upstream.addresses[0], from: options.source,
        timeout: min(options.timeout, options.interval), on: loop
      ) { [weak self] outcome in
        self?.note(upstream, outcome)
      }
    }
    timer = loop.schedule(after: options.interval) { [weak self] in self?.check() }
  }

  private func note(_ upstream: Upstream, _ outcome: StreamConnector.Outcome) {
    let isGood: Bool
    switch outcome {
    case .success(let socket):
      isGood = true
      // A reset, so that no port of this host waits for a minute.
      socket.reset()
    case .failure(let error):
      // This host's own want of descriptors says nothing of the target.
      guard !error.isExhaustion else { return }
      isGood = false
    }
    if upstream.note(isGood) { onChange(upstream) }
  }
}
