/// A message of ICMPv6 that is none of Neighbor Discovery, in a whole IPv6 packet without extension
/// headers: an echo, an error. RFC 4443, section 2.1.
public struct ICMPv6Packet: WireValue {
  /// Who sent the packet.
  public var source: IPv6Address
  /// Whom the packet is for.
  public var destination: IPv6Address
  /// How many routers may still forward the packet.
  public var hopLimit: UInt8
  /// DSCP and ECN, as one byte.
  public var trafficClass: UInt8
  /// The flow label: 20 bits.
  public var flowLabel: UInt32
  /// The message. One of Neighbor Discovery belongs in an `NDPPacket`.
  public var message: ICMPv6Message

  /// A packet of these fields.
  public init(
    source: IPv6Address, destination: IPv6Address, hopLimit: UInt8 = 64, trafficClass: UInt8 = 0,
    flowLabel: UInt32 = 0, message: ICMPv6Message
  ) {
    self.source = source
    self.destination = destination
    self.hopLimit = hopLimit
    self.trafficClass = trafficClass
    self.flowLabel = flowLabel
    self.message = message
  }

  /// Copies what `view` shows.
  ///
  /// Throws `WireError.malformed` when the checksum is wrong, when the packet is not of ICMPv6 or has
  /// extension headers, or when its message has a packet of its own (Neighbor Discovery, MLDv2).
  public init(_ view: borrowing IPv6View) throws(WireError) {
    guard ICMPv6Packet.canHold(view) else {
      throw .malformed(
        layer: .ipv6, field: .nextHeader, value: UInt64(view.nextHeader.rawValue),
        offset: IPv6View.Offset.nextHeader)
    }
    do throws(WireError) {
      message = try ICMPv6Message(
        parsing: view.payload, source: view.source, destination: view.destination)
    } catch {
      throw error.shifted(by: IPv6View.Offset.payload)
    }
    source = view.source
    destination = view.destination
    hopLimit = view.hopLimit
    trafficClass = view.trafficClass
    flowLabel = view.flowLabel
  }

  /// Reads the packet at the start of `bytes`, with the errors of `IPv6View` and of `init(_:)`.
  public init(parsing bytes: RawSpan) throws(WireError) {
    let view = try IPv6View(bytes)
    try self.init(view)
  }

  /// Whether nothing of the packet is lost in this value.
  static func canHold(_ view: borrowing IPv6View) -> Bool {
    guard view.nextHeader == .icmpv6, view.payload.byteCount >= ICMPv6View.Offset.body else {
      return false
    }
    let type = ICMPv6Type(rawValue: view.payload.u8(ICMPv6View.Offset.type))
    return !type.isNeighborDiscovery && type != .multicastListenerReport
  }

  /// How many bytes the packet has.
  public var byteCount: Int { IPv6Header.byteCount + message.byteCount }

  /// Appends the packet.
  @_lifetime(output: copy output)
  public func write(into output: inout OutputRawSpan) {
    let header = IPv6Header(
      trafficClass: trafficClass, flowLabel: flowLabel,
      payloadLength: UInt16(clamping: message.byteCount), nextHeader: .icmpv6,
      hopLimit: hopLimit, source: source, destination: destination)
    header.write(into: &output)
    message.write(into: &output, source: source, destination: destination)
  }
}
