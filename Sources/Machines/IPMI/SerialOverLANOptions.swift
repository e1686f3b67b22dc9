public import IPMI

/// How a serial console over LAN is kept.
public struct SerialOverLANOptions: Hashable, Sendable {
  /// Which of the controller's serial lines, from 1 on.
  public var instance: UInt8 = 1
  /// How the line is asked for: characters authenticated and encrypted, as the session is.
  public var activation: SerialOverLANActivation = [.defersAlerts, .authenticates, .encrypts]
  /// Whether a console that has the line loses it to this one.
  public var takesOver = false
  /// Whether the line is taken again when the controller has let go of it, or has forgotten the session.
  public var reattaches = true
  /// How long to wait before each try to take it again.
  public var reattachment = Retransmission(
    first: .seconds(1), factor: 2, ceiling: .seconds(30))
  /// With what a line is kept on which nothing is said.
  public var keepAlive = KeepAlive.command
  /// After so long without a datagram the line is kept so.
  public var keepAliveInterval = Duration.seconds(20)
  /// How packets are repeated: slower than a controller that passes characters on at 9600 Bd needs.
  public var retransmission = Retransmission(
    first: .milliseconds(500), factor: 1.5, ceiling: .seconds(3), attempts: 8)
  /// How many typed characters may wait; what is typed beyond is refused.
  public var inputLimit = 65_536

  /// With what a line is kept on which nothing is said.
  public enum KeepAlive: Hashable, Sendable {
    /// A command whose answer shows that the session stands.
    case command
    /// A packet of the line without characters, for controllers that look at the payload alone.
    case packet
    /// Nothing: the controller drops a silent session after a minute.
    case nothing
  }

  /// The defaults.
  public init() {}
}
