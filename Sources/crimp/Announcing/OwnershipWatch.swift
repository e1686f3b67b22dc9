import Drivers
import EventLoop
import LinkLayer
import Links
import Machines

/// Stops announcing an address as soon as this host gives it up.
///
/// Rounds follow for seconds, a refresh for ever; a service that moves on meanwhile must not be
/// called back by the host that it left.
struct OwnershipWatch {
  private let changes: KernelChanges

  /// Watches the addresses of `run`; nil where another host is spoken for: with `--force`, or
  /// against a recording.
  init?(
    _ run: AnnounceRun, on loop: EventLoop, _ running: RunningMachine<AddressAnnouncement>
  ) throws(CommandFailure) {
    guard let station = run.place.station, !run.request.force else { return nil }
    let announced = Set(run.addresses)
    changes = try worded { () throws(SystemError) in
      try KernelChanges([.addresses], on: loop) { change in
        switch change {
        case .addressRemoved(let gone) where announced.contains(gone.address):
          Self.withdraw([gone.address], running)
        case .lost:
          Self.withdrawGone(of: announced, station, running)
        default: break
        }
      }
    }
    // What went between the first round and the subscription was told to nobody.
    Self.withdrawGone(of: announced, station, running)
  }

  /// Asks what is left, where changes may have been missed.
  private static func withdrawGone(
    of announced: Set<IPAddress>, _ station: Station,
    _ running: RunningMachine<AddressAnnouncement>
  ) {
    guard let held = try? station.tables.addresses().map(\.address) else { return }
    let gone = announced.subtracting(held)
    if !gone.isEmpty { withdraw(gone, running) }
  }

  private static func withdraw(
    _ addresses: Set<IPAddress>, _ running: RunningMachine<AddressAnnouncement>
  ) {
    running.perform { machine, now in machine.withdraw(addresses, at: now) }
  }

  func cancel() {
    changes.cancel()
  }
}
