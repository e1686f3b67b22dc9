/// The header of a UDP datagram. RFC 768; `UDPView` tells where the bytes are.
public struct UDPHeader: WireValue {
  /// How many bytes the header has.
  @inlinable public static var byteCount: Int { 8 }

  /// The sender's port, or 0.
  public var sourcePort: UInt16
  /// The port that the datagram is for.
  public var destinationPort: UInt16
  /// How many bytes header and payload have.
  public var length: UInt16
  /// The checksum as it stands: 0 when there is none (IPv4 only). See
  /// `checksum(source:destination:payload:)`.
  public var checksum: UInt16

  /// A header of these fields before `payloadByteCount` bytes, which is held to what the length
  /// can tell.
  @inlinable public init(
    sourcePort: UInt16, destinationPort: UInt16, payloadByteCount: Int, checksum: UInt16 = 0
  ) {
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
    length = UInt16(clamping: UDPHeader.byteCount &+ max(0, payloadByteCount))
    self.checksum = checksum
  }

  /// Copies what `view` shows.
  @inlinable public init(_ view: borrowing UDPView) {
    sourcePort = view.sourcePort
    destinationPort = view.destinationPort
    length = view.length
    checksum = view.checksum
  }

  /// Reads the header of the datagram at the start of `bytes`, with the errors of `UDPView`.
  @inlinable public init(parsing bytes: RawSpan) throws(WireError) {
    let view = try UDPView(bytes)
    self.init(view)
  }

  /// How many bytes the header has: 8.
  @inlinable public var byteCount: Int { UDPHeader.byteCount }

  /// Appends the header.
  @inlinable
  @_lifetime(output: copy output)
  public func write(into output: inout OutputRawSpan) {
    output.append(sourcePort)
    output.append(destinationPort)
    output.append(length)
    output.append(checksum)
  }

  /// The checksum of this header before `payload` between two addresses of IPv4, whatever
  /// `checksum` holds.
  public func checksum(
    source: IPv4Address, destination: IPv4Address, payload: RawSpan
  ) -> UInt16 {
    var sum = InternetChecksum()
    sum.addPseudoHeader(
      source: source, destination: destination, protocol: .udp, length: Int(length))
    return checksum(after: sum, payload)
  }

  /// The checksum of this header before `payload` between two addresses of IPv6, whatever
  /// `checksum` holds. RFC 8200, section 8.1.
  public func checksum(
    source: IPv6Address, destination: IPv6Address, payload: RawSpan
  ) -> UInt16 {
    var sum = InternetChecksum()
    sum.addPseudoHeader(
      source: source, destination: destination, protocol: .udp, length: Int(length))
    return checksum(after: sum, payload)
  }

  private func checksum(after pseudoHeader: InternetChecksum, _ payload: RawSpan) -> UInt16 {
    var sum = pseudoHeader
    sum.add(sourcePort)
    sum.add(destinationPort)
    sum.add(length)
    sum.add(payload)
    // 0 would say that there is no checksum; all ones is the same number in one's complement.
    return sum.value == 0 ? 0xffff : sum.value
  }
}

/// A UDP datagram read in place. RFC 768.
///
///      0               2               4               6               8
///     +---------------+---------------+---------------+---------------+---------
///     | source port   | dest. port    |    length     |   checksum    | payload
///     +---------------+---------------+---------------+---------------+---------
public struct UDPView: ~Escapable {
  /// Where the fields are.
  @usableFromInline enum Offset {
    @inlinable static var sourcePort: Int { 0 }
    @inlinable static var destinationPort: Int { 2 }
    @inlinable static var length: Int { 4 }
    @inlinable static var checksum: Int { 6 }
    @inlinable static var payload: Int { 8 }
  }

  @usableFromInline internal let span: RawSpan

  /// Reads the datagram at the start of `bytes`; what follows its length is left alone. The
  /// checksum is not looked at.
  ///
  /// Throws `WireError.truncated` when the bytes end before the datagram does, and
  /// `WireError.malformed` when its length is below 8.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= Offset.payload else {
      throw .truncated(
        layer: .udp, needed: Offset.payload, available: bytes.byteCount, lengthFrom: .format,
        offset: 0)
    }
    let length = Int(bytes.u16(Offset.length))
    guard length >= Offset.payload else {
      throw .malformed(layer: .udp, field: .length, value: UInt64(length), offset: Offset.length)
    }
    guard bytes.byteCount >= length else {
      throw .truncated(
        layer: .udp, needed: length, available: bytes.byteCount, lengthFrom: .field(.length),
        offset: 0)
    }
    span = bytes.slice(0, length)
  }

  /// The sender's port, or 0.
  @inlinable public var sourcePort: UInt16 { span.u16(Offset.sourcePort) }

  /// The port that the datagram is for.
  @inlinable public var destinationPort: UInt16 { span.u16(Offset.destinationPort) }

  /// How many bytes header and payload have.
  @inlinable public var length: UInt16 { span.u16(Offset.length) }

  /// The checksum, or 0 when there is none.
  @inlinable public var checksum: UInt16 { span.u16(Offset.checksum) }

  /// What the datagram carries.
  @inlinable public var payload: RawSpan {
    @_lifetime(copy self)
    get { span.slice(from: Offset.payload) }
  }
}
