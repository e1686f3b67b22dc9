import LinkLayer

/// `struct ifinfomsg`, the head of `RTM_*LINK`, and the attributes that we read and write.
///
///      0               1               2               3
///     +---------------+---------------+---------------+---------------+
///     |   ifi_family  |       0       |            ifi_type           |
///     +---------------+---------------+---------------+---------------+
///     |                           ifi_index                           |
///     +---------------+---------------+---------------+---------------+
///     |                           ifi_flags                           |
///     +---------------+---------------+---------------+---------------+
///     |                           ifi_change                          |
///     +---------------+---------------+---------------+---------------+
enum InterfaceMessage {
  static let byteCount = 16
  static let family = 0
  static let hardwareType = 2
  static let index = 4
  static let flags = 8

  /// `IFLA_*`.
  enum Attribute {
    static let address: UInt16 = 1
    static let broadcast: UInt16 = 2
    static let name: UInt16 = 3
    static let mtu: UInt16 = 4
    static let link: UInt16 = 5
    static let master: UInt16 = 10
    static let operationalState: UInt16 = 16
    static let linkInformation: UInt16 = 18
    static let namespaceDescriptor: UInt16 = 28
    static let extensionMask: UInt16 = 29
    static let linkNamespace: UInt16 = 37
    static let propertyList: UInt16 = 52
    static let alternativeName: UInt16 = 53
    static let permanentAddress: UInt16 = 54
  }

  /// `IFLA_INFO_*`, within `IFLA_LINKINFO`.
  enum Information {
    static let kind: UInt16 = 1
    static let data: UInt16 = 2
    static let portKind: UInt16 = 4
  }

  /// `IFLA_VLAN_*`, within `IFLA_INFO_DATA` of kind "vlan".
  enum VLAN {
    static let identifier: UInt16 = 1
    static let tagProtocol: UInt16 = 5
  }

  /// `IFNAMSIZ`, the zero byte at the end included.
  static let nameLimit = 16
  /// `ALTIFNAMSIZ`, the zero byte at the end included.
  static let alternativeNameLimit = 128

  /// `RTEXT_FILTER_SKIP_STATS`: counters are the longest part of an answer, and nobody asked.
  static let skipStatistics: UInt32 = 8
}

extension Interface {
  /// Reads an `RTM_NEWLINK` or `RTM_DELLINK`.
  package init(_ message: borrowing NetlinkMessageView) throws(NetlinkFormatError) {
    try message.require(InterfaceMessage.byteCount)
    let body = message.body
    self.init(
      index: body.native(at: InterfaceMessage.index),
      name: "",
      hardwareType: HardwareType(rawValue: body.native(at: InterfaceMessage.hardwareType)),
      hardwareAddress: HardwareAddress(), broadcastAddress: HardwareAddress(), mtu: 0,
      flags: InterfaceFlags(rawValue: body.native(at: InterfaceMessage.flags)))
    var attributes = message.attributes(after: InterfaceMessage.byteCount)
    while let attribute = try attributes.next() {
      try read(attribute)
    }
  }

  private mutating func read(
    _ attribute: borrowing NetlinkAttributeView
  ) throws(NetlinkFormatError) {
    typealias Attribute = InterfaceMessage.Attribute
    switch attribute.type {
    case Attribute.address: hardwareAddress = attribute.hardwareAddress ?? HardwareAddress()
    case Attribute.broadcast: broadcastAddress = attribute.hardwareAddress ?? HardwareAddress()
    case Attribute.permanentAddress: permanentAddress = attribute.hardwareAddress
    case Attribute.name: name = attribute.text
    case Attribute.mtu: mtu = Int(try attribute.integer(UInt32.self))
    case Attribute.link: linkIndex = try attribute.integer()
    case Attribute.master: masterIndex = try attribute.integer()
    case Attribute.linkNamespace: linkNamespace = try attribute.integer()
    case Attribute.operationalState:
      operationalState = OperationalState(rawValue: try attribute.integer())
    case Attribute.linkInformation: try readInformation(attribute.nested)
    case Attribute.propertyList: try readProperties(attribute.nested)
    default: break
    }
  }

  private mutating func readProperties(
    _ list: consuming NetlinkAttributes
  ) throws(NetlinkFormatError) {
    while let property = try list.next() {
      guard property.type == InterfaceMessage.Attribute.alternativeName else { continue }
      alternativeNames.append(property.text)
    }
  }

  /// The kind stands before its data (`rtnl_link_info_fill`), so one pass is enough.
  private mutating func readInformation(
    _ list: consuming NetlinkAttributes
  ) throws(NetlinkFormatError) {
    while let information = try list.next() {
      switch information.type {
      case InterfaceMessage.Information.kind: kind = information.text
      case InterfaceMessage.Information.portKind: portKind = information.text
      case InterfaceMessage.Information.data where kind == "vlan":
        vlan = try InterfaceVLAN(information.nested)
      default: break
      }
    }
  }
}

extension InterfaceVLAN {
  fileprivate init(_ list: consuming NetlinkAttributes) throws(NetlinkFormatError) {
    self.init(identifier: 0)
    while let attribute = try list.next() {
      switch attribute.type {
      case InterfaceMessage.VLAN.identifier: identifier = try attribute.integer()
      case InterfaceMessage.VLAN.tagProtocol:
        tagProtocol = EtherType(rawValue: UInt16(bigEndian: try attribute.integer()))
      default: break
      }
    }
  }
}
