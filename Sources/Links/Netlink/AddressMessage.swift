import LinkLayer

/// `struct ifaddrmsg`, the head of `RTM_*ADDR`, and its attributes.
///
///      0               1               2               3
///     +---------------+---------------+---------------+---------------+
///     |   ifa_family  | ifa_prefixlen |   ifa_flags   |   ifa_scope   |
///     +---------------+---------------+---------------+---------------+
///     |                           ifa_index                           |
///     +---------------+---------------+---------------+---------------+
enum AddressMessage {
  static let byteCount = 8
  static let family = 0
  static let prefixLength = 1
  static let flags = 2
  static let scope = 3
  static let index = 4

  /// `IFA_*`.
  enum Attribute {
    static let address: UInt16 = 1
    static let local: UInt16 = 2
    static let label: UInt16 = 3
    static let broadcast: UInt16 = 4
    static let flags: UInt16 = 8
  }
}

extension InterfaceAddress {
  /// Reads an `RTM_NEWADDR` or `RTM_DELADDR`; `nil` for families other than IPv4 and IPv6.
  package init?(_ message: borrowing NetlinkMessageView) throws(NetlinkFormatError) {
    try message.require(AddressMessage.byteCount)
    let body = message.body
    let family = AddressFamily(rawValue: body.native(at: AddressMessage.family))
    var prefix: IPAddress?
    var local: IPAddress?
    var broadcast: IPAddress?
    var label: String?
    // The header has room for the first eight flags; IFA_FLAGS, where present, has all.
    var flags = UInt32(body.native(at: AddressMessage.flags, as: UInt8.self))
    var attributes = message.attributes(after: AddressMessage.byteCount)
    while let attribute = try attributes.next() {
      switch attribute.type {
      case AddressMessage.Attribute.address: prefix = try attribute.address(family)
      case AddressMessage.Attribute.local: local = try attribute.address(family)
      case AddressMessage.Attribute.broadcast: broadcast = try attribute.address(family)
      case AddressMessage.Attribute.label: label = attribute.text
      case AddressMessage.Attribute.flags: flags = try attribute.integer()
      default: break
      }
    }
    // IFA_ADDRESS is the other end where there is one; IFA_LOCAL is then ours.
    guard let address = local ?? prefix else { return nil }
    self.init(
      interfaceIndex: body.native(at: AddressMessage.index), address: address,
      prefixLength: Int(body.native(at: AddressMessage.prefixLength, as: UInt8.self)),
      scope: AddressScope(rawValue: body.native(at: AddressMessage.scope)),
      flags: AddressFlags(rawValue: flags))
    peer = prefix == address ? nil : prefix
    self.broadcast = broadcast
    self.label = label
  }
}
