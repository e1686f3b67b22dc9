/// Neighbor Advertisement: I have this address. RFC 4861, section 4.4.
/// `NeighborAdvertisementView` tells where the bytes are.
public struct NeighborAdvertisement: Hashable, Sendable {
  /// R: the sender is a router. A host that says no here is dropped from default router lists.
  public var isRouter: Bool
  /// S: this answers a solicitation; never set towards a group.
  public var isSolicited: Bool
  /// O: caches shall replace what they have.
  public var overrides: Bool
  /// The address that the sender has; never a group.
  public var targetAddress: IPv6Address
  /// The target's link-layer address and others.
  public var options: [NDPOption]

  /// An advertisement of an address.
  public init(
    isRouter: Bool = false, isSolicited: Bool = false, overrides: Bool = false,
    targetAddress: IPv6Address, options: [NDPOption] = []
  ) {
    self.isRouter = isRouter
    self.isSolicited = isSolicited
    self.overrides = overrides
    self.targetAddress = targetAddress
    self.options = options
  }

  /// Copies what `view` shows.
  public init(_ view: borrowing NeighborAdvertisementView) {
    isRouter = view.isRouter
    isSolicited = view.isSolicited
    overrides = view.overrides
    targetAddress = view.targetAddress
    options = [NDPOption](view.options)
  }

  /// The address of the target link-layer address option.
  public var targetLinkLayerAddress: HardwareAddress? {
    for case .targetLinkLayerAddress(let address) in options { return address }
    return nil
  }

  /// How many bytes follow the ICMPv6 checksum.
  var bodyByteCount: Int { 20 + options.byteCount }

  @_lifetime(output: copy output)
  func writeBody(into output: inout OutputRawSpan) {
    let router: UInt32 = isRouter ? 0x8000_0000 : 0
    let solicited: UInt32 = isSolicited ? 0x4000_0000 : 0
    let override: UInt32 = overrides ? 0x2000_0000 : 0
    output.append(router | solicited | override)
    targetAddress.write(into: &output)
    options.write(into: &output)
  }
}

/// A Neighbor Advertisement read in place. RFC 4861, section 4.4.
///
///      0       1       2               4                               8
///     +-------+-------+---------------+-+-+-+-------------------------+
///     | 136   | 0     |   checksum    |R|S|O| reserved                |
///     +-------+-------+---------------+-+-+-+-------------------------+
///     | 8 target address, 16 bytes                                    |
///     +---------------------------------------------------------------+
///     | 24 options                                                    |
///     +---------------------------------------------------------------+
public struct NeighborAdvertisementView: ~Escapable {
  /// Where the fields are.
  @usableFromInline enum Offset {
    @inlinable static var flags: Int { 4 }
    @inlinable static var targetAddress: Int { 8 }
    @inlinable static var options: Int { 24 }
  }

  @usableFromInline internal let span: RawSpan
  /// The options, walked once.
  public let options: NDPOptionsView

  /// Reads the ICMPv6 message that `bytes` hold; type and checksum are taken for granted.
  ///
  /// Throws `WireError` when message or options end early, when an option's length is 0, when
  /// the code is not 0, or when the target is a group. RFC 4861, section 7.1.2.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) throws(WireError) {
    try bytes.checkNDPMessage(.neighborAdvertisement, fixedByteCount: Offset.options)
    try bytes.checkNDPTarget(.neighborAdvertisement, at: Offset.targetAddress)
    options = try bytes.ndpOptions(from: Offset.options)
    span = bytes
  }

  /// R: the sender is a router.
  @inlinable public var isRouter: Bool { span.u8(Offset.flags) & 0x80 != 0 }

  /// S: this answers a solicitation.
  @inlinable public var isSolicited: Bool { span.u8(Offset.flags) & 0x40 != 0 }

  /// O: caches shall replace what they have.
  @inlinable public var overrides: Bool { span.u8(Offset.flags) & 0x20 != 0 }

  /// The address that the sender has.
  @inlinable public var targetAddress: IPv6Address { span.ipv6Address(Offset.targetAddress) }
}
