import LinkLayer

/// `struct ndmsg`, the head of `RTM_*NEIGH`, and its attributes.
///
///      0               1               2               3
///     +---------------+---------------+---------------+---------------+
///     |   ndm_family  |       0       |               0               |
///     +---------------+---------------+---------------+---------------+
///     |                          ndm_ifindex                          |
///     +---------------+---------------+---------------+---------------+
///     |           ndm_state           |   ndm_flags   |    ndm_type   |
///     +---------------+---------------+---------------+---------------+
enum NeighborMessage {
  static let byteCount = 12
  static let family = 0
  static let index = 4
  static let state = 8
  static let flags = 10

  /// `NDA_*`.
  enum Attribute {
    static let destination: UInt16 = 1
    static let hardwareAddress: UInt16 = 2
    static let vlan: UInt16 = 5
    static let interfaceIndex: UInt16 = 8
    static let master: UInt16 = 9
  }
}

extension Neighbor {
  /// Reads an `RTM_NEWNEIGH` or `RTM_DELNEIGH`; `nil` for families other than IPv4 and IPv6.
  package init?(_ message: borrowing NetlinkMessageView) throws(NetlinkFormatError) {
    try message.require(NeighborMessage.byteCount)
    let body = message.body
    let family = AddressFamily(rawValue: body.native(at: NeighborMessage.family))
    var address: IPAddress?
    var hardwareAddress: HardwareAddress?
    var attributes = message.attributes(after: NeighborMessage.byteCount)
    while let attribute = try attributes.next() {
      switch attribute.type {
      case NeighborMessage.Attribute.destination: address = try attribute.address(family)
      case NeighborMessage.Attribute.hardwareAddress: hardwareAddress = attribute.hardwareAddress
      default: break
      }
    }
    guard let address else { return nil }
    self.init(
      interfaceIndex: body.native(at: NeighborMessage.index), address: address,
      hardwareAddress: hardwareAddress,
      state: NeighborState(rawValue: body.native(at: NeighborMessage.state)),
      flags: NeighborFlags(rawValue: body.native(at: NeighborMessage.flags)))
  }
}

extension ForwardingEntry {
  /// Reads an `RTM_NEWNEIGH` or `RTM_DELNEIGH` of family `AF_BRIDGE`; `nil` for other families
  /// and for entries without a link-layer address.
  package init?(_ message: borrowing NetlinkMessageView) throws(NetlinkFormatError) {
    try message.require(NeighborMessage.byteCount)
    let body = message.body
    guard AddressFamily(rawValue: body.native(at: NeighborMessage.family)) == .bridge else {
      return nil
    }
    var hardwareAddress: HardwareAddress?
    var vlan: UInt16?
    var bridgeIndex: Int32?
    var attributes = message.attributes(after: NeighborMessage.byteCount)
    while let attribute = try attributes.next() {
      switch attribute.type {
      case NeighborMessage.Attribute.hardwareAddress: hardwareAddress = attribute.hardwareAddress
      case NeighborMessage.Attribute.vlan: vlan = try attribute.integer()
      case NeighborMessage.Attribute.master: bridgeIndex = try attribute.integer()
      default: break
      }
    }
    guard let hardwareAddress else { return nil }
    self.init(
      hardwareAddress: hardwareAddress, portIndex: body.native(at: NeighborMessage.index),
      bridgeIndex: bridgeIndex, vlan: vlan,
      state: NeighborState(rawValue: body.native(at: NeighborMessage.state)),
      flags: NeighborFlags(rawValue: body.native(at: NeighborMessage.flags)))
  }
}
