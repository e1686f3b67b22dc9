internal import LinkLayer
internal import Links

/// The neighbour advertisement by which `send_ua` and `ndsend` announce an address: to all nodes,
/// overriding, unsolicited, with the interface's address as target link-layer address.
/// RFC 4861, section 7.2.6.
struct UnsolicitedAdvertisement {
  private let link: PacketSocketLink
  private let frame: [UInt8]

  /// Opens the link, and builds the frame.
  ///
  /// The router flag tells whether this host forwards on the interface: without it, hosts drop a
  /// router from their lists (RFC 4861, section 7.2.5). The originals always clear it.
  ///
  /// - Parameter source: the packet's source; the address itself if nil.
  init(
    _ address: IPv6Address, from source: IPv6Address? = nil, on interface: DropInInterface
  ) throws(LinkError) {
    let own = interface.interface.hardwareAddress
    let advertisement = NeighborAdvertisement(
      isRouter: interface.isRouter, isSolicited: false, overrides: true, targetAddress: address,
      options: [.targetLinkLayerAddress(own)])
    let packet = NDPPacket(
      source: source ?? address, destination: .allNodes, hopLimit: 255,
      message: .neighborAdvertisement(advertisement))
    link = try interface.openSender()
    frame = LinkFrame(
      destination: HardwareAddress(.multicast(for: IPv6Address.allNodes)), source: own,
      payload: .ndp(packet)
    ).bytes(framing: link.properties.framing, tag: nil, padding: .none)
  }

  /// Sends it once.
  func send() throws(LinkError) {
    try link.send(frame)
  }
}
