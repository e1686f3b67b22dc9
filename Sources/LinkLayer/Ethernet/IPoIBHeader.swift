/// The header of a frame on an IP-over-InfiniBand interface, as Linux hands it to packet sockets
/// and takes it from them: the destination's link address, then the encapsulation of RFC 4391,
/// section 6. The sender's address is not in the bytes, and on a received frame the destination
/// is all zeros.
///
///      0                                      20      22      24
///     +--------------------------------------+-------+-------+---------
///     | destination: 0, QPN 3 bytes, GID 16  | type  | zero  | payload
///     +--------------------------------------+-------+-------+---------
public struct IPoIBHeader: WireValue {
  /// How many bytes the header has.
  @inlinable public static var byteCount: Int { 24 }

  /// How many bytes a link address has. RFC 4391, section 9.1.1.
  @inlinable public static var addressByteCount: Int { 20 }

  /// The station, or group, that the frame is for: 20 bytes. Another length is cut, or filled
  /// with zeros, when the header is written.
  public var destination: HardwareAddress
  /// The payload's protocol.
  public var etherType: EtherType
  /// Reserved: sent as zero, ignored on receipt, kept here.
  public var reserved: UInt16

  /// A header of these fields.
  @inlinable public init(
    destination: HardwareAddress, etherType: EtherType, reserved: UInt16 = 0
  ) {
    self.destination = destination
    self.etherType = etherType
    self.reserved = reserved
  }

  /// Copies what `view` shows.
  @inlinable public init(_ view: borrowing IPoIBFrameView) {
    destination = view.destination
    etherType = view.etherType
    reserved = view.reserved
  }

  /// Reads the header at the start of a frame, with the errors of `IPoIBFrameView`.
  @inlinable public init(parsing bytes: RawSpan) throws(WireError) {
    let view = try IPoIBFrameView(bytes)
    self.init(view)
  }

  /// How many bytes the header has: 24.
  @inlinable public var byteCount: Int { IPoIBHeader.byteCount }

  /// Appends the header.
  @inlinable
  @_lifetime(output: copy output)
  public func write(into output: inout OutputRawSpan) {
    destination.resized(to: IPoIBHeader.addressByteCount).write(into: &output)
    output.append(etherType.rawValue)
    output.append(reserved)
  }
}

/// A frame of an IP-over-InfiniBand interface read in place; `IPoIBHeader` has the diagram.
public struct IPoIBFrameView: ~Escapable {
  /// Where the fields are.
  @usableFromInline enum Offset {
    @inlinable static var destination: Int { 0 }
    @inlinable static var etherType: Int { 20 }
    @inlinable static var reserved: Int { 22 }
    @inlinable static var payload: Int { 24 }
  }

  @usableFromInline internal let span: RawSpan

  /// Reads the frame that `bytes` hold.
  ///
  /// Throws `WireError.truncated` when there are fewer than 24 bytes.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= Offset.payload else {
      throw .truncated(
        layer: .ipoib, needed: Offset.payload, available: bytes.byteCount, lengthFrom: .format,
        offset: 0)
    }
    span = bytes
  }

  /// The station, or group, that the frame is for; zeros on a received frame.
  @inlinable public var destination: HardwareAddress {
    let address = HardwareAddress(span.slice(Offset.destination, IPoIBHeader.addressByteCount))
    return address ?? HardwareAddress()
  }

  /// The payload's protocol.
  @inlinable public var etherType: EtherType { EtherType(rawValue: span.u16(Offset.etherType)) }

  /// Reserved: zero.
  @inlinable public var reserved: UInt16 { span.u16(Offset.reserved) }

  /// The payload; padding may follow it.
  @inlinable public var payload: RawSpan {
    @_lifetime(copy self)
    get { span.slice(from: Offset.payload) }
  }
}
