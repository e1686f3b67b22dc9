/// The header of an IPv4 packet; `IPv4View` tells where the bytes are. The checksum is computed
/// when the header is written.
public struct IPv4Header: WireValue {
  /// The most that options can be, in bytes.
  @inlinable public static var maximumOptionByteCount: Int { 40 }

  /// DSCP and ECN, as one byte. RFC 2474, RFC 3168.
  public var typeOfService: UInt8
  /// How many bytes header and payload have.
  public var totalLength: UInt16
  /// What fragments of one packet have in common.
  public var identification: UInt16
  /// Reserved, don't fragment, more fragments.
  public var flags: IPv4Flags
  /// Where this fragment belongs, in units of 8 bytes: 13 bits.
  public var fragmentOffset: UInt16
  /// How many routers may still forward the packet.
  public var timeToLive: UInt8
  /// What the payload is.
  public var protocolNumber: IPProtocol
  /// Who sent the packet.
  public var source: IPv4Address
  /// Whom the packet is for.
  public var destination: IPv4Address
  /// The options as they stand on the wire; see `HeaderOption`. Written with zeros up to a
  /// multiple of 4 bytes, and without what exceeds 40.
  public var options: [UInt8]

  /// A header of these fields before `payloadByteCount` bytes, which is held to what the total
  /// length can tell.
  @inlinable public init(
    typeOfService: UInt8 = 0, payloadByteCount: Int, identification: UInt16 = 0,
    flags: IPv4Flags = [], fragmentOffset: UInt16 = 0, timeToLive: UInt8 = 64,
    protocolNumber: IPProtocol, source: IPv4Address, destination: IPv4Address,
    options: [UInt8] = []
  ) {
    self.typeOfService = typeOfService
    totalLength = 0
    self.identification = identification
    self.flags = flags
    self.fragmentOffset = fragmentOffset
    self.timeToLive = timeToLive
    self.protocolNumber = protocolNumber
    self.source = source
    self.destination = destination
    self.options = options
    totalLength = UInt16(clamping: byteCount &+ max(0, payloadByteCount))
  }

  /// Copies the header of the packet that `view` shows.
  ///
  /// Throws `WireError.malformed` when the checksum is not that of the header.
  @inlinable public init(_ view: borrowing IPv4View) throws(WireError) {
    guard view.hasValidChecksum else {
      throw .malformed(
        layer: .ipv4, field: .checksum, value: UInt64(view.checksum),
        offset: IPv4View.Offset.checksum)
    }
    typeOfService = view.typeOfService
    totalLength = view.totalLength
    identification = view.identification
    flags = view.flags
    fragmentOffset = view.fragmentOffset
    timeToLive = view.timeToLive
    protocolNumber = view.protocolNumber
    source = view.source
    destination = view.destination
    options = view.options.array
  }

  /// Reads the header of the packet at the start of `bytes`, with the errors of `IPv4View` and
  /// of `init(_:)`.
  @inlinable public init(parsing bytes: RawSpan) throws(WireError) {
    let view = try IPv4View(bytes)
    try self.init(view)
  }

  /// How many bytes the header has: 20 to 60.
  @inlinable public var byteCount: Int {
    IPv4View.Offset.options + HeaderOption.paddedCount(options.count)
  }

  /// Appends the header.
  @inlinable
  @_lifetime(output: copy output)
  public func write(into output: inout OutputRawSpan) {
    let start = output.byteCount
    output.append(UInt8(truncatingIfNeeded: 0x40 | byteCount / 4))
    output.append(typeOfService)
    output.append(totalLength)
    output.append(identification)
    output.append(UInt16(flags.rawValue & 0xe0) << 8 | fragmentOffset & 0x1fff)
    output.append(timeToLive)
    output.append(protocolNumber.rawValue)
    output.append(0 as UInt16)
    output.append(source.rawValue)
    output.append(destination.rawValue)
    HeaderOption.write(padding: options, into: &output)
    let checksum = InternetChecksum(output.bytes.slice(from: start)).value
    output.replace(at: start + IPv4View.Offset.checksum, with: checksum)
  }
}
