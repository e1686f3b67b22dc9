/// An ARP packet of Ethernet and IPv4 read in place: the common one, with every field at a fixed
/// place. RFC 826.
///
///      0               2               4       5       6               8
///     +---------------+---------------+-------+-------+---------------+
///     |   ar$hrd 1    | ar$pro 0x0800 | hln 6 | pln 4 |    ar$op      |
///     +---------------+---------------+-------+-------+---------------+
///     | 8  ar$sha: 6 bytes                            | 14 ar$spa: 4 bytes
///     +-----------------------------------------------+---------------+
///     | 18 ar$tha: 6 bytes                            | 24 ar$tpa: 4 bytes
///     +-----------------------------------------------+---------------+
public struct EthernetARPView: ~Escapable {
  /// How many bytes the packet has.
  @inlinable public static var byteCount: Int { 28 }

  /// Where the fields are.
  @usableFromInline enum Offset {
    @inlinable static var operation: Int { 6 }
    @inlinable static var senderHardwareAddress: Int { 8 }
    @inlinable static var senderProtocolAddress: Int { 14 }
    @inlinable static var targetHardwareAddress: Int { 18 }
    @inlinable static var targetProtocolAddress: Int { 24 }
    /// `ar$hrd`, `ar$pro`, `ar$hln` and `ar$pln` as one number.
    @inlinable static var signature: UInt64 { 0x0001_0800_0604 }
  }

  @usableFromInline internal let span: RawSpan

  /// Reads the packet at the start of `bytes`; what follows it is left alone. Nil when the
  /// packet is of another link or protocol.
  ///
  /// Throws `WireError.truncated` when there are fewer than 28 bytes.
  @inlinable @inline(__always)
  @_lifetime(copy bytes)
  public init?(_ bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= 28 else {
      throw .truncated(
        layer: .arp, needed: 28, available: bytes.byteCount, lengthFrom: .format, offset: 0)
    }
    guard bytes.u48(0) == Offset.signature else { return nil }
    span = bytes.slice(0, 28)
  }

  /// `ar$op`: what the packet asks or says.
  @inlinable @inline(__always) public var operation: ARPOperation {
    ARPOperation(rawValue: span.u16(Offset.operation))
  }

  /// `ar$sha`: the sender's hardware address.
  @inlinable @inline(__always) public var senderHardwareAddress: MACAddress {
    MACAddress(rawValue: span.u48(Offset.senderHardwareAddress))
  }

  /// `ar$spa`: the sender's protocol address.
  @inlinable @inline(__always) public var senderProtocolAddress: IPv4Address {
    IPv4Address(rawValue: span.u32(Offset.senderProtocolAddress))
  }

  /// `ar$tha`: the target's hardware address; in a request, anything.
  @inlinable @inline(__always) public var targetHardwareAddress: MACAddress {
    MACAddress(rawValue: span.u48(Offset.targetHardwareAddress))
  }

  /// `ar$tpa`: the target's protocol address.
  @inlinable @inline(__always) public var targetProtocolAddress: IPv4Address {
    IPv4Address(rawValue: span.u32(Offset.targetProtocolAddress))
  }
}
