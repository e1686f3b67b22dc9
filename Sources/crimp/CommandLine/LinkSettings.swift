import LinkLayer

/// What every command that speaks on a link is told: where, how to print, what to record.
struct LinkSettings: Equatable, Sendable {
  /// The interface by name; without it the kernel's addresses and routes decide.
  var interface: String?
  /// A network namespace, by its name in /run/netns or by a path.
  var namespace: String?
  /// The 802.1Q tag that every frame carries.
  var tag: VLANTag?
  /// One JSON object a line instead of text.
  var json = false
  /// Errors only.
  var quiet = false
  /// A pcapng file that gets every frame sent and heard.
  var recordPath: String?
  /// A capture that takes the network's place.
  var replayPath: String?
}
