/// How a serial console over LAN is kept.
public struct SerialOverLANOptions: Hashable, Sendable {
  /// Whether characters are authenticated and encrypted, as the session is.
  public var isProtected = true
  /// Whether a console that has the line loses it to this one.
  public var takesOver = false
  /// Whether the line is taken again when the controller has let go of it, or has forgotten the session.
  public var reattaches = true
  /// How long to wait before that.
  public var reattachmentDelay = Duration.seconds(1)
  /// After so long without a datagram the controller is asked something, so that it keeps the session.
  public var keepAlive = Duration.seconds(20)
  /// How packets are repeated: slower than a controller that passes characters on at 9600 Bd needs.
  public var retransmission = Retransmission(
    first: .milliseconds(500), factor: 1.5, ceiling: .seconds(3), attempts: 8)
  /// How many typed characters may wait; what is typed beyond is refused.
  public var inputLimit = 65_536

  /// The defaults.
  public init() {}
}
