import EventLoop
import LinkLayer
import Links
import MonotonicTime

/// Stops announcing an address as soon as this host gives it up, and begins with one that duplicate
/// address detection has let through.
///
/// Rounds follow for seconds, a refresh for ever; a service that moves on meanwhile must not be
/// called back by the host that it left.
final class OwnershipWatch {
  /// What has become of addresses.
  enum Change {
    /// They are not this host's any more.
    case gone(Set<IPAddress>)
    /// They were tentative, and may be used now.
    case usable(Set<IPAddress>)
    /// They were tentative, and another host has them, or they are gone.
    case refused(Set<IPAddress>)
  }

  private var announced: Set<IPAddress>
  private var tentative: Set<IPAddress>
  private let station: Station
  private let loop: EventLoop
  private let tell: (Change) -> Void
  private var changes: KernelChanges?
  private var alarm: Alarm?
  private var lastLook = Instant.origin

  /// The kernel tells of each address by itself. When thousands go, one look at the table in so long
  /// answers for all that went meanwhile.
  private static let lookInterval = Duration.milliseconds(20)

  /// Watches the addresses of `run`, of which some are `tentative`; nil where another host is spoken
  /// for: with `--force`, or against a recording.
  init?(
    _ run: AnnounceRun, tentative: Set<IPAddress>, on loop: EventLoop,
    _ tell: @escaping (Change) -> Void
  ) throws(CommandFailure) {
    guard let station = run.place.station, !run.request.force else { return nil }
    announced = Set(run.standing.announced).subtracting(tentative)
    self.tentative = tentative
    self.station = station
    self.loop = loop
    self.tell = tell
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
      guard announced.contains(entry.address) || tentative.contains(entry.address) else { return }
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
    let own = entries.filter { !$0.isDADFailed }
    let gone = announced.subtracting(own.map(\.address))
    if !gone.isEmpty { tell(.gone(gone)) }
    if !tentative.isEmpty { judge(own) }
  }

  /// Sees what detection has come to.
  private func judge(_ own: [InterfaceAddress]) {
    let refused = tentative.subtracting(own.map(\.address))
    let usable = tentative.intersection(own.filter { !$0.isTentative }.map(\.address))
    tentative.subtract(refused.union(usable))
    announced.formUnion(usable)
    if !usable.isEmpty { tell(.usable(usable)) }
    if !refused.isEmpty { tell(.refused(refused)) }
  }
}
