public import IPMI

/// The access settings of the LAN channel. IPMI 2.0, section 22.22.
public struct ChannelSettings: Hashable, Sendable {
  /// How the channel may be used: 0 disabled, 1 before boot only, 2 always, 3 shared.
  public var accessMode: UInt8 = 2
  /// Whether alerts are disabled.
  public var isAlertingDisabled = false
  /// Whether packets of a 1.5 session need no authentication code once it is active.
  public var isMessageAuthenticationDisabled = false
  /// Whether commands that need a user's privilege need no authentication code.
  public var isUserAuthenticationDisabled = false
  /// What anybody may do at most on this channel.
  public var limit = PrivilegeLimit(.administrator)

  /// A channel that is always available, to administrators too.
  public init() {}
}
