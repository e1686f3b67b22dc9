import LinkLayer

/// What a frame of ARP or Neighbor Discovery tells of who is awake.
struct SignOfLife {
  /// The stations that sent it: by the frame's header, and by what the message says of its sender
  /// (a bridge of wireless stations puts its own address into the header).
  var senders: [HardwareAddress]
  /// The address that the sender says is its own, and by which hardware address it is reached.
  var claim: (address: IPAddress, owner: HardwareAddress)?
}

extension LinkFrame {
  /// The sign of life that the frame is; nil for one of this host's own, or of another protocol.
  func signOfLife(on identity: LinkIdentity) -> SignOfLife? {
    guard !identity.owns(source) else { return nil }
    if let packet = arpPacket(on: identity) {
      let sender = packet.senderHardwareAddress
      guard !identity.owns(sender) else { return nil }
      let isProbe = packet.senderProtocolAddress.isUnspecified
      return SignOfLife(
        senders: [source, sender],
        claim: isProbe ? nil : (.v4(packet.senderProtocolAddress), sender))
    }
    guard let packet = ndpPacket else { return nil }
    guard let advertisement = packet.advertisement else { return SignOfLife(senders: [source]) }
    let owner = advertisement.targetLinkLayerAddress ?? source
    guard !identity.owns(owner) else { return nil }
    return SignOfLife(
      senders: [source, owner], claim: (.v6(advertisement.targetAddress), owner))
  }
}
