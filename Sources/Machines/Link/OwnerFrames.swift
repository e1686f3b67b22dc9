import LinkLayer

/// Builds the frames in which a host speaks of an address. One place for the exact fields.
struct OwnerFrames: Hashable, Sendable {
  let identity: LinkIdentity
  /// Ethernet source, `ar$sha` and link-layer address option alike: switches learn from the first,
  /// hosts from the other two, and a switch that inspects ARP drops frames where they differ.
  let sender: HardwareAddress
  private let zero: HardwareAddress

  init(identity: LinkIdentity, sender: HardwareAddress? = nil) {
    self.identity = identity
    self.sender = sender ?? identity.hardwareAddress
    zero = HardwareAddress(repeating: 0, count: self.sender.count)
  }

  // MARK: ARP

  /// RFC 5227, section 2.1.1: a request with no sender address, so that no cache learns from it.
  func arpProbe(for address: IPv4Address) -> LinkFrame {
    arp(.request, from: .unspecified, to: address, target: zero, destination: nil)
  }

  /// RFC 5227, section 2.3: the announcement, a request with a target hardware address of zeros.
  func arpAnnouncement(of address: IPv4Address) -> LinkFrame {
    arp(.request, from: address, to: address, target: zero, destination: nil)
  }

  /// The announcement as failover tools send it: some devices take note only of a target hardware
  /// address of all ones, and RFC 826 leaves the field of a request free.
  func gratuitousRequest(for address: IPv4Address) -> LinkFrame {
    arp(
      .request, from: address, to: address, target: identity.broadcastAddress, destination: nil)
  }

  /// RFC 5944, section 4.6: in a gratuitous reply the target hardware address is the sender's own.
  /// With any other Linux takes it for an unsolicited answer and honours `locktime`.
  func gratuitousReply(for address: IPv4Address) -> LinkFrame {
    arp(.reply, from: address, to: address, target: sender, destination: nil)
  }

  /// "Who has `target`, tell `address`", to all, or to `destination` alone.
  func arpRequest(
    for target: IPv4Address, tell address: IPv4Address, destination: HardwareAddress? = nil
  ) -> LinkFrame {
    arp(.request, from: address, to: target, target: zero, destination: destination)
  }

  private func arp(
    _ operation: ARPOperation, from source: IPv4Address, to address: IPv4Address,
    target: HardwareAddress, destination: HardwareAddress?
  ) -> LinkFrame {
    let packet = ARPPacket(
      hardwareType: identity.hardwareType, operation: operation,
      senderHardwareAddress: sender, senderProtocolAddress: source,
      targetHardwareAddress: target, targetProtocolAddress: address)
    return LinkFrame(
      destination: destination ?? identity.broadcastAddress, source: sender, payload: .arp(packet))
  }

  // MARK: Neighbor Discovery

  /// RFC 4862, section 5.4.2: from `::`, to the solicited-node group, with no link-layer address;
  /// with the nonce of RFC 7527, by which one's own frame is known when it comes back.
  func dadSolicitation(for address: IPv6Address, nonce: [UInt8]) -> LinkFrame {
    ndp(
      from: .unspecified, to: address.solicitedNodeMulticast, destination: nil,
      .neighborSolicitation(
        NeighborSolicitation(
          targetAddress: address, options: nonce.isEmpty ? [] : [.nonce(nonce)])))
  }

  /// "Who has `target`, tell `address`": RFC 4861, section 7.2.2. To the solicited-node group, or to
  /// `destination` alone.
  func neighborSolicitation(
    for target: IPv6Address, tell address: IPv6Address, destination: HardwareAddress? = nil
  ) -> LinkFrame {
    ndp(
      from: address, to: destination == nil ? target.solicitedNodeMulticast : target,
      destination: destination,
      .neighborSolicitation(
        NeighborSolicitation(targetAddress: target, options: [.sourceLinkLayerAddress(sender)])))
  }

  /// The unsolicited advertisement of RFC 4861, section 7.2.6 (to all nodes, overriding), or of
  /// RFC 9131, section 6.1.2 (to all routers, not overriding).
  func unsolicitedAdvertisement(
    of address: IPv6Address, to group: IPv6Address, isRouter: Bool, overrides: Bool
  ) -> LinkFrame {
    ndp(
      from: address, to: group, destination: nil,
      .neighborAdvertisement(
        NeighborAdvertisement(
          isRouter: isRouter, isSolicited: false, overrides: overrides, targetAddress: address,
          options: [.targetLinkLayerAddress(sender)])))
  }

  private func ndp(
    from source: IPv6Address, to destination: IPv6Address, destination station: HardwareAddress?,
    _ message: NDPMessage
  ) -> LinkFrame {
    let packet = NDPPacket(
      source: source, destination: destination, hopLimit: 255, message: message)
    return LinkFrame(
      destination: station ?? identity.multicastAddress(for: destination), source: sender,
      payload: .ndp(packet))
  }
}
