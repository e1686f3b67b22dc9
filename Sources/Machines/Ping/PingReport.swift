public import LinkLayer
import MonotonicTime

/// An answer to a request.
public struct PingReply: Hashable, Sendable {
  /// Which request it answers, counted from 0.
  public var sequence: Int
  /// The hardware address of who answered.
  public var owner: HardwareAddress
  /// The time from the request to the answer.
  public var roundTrip: Duration
  /// Whether it came after the request had been counted as lost.
  public var isLate: Bool
  /// Whether it was an ARP request, taken for an answer.
  public var isRequest: Bool
  /// Whether it was sent to all.
  public var wasBroadcast: Bool

  /// Creates a reply.
  public init(
    sequence: Int, owner: HardwareAddress, roundTrip: Duration, isLate: Bool = false,
    isRequest: Bool = false, wasBroadcast: Bool = false
  ) {
    self.sequence = sequence
    self.owner = owner
    self.roundTrip = roundTrip
    self.isLate = isLate
    self.isRequest = isRequest
    self.wasBroadcast = wasBroadcast
  }
}

/// What happened in a ping.
public enum PingReport: Hashable, Sendable {
  /// The request of this number, from 0, was sent.
  case requestSent(Int)
  /// The first answer to a request.
  case reply(PingReply)
  /// A further answer to a request that was answered already.
  case extraReply(PingReply)
  /// A second station answers for the address.
  case duplicateOwner(HardwareAddress, first: HardwareAddress)
  /// The request of this number was not answered in time.
  case timeout(Int)
}
