/// An ARP packet about IPv4 addresses, on any link whose addresses have at most 32 bytes.
/// RFC 826; `ARPView` tells where the bytes are.
///
/// On the wire both hardware addresses have the sender's length: a target address of another
/// length is cut, or filled with zeros, when the packet is written.
public struct ARPPacket: WireValue {
  /// `ar$hrd`: the kind of link.
  public var hardwareType: HardwareType
  /// `ar$op`: what the packet asks or says.
  public var operation: ARPOperation
  /// `ar$sha`: the sender's hardware address.
  public var senderHardwareAddress: HardwareAddress
  /// `ar$spa`: the sender's protocol address; 0.0.0.0 in a probe.
  public var senderProtocolAddress: IPv4Address
  /// `ar$tha`: the target's hardware address; in a request, anything.
  public var targetHardwareAddress: HardwareAddress
  /// `ar$tpa`: the target's protocol address.
  public var targetProtocolAddress: IPv4Address

  /// A packet of these fields.
  @inlinable public init(
    hardwareType: HardwareType = .ethernet, operation: ARPOperation,
    senderHardwareAddress: HardwareAddress, senderProtocolAddress: IPv4Address,
    targetHardwareAddress: HardwareAddress, targetProtocolAddress: IPv4Address
  ) {
    self.hardwareType = hardwareType
    self.operation = operation
    self.senderHardwareAddress = senderHardwareAddress
    self.senderProtocolAddress = senderProtocolAddress
    self.targetHardwareAddress = targetHardwareAddress
    self.targetProtocolAddress = targetProtocolAddress
  }

  /// Copies what `view` shows.
  ///
  /// Throws `WireError.malformed` when the protocol is not IPv4 with addresses of 4 bytes, or
  /// the hardware addresses have more than 32: read those with `ARPView`.
  @inlinable public init(_ view: borrowing ARPView) throws(WireError) {
    guard view.protocolType == .ipv4 else {
      throw .malformed(
        layer: .arp, field: .protocolType, value: UInt64(view.protocolType.rawValue),
        offset: ARPView.Offset.protocolType)
    }
    guard view.protocolLength == 4 else {
      throw .malformed(
        layer: .arp, field: .protocolLength, value: UInt64(view.protocolLength),
        offset: ARPView.Offset.protocolLength)
    }
    guard view.hardwareLength <= HardwareAddress.maximumCount else {
      throw .malformed(
        layer: .arp, field: .hardwareLength, value: UInt64(view.hardwareLength),
        offset: ARPView.Offset.hardwareLength)
    }
    hardwareType = view.hardwareType
    operation = view.operation
    senderHardwareAddress = HardwareAddress(prefix: view.senderHardwareAddress)
    senderProtocolAddress = IPv4Address(rawValue: view.senderProtocolAddress.u32(0))
    targetHardwareAddress = HardwareAddress(prefix: view.targetHardwareAddress)
    targetProtocolAddress = IPv4Address(rawValue: view.targetProtocolAddress.u32(0))
  }

  /// Reads the packet at the start of `bytes`, with the errors of `ARPView` and of `init(_:)`.
  @inlinable public init(parsing bytes: RawSpan) throws(WireError) {
    let view = try ARPView(bytes)
    try self.init(view)
  }

  /// Whether this asks for an address without claiming one: a request with `ar$spa` 0.0.0.0.
  /// RFC 5227, section 1.1.
  @inlinable public var isProbe: Bool {
    operation == .request && senderProtocolAddress.isUnspecified
  }

  /// Whether this claims an address towards everyone: sender and target protocol address are
  /// the same, in a request (RFC 5227, section 1.1) or a reply (RFC 5944, section 4.6).
  @inlinable public var isAnnouncement: Bool {
    (operation == .request || operation == .reply) && !senderProtocolAddress.isUnspecified
      && senderProtocolAddress == targetProtocolAddress
  }

  /// How many bytes the packet has: 28 on Ethernet, 56 on InfiniBand.
  @inlinable public var byteCount: Int { 16 + 2 * senderHardwareAddress.count }

  /// Appends the packet.
  @inlinable
  @_lifetime(output: copy output)
  public func write(into output: inout OutputRawSpan) {
    output.append(hardwareType.rawValue)
    output.append(EtherType.ipv4.rawValue)
    output.append(UInt8(truncatingIfNeeded: senderHardwareAddress.count))
    output.append(4 as UInt8)
    output.append(operation.rawValue)
    senderHardwareAddress.write(into: &output)
    output.append(senderProtocolAddress.rawValue)
    targetHardwareAddress.resized(to: senderHardwareAddress.count).write(into: &output)
    output.append(targetProtocolAddress.rawValue)
  }
}
