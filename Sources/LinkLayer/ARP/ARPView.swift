/// An ARP packet read in place, whatever the lengths of its addresses. RFC 826.
///
///      0               2               4       5       6               8
///     +---------------+---------------+-------+-------+---------------+
///     |    ar$hrd     |    ar$pro     |ar$hln |ar$pln |    ar$op      |
///     +---------------+---------------+-------+-------+---------------+
///     | ar$sha: hln bytes             | ar$spa: pln bytes             |
///     +-------------------------------+-------------------------------+
///     | ar$tha: hln bytes             | ar$tpa: pln bytes             |
///     +-------------------------------+-------------------------------+
///
/// Only these bytes count: an Ethernet frame may carry padding behind them, zero or not.
public struct ARPView: ~Escapable {
  /// Where the fields are.
  @usableFromInline enum Offset {
    @inlinable static var hardwareType: Int { 0 }
    @inlinable static var protocolType: Int { 2 }
    @inlinable static var hardwareLength: Int { 4 }
    @inlinable static var protocolLength: Int { 5 }
    @inlinable static var operation: Int { 6 }
    @inlinable static var addresses: Int { 8 }
  }

  @usableFromInline internal let span: RawSpan

  /// Reads the packet at the start of `bytes`; what follows it is left alone.
  ///
  /// Throws `WireError.truncated` when the bytes end before the packet does.
  @inlinable @inline(__always)
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= Offset.addresses else {
      throw .truncated(
        layer: .arp, needed: Offset.addresses, available: bytes.byteCount, lengthFrom: .format,
        offset: 0)
    }
    // The lengths are widened before they are added: 128 + 128 would not fit a byte.
    let hardwareLength = Int(bytes.u8(Offset.hardwareLength))
    let protocolLength = Int(bytes.u8(Offset.protocolLength))
    let needed = Offset.addresses + 2 * hardwareLength + 2 * protocolLength
    guard bytes.byteCount >= needed else {
      throw .truncated(
        layer: .arp, needed: needed, available: bytes.byteCount,
        lengthFrom: .field(.hardwareLength), offset: 0)
    }
    span = bytes.slice(0, needed)
  }

  /// How many bytes the packet has.
  @inlinable @inline(__always) public var byteCount: Int { span.byteCount }

  /// `ar$hrd`: the kind of link.
  @inlinable @inline(__always) public var hardwareType: HardwareType {
    HardwareType(rawValue: span.u16(Offset.hardwareType))
  }

  /// `ar$pro`: the protocol whose addresses these are, as an EtherType.
  @inlinable @inline(__always) public var protocolType: EtherType {
    EtherType(rawValue: span.u16(Offset.protocolType))
  }

  /// `ar$hln`: bytes in a hardware address.
  @inlinable @inline(__always) public var hardwareLength: Int {
    Int(span.u8(Offset.hardwareLength))
  }

  /// `ar$pln`: bytes in a protocol address.
  @inlinable @inline(__always) public var protocolLength: Int {
    Int(span.u8(Offset.protocolLength))
  }

  /// `ar$op`: what the packet asks or says.
  @inlinable @inline(__always) public var operation: ARPOperation {
    ARPOperation(rawValue: span.u16(Offset.operation))
  }

  /// Whether the packet is of Ethernet and IPv4: the addresses of `MACAddress` and
  /// `IPv4Address` can be read.
  @inlinable @inline(__always) public var isEthernetIPv4: Bool {
    hardwareType == .ethernet && protocolType == .ipv4 && hardwareLength == 6
      && protocolLength == 4
  }

  /// `ar$sha`: the sender's hardware address.
  public var senderHardwareAddress: RawSpan {
    @inlinable @inline(__always) @_lifetime(copy self)
    get { span.slice(Offset.addresses, hardwareLength) }
  }

  /// `ar$spa`: the sender's protocol address.
  public var senderProtocolAddress: RawSpan {
    @inlinable @inline(__always) @_lifetime(copy self)
    get { span.slice(Offset.addresses + hardwareLength, protocolLength) }
  }

  /// `ar$tha`: the target's hardware address; in a request, anything.
  public var targetHardwareAddress: RawSpan {
    @inlinable @inline(__always) @_lifetime(copy self)
    get { span.slice(Offset.addresses + hardwareLength + protocolLength, hardwareLength) }
  }

  /// `ar$tpa`: the target's protocol address.
  public var targetProtocolAddress: RawSpan {
    @inlinable @inline(__always) @_lifetime(copy self)
    get { span.slice(Offset.addresses + 2 * hardwareLength + protocolLength, protocolLength) }
  }
}
