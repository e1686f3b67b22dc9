/// A message of ICMP in a whole IPv4 packet without options.
public struct ICMPPacket: WireValue {
  /// DSCP and ECN, as one byte.
  public var typeOfService: UInt8
  /// What fragments of one packet have in common.
  public var identification: UInt16
  /// Reserved and don't fragment.
  public var flags: IPv4Flags
  /// How many routers may still forward the packet.
  public var timeToLive: UInt8
  /// Who sent the packet.
  public var source: IPv4Address
  /// Whom the packet is for.
  public var destination: IPv4Address
  /// The message.
  public var message: ICMPMessage

  /// A packet of these fields.
  public init(
    source: IPv4Address, destination: IPv4Address, timeToLive: UInt8 = 64,
    identification: UInt16 = 0, flags: IPv4Flags = .dontFragment, typeOfService: UInt8 = 0,
    message: ICMPMessage
  ) {
    self.source = source
    self.destination = destination
    self.timeToLive = timeToLive
    self.identification = identification
    self.flags = flags
    self.typeOfService = typeOfService
    self.message = message
  }

  /// Copies what `view` shows.
  ///
  /// Throws `WireError.malformed` when a checksum is wrong, when the packet is a fragment or
  /// has options, or when it is not of ICMP.
  public init(_ view: borrowing IPv4View) throws(WireError) {
    guard ICMPPacket.canHold(view) else {
      throw .malformed(
        layer: .ipv4, field: .nextHeader, value: UInt64(view.protocolNumber.rawValue),
        offset: IPv4View.Offset.protocolNumber)
    }
    let header = try IPv4Header(view)
    do throws(WireError) {
      message = try ICMPMessage(parsing: view.payload)
    } catch {
      throw error.shifted(by: view.headerLength)
    }
    source = header.source
    destination = header.destination
    timeToLive = header.timeToLive
    identification = header.identification
    flags = header.flags
    typeOfService = header.typeOfService
  }

  /// Reads the packet at the start of `bytes`, with the errors of `IPv4View` and of `init(_:)`.
  public init(parsing bytes: RawSpan) throws(WireError) {
    let view = try IPv4View(bytes)
    try self.init(view)
  }

  /// Whether nothing of the packet is lost in this value: ICMP, whole, without options.
  static func canHold(_ view: borrowing IPv4View) -> Bool {
    view.protocolNumber == .icmp && !view.isFragment && view.headerLength == 20
  }

  /// How many bytes the packet has.
  public var byteCount: Int { 20 + message.byteCount }

  /// Appends the packet.
  @_lifetime(output: copy output)
  public func write(into output: inout OutputRawSpan) {
    let header = IPv4Header(
      typeOfService: typeOfService, payloadByteCount: message.byteCount,
      identification: identification, flags: flags.subtracting(.moreFragments),
      timeToLive: timeToLive, protocolNumber: .icmp, source: source, destination: destination)
    header.write(into: &output)
    message.write(into: &output)
  }
}
