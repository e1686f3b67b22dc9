internal import IPMI
internal import MonotonicTime
internal import Sockets

/// Who sent a command, and when.
struct CommandContext {
  /// The channel that a LAN console comes by.
  static let channel = ChannelNumber(rawValue: 1)

  /// When it came.
  var now: Instant
  /// Where the console is.
  var peer: InternetAddress
  /// The session that it came in; nil outside of one.
  var session: Session?

  /// What the sender may do.
  var privilege: PrivilegeLevel { session?.privilege ?? .callback }
}
