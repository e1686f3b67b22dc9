/// The header of a TCP segment. RFC 9293, section 3.1; `TCPView` tells where the bytes are.
public struct TCPHeader: WireValue {
  /// The sender's port.
  public var sourcePort: UInt16
  /// The port that the segment is for.
  public var destinationPort: UInt16
  /// The number of the first byte, or of SYN.
  public var sequenceNumber: UInt32
  /// The number of the next byte that the sender expects, when ACK is set.
  public var acknowledgmentNumber: UInt32
  /// The twelve bits behind the data offset: reserved ones and flags.
  public var flags: TCPFlags
  /// How many bytes the sender would take.
  public var window: UInt16
  /// The checksum of pseudo-header and segment, as it stands.
  public var checksum: UInt16
  /// Where urgent data end, when URG is set.
  public var urgentPointer: UInt16
  /// The options as they stand on the wire; see `HeaderOption`. Written with zeros up to a
  /// multiple of 4 bytes, and without what exceeds 40.
  public var options: [UInt8]

  /// A header of these fields.
  @inlinable public init(
    sourcePort: UInt16, destinationPort: UInt16, sequenceNumber: UInt32,
    acknowledgmentNumber: UInt32 = 0, flags: TCPFlags, window: UInt16 = 0, checksum: UInt16 = 0,
    urgentPointer: UInt16 = 0, options: [UInt8] = []
  ) {
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
    self.sequenceNumber = sequenceNumber
    self.acknowledgmentNumber = acknowledgmentNumber
    self.flags = flags
    self.window = window
    self.checksum = checksum
    self.urgentPointer = urgentPointer
    self.options = options
  }

  /// Copies what `view` shows.
  @inlinable public init(_ view: borrowing TCPView) {
    sourcePort = view.sourcePort
    destinationPort = view.destinationPort
    sequenceNumber = view.sequenceNumber
    acknowledgmentNumber = view.acknowledgmentNumber
    flags = view.flags
    window = view.window
    checksum = view.checksum
    urgentPointer = view.urgentPointer
    options = view.options.array
  }

  /// Reads the header of the segment that `bytes` hold, with the errors of `TCPView`.
  @inlinable public init(parsing bytes: RawSpan) throws(WireError) {
    let view = try TCPView(bytes)
    self.init(view)
  }

  /// How many bytes the header has: 20 to 60.
  @inlinable public var byteCount: Int {
    TCPView.Offset.options + HeaderOption.paddedCount(options.count)
  }

  /// Appends the header.
  @inlinable
  @_lifetime(output: copy output)
  public func write(into output: inout OutputRawSpan) {
    output.append(sourcePort)
    output.append(destinationPort)
    output.append(sequenceNumber)
    output.append(acknowledgmentNumber)
    output.append(UInt16(truncatingIfNeeded: byteCount / 4) << 12 | flags.rawValue & 0xfff)
    output.append(window)
    output.append(checksum)
    output.append(urgentPointer)
    HeaderOption.write(padding: options, into: &output)
  }
}

/// The flags of TCP and the reserved bits before them: twelve in all. RFC 9293, section 3.1.
public struct TCPFlags: OptionSet, Hashable, Sendable {
  /// The bits; the four high ones belong to the data offset and are not flags.
  public let rawValue: UInt16
  /// The flags of twelve bits.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
  /// No more data from the sender.
  @inlinable public static var fin: TCPFlags { TCPFlags(rawValue: 0x001) }
  /// Synchronizes sequence numbers.
  @inlinable public static var syn: TCPFlags { TCPFlags(rawValue: 0x002) }
  /// Resets the connection.
  @inlinable public static var rst: TCPFlags { TCPFlags(rawValue: 0x004) }
  /// Pushes data to the reader.
  @inlinable public static var psh: TCPFlags { TCPFlags(rawValue: 0x008) }
  /// The acknowledgment number counts.
  @inlinable public static var ack: TCPFlags { TCPFlags(rawValue: 0x010) }
  /// The urgent pointer counts.
  @inlinable public static var urg: TCPFlags { TCPFlags(rawValue: 0x020) }
  /// ECN echo. RFC 3168.
  @inlinable public static var ece: TCPFlags { TCPFlags(rawValue: 0x040) }
  /// Congestion window reduced. RFC 3168.
  @inlinable public static var cwr: TCPFlags { TCPFlags(rawValue: 0x080) }
  /// Accurate ECN. RFC 9768.
  @inlinable public static var ae: TCPFlags { TCPFlags(rawValue: 0x100) }
}

