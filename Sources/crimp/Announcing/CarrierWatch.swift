import EventLoop
import Links

/// Tells when an interface loses its carrier, or is switched off, and when frames leave it again.
final class CarrierWatch {
  private let station: Station
  private let tell: (Bool) -> Void
  private var changes: KernelChanges?
  private var hasCarrier = true

  /// Watches the interface of `place`, which has a carrier so far as is known; nil against a recording.
  init?(
    _ place: LinkPlace, on loop: EventLoop, _ tell: @escaping (Bool) -> Void
  ) throws(CommandFailure) {
    guard let station = place.station else { return nil }
    self.station = station
    self.tell = tell
    changes = try worded { () throws(SystemError) in
      try KernelChanges([.interfaces], on: loop) { [weak self] change in self?.hear(change) }
    }
    // What happened before the subscription was told to nobody.
    look()
  }

  func cancel() {
    changes?.cancel()
    changes = nil
  }

  private func hear(_ change: KernelChange) {
    switch change {
    case .interface(let interface) where interface.index == station.interface.index:
      note(interface)
    case .lost: look()
    default: break
    }
  }

  /// An interface that cannot be read is gone, which those who send find out.
  private func look() {
    if let interface = try? station.tables.interface(at: station.interface.index) {
      note(interface)
    }
  }

  /// The kernel passes a carrier on to the operational state a little later: only then frames leave.
  private func note(_ interface: Interface) {
    let isThere = interface.isUp && interface.hasCarrier && (hasCarrier || interface.isRunning)
    guard isThere != hasCarrier else { return }
    hasCarrier = isThere
    tell(isThere)
  }
}
