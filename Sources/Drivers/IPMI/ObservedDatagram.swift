public import Machines
public import MonotonicTime
public import Sockets

/// A datagram of a client's, as an observer is told of it.
public struct ObservedDatagram: Sendable {
  /// Whether the client sent it.
  public var isSent: Bool
  /// The controller.
  public var peer: InternetAddress
  /// The UDP payload.
  public var bytes: [UInt8]
  /// When.
  public var at: Instant
  /// What the network said in place of a datagram; `bytes` is empty then.
  public var failure: BMCFailure?
}
