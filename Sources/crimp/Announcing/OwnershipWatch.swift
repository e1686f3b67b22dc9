import EventLoop
import LinkLayer
import Links

/// Stops announcing an address as soon as this host gives it up.
///
/// Rounds follow for seconds, a refresh for ever; a service that moves on meanwhile must not be
/// called back by the host that it left.
struct OwnershipWatch {
  private let changes: KernelChanges

  /// Watches the addresses of `run`; nil where another host is spoken for: with `--force`, or
  /// against a recording.
  init?(
    _ run: AnnounceRun, on loop: EventLoop, _ withdraw: @escaping (Set<IPAddress>) -> Void
  ) throws(CommandFailure) {
    guard let station = run.place.station, !run.request.force else { return nil }
    let announced = Set(run.addresses)
    changes = try worded { () throws(SystemError) in
      try KernelChanges([.addresses], on: loop) { change in
        switch change {
        // The same address may stand on another interface, and one that was added may be refused
        // by duplicate address detection: the tables tell what is left.
        case .addressRemoved(let entry), .addressAdded(let entry):
          guard announced.contains(entry.address) else { return }
          Self.withdrawGone(of: announced, station, withdraw)
        case .lost:
          Self.withdrawGone(of: announced, station, withdraw)
        default: break
        }
      }
    }
    // What went between the first round and the subscription was told to nobody.
    Self.withdrawGone(of: announced, station, withdraw)
  }

  /// Asks what is left, where changes may have been missed.
  private static func withdrawGone(
    of announced: Set<IPAddress>, _ station: Station, _ withdraw: (Set<IPAddress>) -> Void
  ) {
    guard let entries = try? station.tables.addresses() else { return }
    let gone = announced.subtracting(entries.filter { !$0.isDADFailed }.map(\.address))
    if !gone.isEmpty { withdraw(gone) }
  }

  func cancel() {
    changes.cancel()
  }
}
