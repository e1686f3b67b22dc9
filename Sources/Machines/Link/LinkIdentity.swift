public import LinkLayer

/// Who this host is on one link: what a machine signs its frames with and knows its own by.
public struct LinkIdentity: Hashable, Sendable {
  /// The link's type, as `ar$hrd` names it.
  public var hardwareType: HardwareType
  /// The interface's address: the source of the frames, and what hosts are told.
  public var hardwareAddress: HardwareAddress
  /// The link's broadcast address. Not all ones on InfiniBand: ask the kernel (`IFLA_BROADCAST`).
  public var broadcastAddress: HardwareAddress
  /// The addresses of all interfaces of this host. RFC 5227 asks for all of them: a bridge, a
  /// second port or an access point that repeats what it hears makes one's own frame come back.
  public var ownAddresses: Set<HardwareAddress>

  /// Creates an identity. Without `ownAddresses` the host has this one interface.
  public init(
    hardwareType: HardwareType = .ethernet,
    hardwareAddress: HardwareAddress,
    broadcastAddress: HardwareAddress = HardwareAddress(MACAddress.broadcast),
    ownAddresses: Set<HardwareAddress> = []
  ) {
    self.hardwareType = hardwareType
    self.hardwareAddress = hardwareAddress
    self.broadcastAddress = broadcastAddress
    self.ownAddresses = ownAddresses
  }

  /// Whether `address` is one of this host's.
  public func owns(_ address: HardwareAddress) -> Bool {
    address == hardwareAddress || ownAddresses.contains(address)
  }

  /// Whether `address` names more stations than one: the broadcast address, or a group.
  public func isGroup(_ address: HardwareAddress) -> Bool {
    if let address = address.macAddress { return address.isMulticast }
    guard address.count == 20 else { return address == broadcastAddress }
    return address[4] == 0xff
  }

  /// The hardware address of an IPv6 group: RFC 2464, section 7, on Ethernet; RFC 4391,
  /// section 4, on InfiniBand.
  public func multicastAddress(for group: IPv6Address) -> HardwareAddress {
    guard broadcastAddress.count == 20 else {
      return HardwareAddress(MACAddress.multicast(for: group))
    }
    return infiniBandMulticastAddress(for: group) ?? broadcastAddress
  }

  /// ```
  /// 0         1 2 3     4    5            6 7   8 9    10 ... 19
  /// reserved  QPN       ff   flags|scope  601b  P_Key  the group's last 80 bits
  ///           ff ff ff       1|scope
  /// ```
  /// Scope and partition are those of the broadcast address, from which a link's groups derive.
  private func infiniBandMulticastAddress(for group: IPv6Address) -> HardwareAddress? {
    let head: [UInt8] = [
      0x00, 0xff, 0xff, 0xff, 0xff, 0x10 | broadcastAddress[5] & 0x0f, 0x60, 0x1b,
      broadcastAddress[8], broadcastAddress[9],
    ]
    return HardwareAddress(bytes: head + group.bytes.suffix(10))
  }
}
