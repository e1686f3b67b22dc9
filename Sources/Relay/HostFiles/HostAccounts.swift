public import EventLoop
public import HostFiles
internal import MonotonicTime

/// What a process's connections moved for the hosts of a host file: counted here, and written to the file now
/// and then.
///
/// Several processes may keep accounts in one file: each adds what it counted, and nobody's count is lost. Of
/// a process that is killed the counts since its last writing are.
public final class HostAccounts {
  /// The file.
  public let store: HostFileStore

  private let loop: EventLoop
  private let interval: Duration
  private let onFailure: (HostFileFailure) -> Void
  private var pending: [String: UInt64] = [:]
  private var timer: Timer?

  /// Is called before counts are written or asked for: whoever has counted bytes that are not here yet adds
  /// them now.
  public var collect: () -> Void = {}

  /// Accounts in a file, written at every interval until `end`.
  ///
  /// - Parameter onFailure: is told why the file could not be written. What was counted is kept for the next
  ///   time.
  public init(
    in store: HostFileStore, every interval: Duration, on loop: EventLoop,
    _ onFailure: @escaping (HostFileFailure) -> Void
  ) {
    self.store = store
    self.interval = max(interval, .seconds(1))
    self.loop = loop
    self.onFailure = onFailure
    arm()
  }

  /// Counts bytes that a host moved.
  public func add(_ count: UInt64, to host: String) {
    guard count > 0 else { return }
    let (sum, overflow) = pending[host, default: 0].addingReportingOverflow(count)
    pending[host] = overflow ? .max : sum
  }

  /// The file as it would be if it were written now.
  public func current() throws(HostFileFailure) -> HostFile {
    collect()
    var file = try store.read()
    for (host, count) in pending { file.add(count, to: host) }
    return file
  }

  /// Writes what was counted since the last time. The loop waits meanwhile: so others are not waited for
  /// longer than a second, and what they kept from being written is written the next time.
  public func write() {
    write(waitingAtMost: .seconds(1))
  }

  private func write(waitingAtMost patience: Duration) {
    collect()
    guard !pending.isEmpty else { return }
    do throws(HostFileFailure) {
      try store.update(waitingAtMost: patience) { file in
        for (host, count) in pending.sorted(by: { $0.key < $1.key }) { file.add(count, to: host) }
      }
      pending = [:]
    } catch {
      onFailure(error)
    }
  }

  /// Writes for the last time, however many others write now.
  public func end() {
    timer?.cancel()
    timer = nil
    write(waitingAtMost: .seconds(20))
  }

  private func arm() {
    timer = loop.schedule(after: interval) { [weak self] in
      self?.write()
      self?.arm()
    }
  }
}
