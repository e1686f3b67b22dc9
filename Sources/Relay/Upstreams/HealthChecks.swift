public import EventLoop
internal import MonotonicTime
public import Sockets

/// Connects to each target of a group now and then, as a session does (`HealthCheck`), to learn whether it is up
/// before a client does.
public final class HealthChecks {
  /// When and how targets are checked.
  public struct Options: Sendable {
    /// The time from one check of a target to the next.
    public var interval: Duration = .seconds(10)
    /// How long a connection to one of a target's addresses may take, and then the proxy's answer.
    public var timeout: Duration = .seconds(2)
    /// Which of this host's addresses the connections come from; a target's own choice goes before.
    public var source: SocketAddress?
    /// The proxy through which the targets are reached; nil when they are reached directly.
    public var route: ProxyRoute?

    /// Every ten seconds, two seconds each.
    public init() {}
  }

  private let group: UpstreamGroup
  private let options: Options
  private let loop: EventLoop
  private let onChange: (Upstream) -> Void
  private var timer: Timer?
  /// The checks that go on, in the group's order.
  private var checks: [HealthCheck?]

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
    checks = Array(repeating: nil, count: group.upstreams.count)
    check()
  }

  /// Ends the checks.
  public func stop() {
    timer?.cancel()
    timer = nil
    for check in checks { check?.cancel() }
    checks = checks.map { _ in nil }
  }

  /// Checks all but those whose last check still goes on: a target with many silent addresses takes its time.
  private func check() {
    for (index, upstream) in group.upstreams.enumerated() where checks[index] == nil {
      checks[index] = HealthCheck(
        of: upstream, options.route, from: options.source, timeout: options.timeout, on: loop
      ) { [weak self] outcome in
        self?.checks[index] = nil
        self?.note(upstream, outcome)
      }
    }
    timer = loop.schedule(after: options.interval) { [weak self] in self?.check() }
  }

  private func note(_ upstream: Upstream, _ outcome: HealthCheck.Outcome) {
    guard outcome != .unknown else { return }
    if upstream.note(outcome == .up) { onChange(upstream) }
  }
}