/// A TCP segment read in place. RFC 9293, section 3.1.
///
///      0               2               4                               8
///     +---------------+---------------+-------------------------------+
///     | source port   | dest. port    | sequence number               |
///     +---------------+---------------+-------------------------------+
///     | 8 acknowledgment number       |12 off.,flags  |14 window      |
///     +-------------------------------+---------------+---------------+
///     |16 checksum    |18 urgent ptr. | 20 options, to offset * 4     |
///     +---------------+---------------+-------------------------------+
public struct TCPView: ~Escapable {
  /// Where the fields are.
  @usableFromInline enum Offset {
    @inlinable static var sourcePort: Int { 0 }
    @inlinable static var destinationPort: Int { 2 }
    @inlinable static var sequenceNumber: Int { 4 }
    @inlinable static var acknowledgmentNumber: Int { 8 }
    @inlinable static var dataOffsetAndFlags: Int { 12 }
    @inlinable static var window: Int { 14 }
    @inlinable static var checksum: Int { 16 }
    @inlinable static var urgentPointer: Int { 18 }
    @inlinable static var options: Int { 20 }
  }

  @usableFromInline internal let span: RawSpan

  /// Reads the segment that `bytes` hold: IP says where it ends. The checksum is not looked at.
  ///
  /// Throws `WireError.truncated` when the bytes end before the header does, and
  /// `WireError.malformed` when the data offset is below 5.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= Offset.options else {
      throw .truncated(
        layer: .tcp, needed: Offset.options, available: bytes.byteCount, lengthFrom: .format,
        offset: 0)
    }
    let words = Int(bytes.u8(Offset.dataOffsetAndFlags) >> 4)
    guard words >= 5 else {
      throw .malformed(
        layer: .tcp, field: .dataOffset, value: UInt64(words), offset: Offset.dataOffsetAndFlags)
    }
    guard bytes.byteCount >= words * 4 else {
      throw .truncated(
        layer: .tcp, needed: words * 4, available: bytes.byteCount,
        lengthFrom: .field(.dataOffset), offset: 0)
    }
    span = bytes
  }

  /// The sender's port.
  @inlinable public var sourcePort: UInt16 { span.u16(Offset.sourcePort) }

  /// The port that the segment is for.
  @inlinable public var destinationPort: UInt16 { span.u16(Offset.destinationPort) }

  /// The number of the first byte, or of SYN.
  @inlinable public var sequenceNumber: UInt32 { span.u32(Offset.sequenceNumber) }

  /// The number of the next byte that the sender expects.
  @inlinable public var acknowledgmentNumber: UInt32 { span.u32(Offset.acknowledgmentNumber) }

  /// How many bytes the header has: the data offset in bytes.
  @inlinable public var headerLength: Int { Int(span.u8(Offset.dataOffsetAndFlags) >> 4) * 4 }

  /// The twelve bits behind the data offset: reserved ones and flags.
  @inlinable public var flags: TCPFlags {
    TCPFlags(rawValue: span.u16(Offset.dataOffsetAndFlags) & 0xfff)
  }

  /// How many bytes the sender would take.
  @inlinable public var window: UInt16 { span.u16(Offset.window) }

  /// The checksum of pseudo-header and segment.
  @inlinable public var checksum: UInt16 { span.u16(Offset.checksum) }

  /// Where urgent data end.
  @inlinable public var urgentPointer: UInt16 { span.u16(Offset.urgentPointer) }

  /// The options with their padding: 0 to 40 bytes.
  @inlinable public var options: RawSpan {
    @_lifetime(copy self)
    get { span.slice(Offset.options, headerLength - Offset.options) }
  }

  /// What the segment carries.
  @inlinable public var payload: RawSpan {
    @_lifetime(copy self)
    get { span.slice(from: headerLength) }
  }
}
