/// A message of Neighbor Discovery in a whole IPv6 packet without extension headers.
/// RFC 4861, section 4.
public struct NDPPacket: WireValue {
  /// The hop limit that proves a packet to come from the link. RFC 4861, section 3.1.
  @inlinable public static var linkHopLimit: UInt8 { 255 }

  /// Who sent the packet; `::` while it asks whether its own address is in use.
  public var source: IPv6Address
  /// Whom the packet is for.
  public var destination: IPv6Address
  /// 255, or the packet came from elsewhere and must be dropped.
  public var hopLimit: UInt8
  /// DSCP and ECN, as one byte.
  public var trafficClass: UInt8
  /// The flow label: 20 bits.
  public var flowLabel: UInt32
  /// The message.
  public var message: NDPMessage

  /// A packet of these fields.
  public init(
    source: IPv6Address, destination: IPv6Address, hopLimit: UInt8 = NDPPacket.linkHopLimit,
    trafficClass: UInt8 = 0, flowLabel: UInt32 = 0, message: NDPMessage
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
  /// Throws `WireError.malformed` when the packet is not one of Neighbor Discovery, or when
  /// checksum or code are wrong, and the errors of the message's own view. The hop limit and
  /// the addresses are told and not judged: see `isValid`.
  public init(_ view: borrowing IPv6View) throws(WireError) {
    guard view.nextHeader == .icmpv6 else {
      throw .malformed(
        layer: .ipv6, field: .nextHeader, value: UInt64(view.nextHeader.rawValue),
        offset: IPv6View.Offset.nextHeader)
    }
    do throws(WireError) {
      message = try NDPPacket.message(
        view.payload, source: view.source, destination: view.destination)
    } catch {
      throw error.shifted(by: IPv6View.Offset.payload)
    }
    source = view.source
    destination = view.destination
    hopLimit = view.hopLimit
    trafficClass = view.trafficClass
    flowLabel = view.flowLabel
  }

  private static func message(
    _ bytes: RawSpan, source: IPv6Address, destination: IPv6Address
  ) throws(WireError) -> NDPMessage {
    let parsed = try ICMPv6Message(parsing: bytes, source: source, destination: destination)
    guard case .neighborDiscovery(let message) = parsed else {
      throw .malformed(
        layer: .icmpv6, field: .type, value: UInt64(parsed.type.rawValue),
        offset: ICMPv6View.Offset.type)
    }
    return message
  }

  /// Reads the packet at the start of `bytes`, with the errors of `IPv6View` and of `init(_:)`.
  public init(parsing bytes: RawSpan) throws(WireError) {
    let view = try IPv6View(bytes)
    try self.init(view)
  }

  /// Whether the packet is one of Neighbor Discovery without extension headers.
  static func canHold(_ view: borrowing IPv6View) -> Bool {
    guard view.nextHeader == .icmpv6, view.payloadLength > 0 else { return false }
    return ICMPv6Type(rawValue: view.payload.u8(0)).isNeighborDiscovery
  }

  /// Whether a receiver may believe the packet: the rules of RFC 4861, sections 6.1 and 7.1,
  /// that reading it has not checked already.
  public var isValid: Bool {
    guard hopLimit == NDPPacket.linkHopLimit else { return false }
    switch message {
    case .neighborSolicitation(let message):
      guard source.isUnspecified else { return true }
      return destination.isSolicitedNodeMulticast && message.sourceLinkLayerAddress == nil
    case .neighborAdvertisement(let message):
      return !(destination.isMulticast && message.isSolicited)
    case .routerSolicitation(let message):
      return !source.isUnspecified
        || !message.options.contains { $0.type == .sourceLinkLayerAddress }
    case .routerAdvertisement:
      return source.isLinkLocal
    }
  }

  /// How many bytes the packet has.
  public var byteCount: Int { IPv6Header.byteCount + 4 + message.bodyByteCount }

  /// Appends the packet.
  @_lifetime(output: copy output)
  public func write(into output: inout OutputRawSpan) {
    let header = IPv6Header(
      trafficClass: trafficClass, flowLabel: flowLabel,
      payloadLength: UInt16(clamping: byteCount - IPv6Header.byteCount), nextHeader: .icmpv6,
      hopLimit: hopLimit, source: source, destination: destination)
    header.write(into: &output)
    ICMPv6Message.neighborDiscovery(message)
      .write(into: &output, source: source, destination: destination)
  }
}
