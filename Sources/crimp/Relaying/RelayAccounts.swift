import EventLoop
import Relay

/// What `--host-file` does for a run of `crimp relay`: each second it looks at what all processes have moved,
/// and every ten it writes what this one has.
final class RelayAccounts {
  private let accounts: UpstreamAccounts
  private let workers: RelayWorkers
  private let loop: EventLoop
  private var timer: Timer?

  /// Nil without `--host-file`.
  init?(
    _ store: HostFileStore?, _ workers: RelayWorkers, _ group: UpstreamGroup, on loop: EventLoop
  ) {
    guard let store else { return nil }
    self.workers = workers
    self.loop = loop
    accounts = UpstreamAccounts(in: store, every: .seconds(10), on: loop) { failure in
      ThroughputLine.clear()
      StandardStream.error.writeLine("crimp: --host-file \(failure)")
    }
    follow(group)
    arm()
  }

  /// These are the targets from now on.
  func follow(_ group: UpstreamGroup) {
    accounts.follow(group)
    accounts.bringUpToDate()
  }

  /// Writes for the last time: all connections have ended.
  func end() {
    timer?.cancel()
    timer = nil
    accounts.end()
  }

  private func arm() {
    timer = loop.schedule(after: .seconds(1)) { [weak self] in
      guard let self else { return }
      loop.spawn { [self] in
        await workers.creditTargets()
        guard timer != nil else { return }
        accounts.bringUpToDate()
        arm()
      }
    }
  }
}
