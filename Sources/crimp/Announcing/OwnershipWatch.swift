import EventLoop
import LinkLayer
import Links
import MonotonicTime

/// Stops announcing an address as soon as this host gives it up.
///
/// Rounds follow for seconds, a refresh for ever; a service that moves on meanwhile must not be
/// called back by the host that it left.
final class OwnershipWatch {
  private let announced: Set<IPAddress>
  private let station: Station
  private let loop: EventLoop
  private let withdraw: (Set<IPAddress>) -> Void
  private var changes: KernelChanges?
  private var alarm: Alarm?
  private var lastLook = Instant.origin

  /// The kernel tells of each address by itself. When thousands go, one look at the table in so long
  /// answers for all that went meanwhile.
  private static let lookInterval = Duration.milliseconds(20)

  /// Watches the addresses of `run`; nil where another host is spoken for: with `--force`, or
  /// against a recording.
  init?(
    _ run: AnnounceRun, on loop: EventLoop, _ withdraw: @escaping (Set<IPAddress>) -> Void
  ) throws(CommandFailure) {
    guard let station = run.place.station, !run.request.force else { return nil }
    announced = Set(run.addresses)
    self.station = station
    self.loop = loop
    self.withdraw = withdraw
    alarm = Alarm(on: loop) { [weak self] in self?.look() }
    changes = try worded { () throws(SystemError) in
      try KernelChanges([.addresses], on: loop) { [weak self] change in self?.hear(change) }
    }
    // What went between the first round and the subscription was told to nobody.
    look()
  }

  func cancel() {
    changes?.cancel()
    changes = nil
    alarm = nil
  }

  private func hear(_ change: KernelChange) {
    switch change {
    // The same address may stand on another interface, and one that was added may be refused by
    // duplicate address detection: the table tells what is left.
    case .addressRemoved(let entry), .addressAdded(let entry):
      guard announced.contains(entry.address) else { return }
    case .lost: break
    default: return
    }
    let next = lastLook + Self.lookInterval
    guard next > loop.readClock() else { return look() }
    alarm?.deadline = next
  }

  /// Asks what is left.
  private func look() {
    defer { lastLook = loop.readClock() }
    // A table that changed while it was read is read again: what it said of an address may be old.
    guard let entries = try? station.tables.addresses() else {
      alarm?.deadline = loop.readClock() + Self.lookInterval
      return
    }
    let gone = announced.subtracting(entries.filter { !$0.isDADFailed }.map(\.address))
    if !gone.isEmpty { withdraw(gone) }
  }
}
