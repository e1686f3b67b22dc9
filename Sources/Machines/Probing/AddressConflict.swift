public import LinkLayer

/// Another host that uses, or wants, an address.
public struct AddressConflict: Hashable, Sendable {
  /// How the other host was seen.
  public enum Kind: Hashable, Sendable {
    /// It speaks as the owner of the address.
    case addressInUse
    /// It asks, at the same time as this host, whether the address is free.
    case simultaneousProbe
  }

  /// The address in question.
  public var address: IPAddress
  /// The other host's hardware address.
  public var owner: HardwareAddress
  /// How the other host was seen.
  public var kind: Kind

  /// Creates a conflict.
  public init(address: IPAddress, owner: HardwareAddress, kind: Kind) {
    self.address = address
    self.owner = owner
    self.kind = kind
  }
}

extension ARPPacket {
  /// The conflict that this packet is for a host that probes for `address`: RFC 5227, section
  /// 2.1.1. Any request or reply with the address as its sender; or a probe for it.
  func probeConflict(over address: IPv4Address, on identity: LinkIdentity) -> AddressConflict? {
    let isUse = senderProtocolAddress == address
    let isProbeOfAnother =
      operation == .request && senderProtocolAddress.isUnspecified
      && targetProtocolAddress == address
    guard isUse || isProbeOfAnother, !identity.owns(senderHardwareAddress) else { return nil }
    return AddressConflict(
      address: .v4(address), owner: senderHardwareAddress,
      kind: isUse ? .addressInUse : .simultaneousProbe)
  }

  /// The conflict that this packet is for a host that uses `address`: RFC 5227, section 2.4.
  func ownershipConflict(over address: IPv4Address, on identity: LinkIdentity) -> AddressConflict? {
    guard senderProtocolAddress == address, !identity.owns(senderHardwareAddress) else {
      return nil
    }
    return AddressConflict(
      address: .v4(address), owner: senderHardwareAddress, kind: .addressInUse)
  }
}
