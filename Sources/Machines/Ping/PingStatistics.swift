public import LinkLayer
import MonotonicTime

/// The sums of a ping.
public struct PingStatistics: Hashable, Sendable {
  /// Requests sent.
  public private(set) var sent = 0
  /// Requests answered, late answers included.
  public private(set) var received = 0
  /// Further answers to requests that were answered already.
  public private(set) var extra = 0
  /// The stations that answered, the first one first.
  public private(set) var owners: [HardwareAddress] = []
  /// The shortest round trip.
  public private(set) var minimum: Duration?
  /// The longest round trip.
  public private(set) var maximum: Duration?

  // Welford's sums over the round trips, in nanoseconds: no loss of digits over long runs.
  private var mean = 0.0
  private var squares = 0.0

  /// The statistics of nothing.
  public init() {}

  /// The mean round trip.
  public var average: Duration? {
    received > 0 ? duration(mean) : nil
  }

  /// The standard deviation of the round trips, of the whole population as ping(8) gives it.
  public var standardDeviation: Duration? {
    guard received > 0 else { return nil }
    return duration((squares / Double(received)).squareRoot())
  }

  private func duration(_ nanoseconds: Double) -> Duration {
    .nanoseconds(Int64(exactly: nanoseconds.rounded()) ?? .max)
  }

  /// The part of the requests that was not answered, from 0 to 1.
  public var loss: Double {
    sent > 0 ? Double(sent - received) / Double(sent) : 0
  }

  mutating func countRequest() { sent += 1 }

  mutating func countExtra() { extra += 1 }

  /// Counts an answer.
  mutating func countReply(after roundTrip: Duration) {
    received += 1
    minimum = min(minimum ?? roundTrip, roundTrip)
    maximum = max(maximum ?? roundTrip, roundTrip)
    let nanoseconds = Double(roundTrip.wholeNanoseconds)
    let distance = nanoseconds - mean
    mean += distance / Double(received)
    squares += distance * (nanoseconds - mean)
  }

  /// Notes who answered; the first owner when this is another.
  mutating func note(_ owner: HardwareAddress) -> HardwareAddress? {
    guard !owners.contains(owner) else { return nil }
    owners.append(owner)
    guard let first = owners.first, first != owner else { return nil }
    return first
  }
}
