public import LinkLayer

/// What a frame says of an address: that a station has it.
public struct NeighborClaim: Hashable, Sendable {
  /// In what kind of message the claim is.
  public enum Kind: Hashable, Sendable {
    /// An answer to somebody's question.
    case answer
    /// A question of the owner's own, for another address.
    case question
    /// Said to all without having been asked: a gratuitous ARP packet, an unsolicited advertisement.
    case announcement
    /// A router's advertisement.
    case router
  }

  /// The address.
  public var address: IPAddress
  /// The station that has it, by the message itself.
  public var station: HardwareAddress
  /// The station that sent the frame; of no bytes where the link does not tell it.
  public var sender: HardwareAddress
  /// In what kind of message.
  public var kind: Kind

  /// A claim of these fields.
  public init(
    address: IPAddress, station: HardwareAddress, sender: HardwareAddress, kind: Kind
  ) {
    self.address = address
    self.station = station
    self.sender = sender
    self.kind = kind
  }
}

extension LinkFrame {
  /// The claim that the frame makes by ARP or Neighbor Discovery on a link of `identity`'s kind; nil for
  /// other frames and for those that only ask, as probes of RFC 5227 and RFC 4862 do.
  ///
  /// This host's own frames are claims like others: whoever wants none of them asks `identity`.
  public func neighborClaim(on identity: LinkIdentity) -> NeighborClaim? {
    if let packet = arpPacket(on: identity) {
      guard !packet.senderProtocolAddress.isUnspecified else { return nil }
      let kind: NeighborClaim.Kind =
        packet.isAnnouncement ? .announcement : packet.operation == .reply ? .answer : .question
      return NeighborClaim(
        address: .v4(packet.senderProtocolAddress), station: packet.senderHardwareAddress,
        sender: source, kind: kind)
    }
    // A link-layer address option may have any length; only one of the link's own names a station.
    guard let packet = ndpPacket, let claim = neighborClaim(of: packet),
      claim.station.count == identity.hardwareAddress.count
    else { return nil }
    return claim
  }

  private func neighborClaim(of packet: NDPPacket) -> NeighborClaim? {
    switch packet.message {
    case .neighborAdvertisement:
      guard let message = packet.advertisement else { return nil }
      return NeighborClaim(
        address: .v6(message.targetAddress), station: message.targetLinkLayerAddress ?? source,
        sender: source, kind: packet.destination.isMulticast ? .announcement : .answer)
    case .neighborSolicitation(let message):
      return claim(of: packet.source, at: message.sourceLinkLayerAddress, .question)
    case .routerSolicitation: return claim(of: packet.source, at: nil, .question)
    case .routerAdvertisement: return claim(of: packet.source, at: nil, .router)
    }
  }

  private func claim(
    of address: IPv6Address, at station: HardwareAddress?, _ kind: NeighborClaim.Kind
  ) -> NeighborClaim? {
    guard !address.isUnspecified, !address.isMulticast else { return nil }
    return NeighborClaim(
      address: .v6(address), station: station ?? source, sender: source, kind: kind)
  }
}
