/// What a frame carries, as far as this library has protocols for it.
public enum LinkPayload: Hashable, Sendable {
  /// Address resolution of IPv4.
  case arp(ARPPacket)
  /// Neighbor Discovery of IPv6.
  case ndp(NDPPacket)
  /// ICMP in IPv4.
  case icmp(ICMPPacket)
  /// ICMPv6 that is neither Neighbor Discovery nor MLDv2.
  case icmpv6(ICMPv6Packet)
  /// An MLDv2 report from `source` to `ff02::16`, with hop limit 1 and Router Alert.
  case multicastListenerReport(source: IPv6Address, MulticastListenerReport)
  /// A magic packet of Wake-on-LAN by itself, EtherType 0842h.
  case magicPacket(MagicPacket)
  /// Anything else, as it came, padding included.
  case other(EtherType, [UInt8])

  /// The protocol, as the frame's header names it.
  public var etherType: EtherType {
    switch self {
    case .arp: .arp
    case .ndp, .icmpv6, .multicastListenerReport: .ipv6
    case .icmp: .ipv4
    case .magicPacket: .wakeOnLAN
    case .other(let etherType, _): etherType
    }
  }

  /// Reads a payload that begins `offset` bytes into its frame.
  init(parsing bytes: RawSpan, etherType: EtherType, offset: Int) throws(WireError) {
    do throws(WireError) {
      let known =
        switch etherType {
        case .arp: try LinkPayload(arp: bytes)
        case .ipv4: try LinkPayload(ipv4: bytes)
        case .ipv6: try LinkPayload(ipv6: bytes)
        case .wakeOnLAN: LinkPayload(wakeOnLAN: bytes)
        default: nil as LinkPayload?
        }
      self = known ?? .other(etherType, bytes.array)
    } catch {
      throw error.shifted(by: offset)
    }
  }

  private init?(arp bytes: RawSpan) throws(WireError) {
    let view = try ARPView(bytes)
    guard view.protocolType == .ipv4, view.protocolLength == 4,
      view.hardwareLength <= HardwareAddress.maximumCount
    else { return nil }
    self = .arp(try ARPPacket(view))
  }

  private init?(ipv4 bytes: RawSpan) throws(WireError) {
    let view = try IPv4View(bytes)
    guard ICMPPacket.canHold(view) else { return nil }
    self = .icmp(try ICMPPacket(view))
  }

  private init?(ipv6 bytes: RawSpan) throws(WireError) {
    let view = try IPv6View(bytes)
    if NDPPacket.canHold(view) {
      self = .ndp(try NDPPacket(view))
      return
    }
    if ICMPv6Packet.canHold(view) {
      self = .icmpv6(try ICMPv6Packet(view))
      return
    }
    guard let report = try MulticastListenerReport.inPacket(view) else { return nil }
    self = .multicastListenerReport(source: view.source, report)
  }

  /// Of what does not begin with the pattern, or goes on behind it, a sleeping station still finds
  /// the packet: `MagicPacketView(in:)` does so too, and nothing is lost of it here.
  private init?(wakeOnLAN bytes: RawSpan) {
    guard let packet = try? MagicPacket(parsing: bytes), packet.byteCount == bytes.byteCount else {
      return nil
    }
    self = .magicPacket(packet)
  }

  /// How many bytes the payload has.
  public var byteCount: Int {
    switch self {
    case .arp(let packet): packet.byteCount
    case .ndp(let packet): packet.byteCount
    case .icmp(let packet): packet.byteCount
    case .icmpv6(let packet): packet.byteCount
    case .multicastListenerReport(_, let report): report.packetByteCount
    case .magicPacket(let packet): packet.byteCount
    case .other(_, let bytes): bytes.count
    }
  }

  @_lifetime(output: copy output)
  func write(into output: inout OutputRawSpan) {
    switch self {
    case .arp(let packet): packet.write(into: &output)
    case .ndp(let packet): packet.write(into: &output)
    case .icmp(let packet): packet.write(into: &output)
    case .icmpv6(let packet): packet.write(into: &output)
    case .multicastListenerReport(let source, let report):
      report.writePacket(source: source, into: &output)
    case .magicPacket(let packet): packet.write(into: &output)
    case .other(_, let bytes): output.append(bytes)
    }
  }
}
