internal import IPMI
internal import MonotonicTime

/// The machine's serial line, as a console over LAN sees it. Nobody can take it yet: the commands
/// that activate the payload are not known here.
struct SerialConsole: Sendable {
  /// When a packet must be sent again; nil when none waits for its acknowledgement.
  var deadline: Instant? { nil }
}

extension SimulatedBMC {
  mutating func serialInput(_ bytes: [UInt8], now: Instant) {}
  mutating func advanceSerial(to now: Instant) {}
  mutating func releaseSerial(of identifier: UInt32) {}
  mutating func receiveSerial(_ payload: [UInt8], in session: Session, at now: Instant) {}
}
