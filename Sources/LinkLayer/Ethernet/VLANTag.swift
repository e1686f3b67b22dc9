/// A VLAN tag: it stands between the source address and the EtherType. IEEE 802.1Q clause 9.6
/// (customer) and IEEE 802.1ad (service, the outer of two).
///
///      0               2               4
///     +---------------+---+-+---------+
///     | TPID          |PCP|D|   VID   |     PCP 3 bits, DEI 1 bit, VID 12 bits: the TCI
///     +---------------+---+-+---------+
public struct VLANTag: Hashable, Sendable {
  /// How many bytes a tag has.
  @inlinable public static var byteCount: Int { 4 }

  /// The tag protocol identifier: `.vlan` or `.serviceVLAN`.
  public var tpid: EtherType
  /// The tag control information, whole.
  public var tci: UInt16

  /// A tag of these fields, each cut to its width.
  @inlinable public init(
    tpid: EtherType = .vlan, priority: UInt8 = 0, dropEligible: Bool = false, identifier: UInt16
  ) {
    self.tpid = tpid
    tci = UInt16(priority & 0x7) << 13 | (dropEligible ? 0x1000 : 0) | identifier & 0xfff
  }

  /// A tag of this tag control information.
  @inlinable public init(tpid: EtherType = .vlan, tci: UInt16) {
    self.tpid = tpid
    self.tci = tci
  }

  /// PCP: the frame's priority, 0 to 7.
  @inlinable public var priority: UInt8 {
    get { UInt8(truncatingIfNeeded: tci >> 13) }
    set { tci = tci & 0x1fff | UInt16(newValue & 0x7) << 13 }
  }

  /// DEI: whether the frame may be dropped first.
  @inlinable public var dropEligible: Bool {
    get { tci & 0x1000 != 0 }
    set { tci = tci & 0xefff | (newValue ? 0x1000 : 0) }
  }

  /// VID: the VLAN, 1 to 4094; 0 says that only the priority counts.
  @inlinable public var identifier: UInt16 {
    get { tci & 0xfff }
    set { tci = tci & 0xf000 | newValue & 0xfff }
  }

  @inlinable
  @_lifetime(output: copy output)
  internal func write(into output: inout OutputRawSpan) {
    output.append(tpid.rawValue)
    output.append(tci)
  }
}
