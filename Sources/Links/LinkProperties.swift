public import LinkLayer

/// The interface behind a link, as far as building and sending frames needs it.
public struct LinkProperties: Hashable, Sendable {
  /// The interface's name; for a capture without one, whatever the opener called it.
  public var name: String
  /// The kernel's number of the interface, 0 where there is no kernel interface.
  public var interfaceIndex: Int32
  /// The ARP hardware type, which decides the framing.
  public var hardwareType: HardwareType
  /// The interface's own address.
  public var hardwareAddress: HardwareAddress
  /// The address that reaches all stations. On InfiniBand it is not all ones.
  public var broadcastAddress: HardwareAddress
  /// The largest payload of a frame in bytes, link-layer header and tag not counted.
  public var mtu: Int

  /// Creates the properties of an interface.
  public init(
    name: String, interfaceIndex: Int32 = 0, hardwareType: HardwareType = .ethernet,
    hardwareAddress: HardwareAddress,
    broadcastAddress: HardwareAddress = HardwareAddress(.broadcast), mtu: Int = 1500
  ) {
    self.name = name
    self.interfaceIndex = interfaceIndex
    self.hardwareType = hardwareType
    self.hardwareAddress = hardwareAddress
    self.broadcastAddress = broadcastAddress
    self.mtu = mtu
  }

  /// How frames look on this link.
  public var framing: LinkFraming {
    hardwareType == .infiniBand ? .ipoib : .ethernet
  }

  /// Whether the address that these bytes are names more stations than one: a group, or all.
  func isGroup(_ address: [UInt8]) -> Bool {
    switch framing {
    case .ethernet: address.count > 0 && address[0] & 1 == 1
    case .ipoib: address.count > 4 && address[4] == 0xff
    }
  }

  /// Bytes of the link-layer header without a tag: 14 on Ethernet; on IPoIB the 20-byte
  /// address that the kernel takes off again, and 4 (RFC 4391, section 6).
  public var headerLength: Int {
    framing == .ipoib ? 24 : 14
  }

  /// The longest frame in bytes that the interface takes, with or without a tag.
  public func longestFrame(tagged: Bool) -> Int {
    mtu + headerLength + (tagged ? 4 : 0)
  }
}
