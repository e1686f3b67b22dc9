import LinkLayer

/// What iputils' arping puts on a link of any hardware: Ethernet, or InfiniBand with its addresses of
/// 20 bytes (RFC 4391, section 6).
struct IputilsFrames {
  /// How frames look on the link.
  var framing: LinkFraming
  /// `ar$hrd`.
  var hardwareType: HardwareType
  /// The interface's own address.
  var own: HardwareAddress
  /// `ar$spa`.
  var source: IPv4Address
  /// `ar$tpa`.
  var target: IPv4Address
  /// `-A`: replies in place of requests, with the own address as `ar$tha`.
  var areReplies: Bool

  /// A frame to `destination`, which a request names as `ar$tha` too; without padding.
  func bytes(to destination: HardwareAddress) -> [UInt8] {
    let packet = ARPPacket(
      hardwareType: hardwareType, operation: areReplies ? .reply : .request,
      senderHardwareAddress: own, senderProtocolAddress: source,
      targetHardwareAddress: areReplies ? own : destination, targetProtocolAddress: target)
    return LinkFrame(destination: destination, source: own, payload: .arp(packet))
      .bytes(framing: framing, tag: nil, padding: .none)
  }
}
