import CaptureFile
import LinkLayer

/// The little of a frame that a summary asks for: from whom to whom, what it is, and whether it claims an
/// address. Whatever is cut or cannot be ends the sketch where it is.
struct FrameSketch {
  var source: CaptureSummary.Talker?
  var destination: CaptureSummary.Talker?
  var protocolName = "other"
  var claims: [AddressOwners.Claim] = []
  private var sender: MACAddress?

  init(_ bytes: RawSpan, linkType: LinkType) {
    switch linkType {
    case .ethernet: readEthernet(bytes)
    case .raw, .ipv4, .ipv6: readIP(bytes)
    case .null: if bytes.byteCount > 4 { readIP(bytes.slice(from: 4)) }
    case .linuxCooked:
      if bytes.byteCount >= 16 { readPayload(bytes.u16(14), bytes.slice(from: 16)) }
    case .linuxCooked2:
      if bytes.byteCount >= 20 { readPayload(bytes.u16(0), bytes.slice(from: 20)) }
    default: break
    }
  }

  private mutating func readEthernet(_ bytes: RawSpan) {
    guard bytes.byteCount >= 14 else { return }
    let station = MACAddress(rawValue: bytes.u48(6))
    sender = station
    source = .station(station)
    destination = .station(MACAddress(rawValue: bytes.u48(0)))
    var offset = 12
    while EtherType(rawValue: bytes.u16(offset)).isTag, bytes.byteCount >= offset + 6 {
      offset += 4
    }
    let type = bytes.u16(offset)
    guard type > 1500 else { return readLogicalLink(bytes.slice(from: offset + 2)) }
    readPayload(type, bytes.slice(from: offset + 2))
  }

  private mutating func readLogicalLink(_ bytes: RawSpan) {
    protocolName = bytes.byteCount >= 2 && bytes.u16(0) == 0x4242 ? "STP" : "LLC"
  }

  private mutating func readPayload(_ type: UInt16, _ bytes: RawSpan) {
    switch EtherType(rawValue: type) {
    case .ipv4, .ipv6: readIP(bytes)
    case .arp: readARP(bytes)
    case .lldp: protocolName = "LLDP"
    case .wakeOnLAN: protocolName = "Wake-on-LAN"
    default: protocolName = "ethertype 0x" + String(type, radix: 16)
    }
  }

  private mutating func readARP(_ bytes: RawSpan) {
    protocolName = "ARP"
    guard bytes.byteCount >= 28, bytes.u16(2) == EtherType.ipv4.rawValue, bytes.u16(4) == 0x0604
    else { return }
    let operation = bytes.u16(6)
    let address = IPv4Address(rawValue: bytes.u32(14))
    guard operation == 1 || operation == 2, !address.isUnspecified else { return }
    claims = [
      AddressOwners.Claim(
        address: .v4(address), station: MACAddress(rawValue: bytes.u48(8)),
        isAnnouncement: address.rawValue == bytes.u32(24))
    ]
  }

  private mutating func readIP(_ bytes: RawSpan) {
    guard bytes.byteCount > 0 else { return }
    switch bytes.u8(0) >> 4 {
    case 4: readIPv4(bytes)
    case 6: readIPv6(bytes)
    default: break
    }
  }

  private mutating func readIPv4(_ bytes: RawSpan) {
    protocolName = "IPv4"
    let headerCount = Int(bytes.u8(0) & 0xf) * 4
    guard bytes.byteCount >= 20, headerCount >= 20 else { return }
    source = .host(.v4(IPv4Address(rawValue: bytes.u32(12))))
    destination = .host(.v4(IPv4Address(rawValue: bytes.u32(16))))
    let isFirst = bytes.u16(6) & 0x1fff == 0
    let message = isFirst ? min(headerCount, bytes.byteCount) : bytes.byteCount
    readTransport(bytes.u8(9), bytes.slice(from: message))
  }

  private mutating func readIPv6(_ bytes: RawSpan) {
    protocolName = "IPv6"
    guard bytes.byteCount >= 40 else { return }
    source = .host(.v6(IPv6Address(high: bytes.u64(8), low: bytes.u64(16))))
    destination = .host(.v6(IPv6Address(high: bytes.u64(24), low: bytes.u64(32))))
    var kind = IPProtocol(rawValue: bytes.u8(6))
    var offset = 40
    // A chain of headers longer than this is no sender's honest work.
    for _ in 0..<8 {
      guard kind.isExtensionHeader, bytes.byteCount >= offset + 8 else { break }
      let isLaterFragment = kind == .fragment && bytes.u16(offset + 2) & 0xfff8 != 0
      let count =
        kind == .fragment
        ? 8
        : kind == .authentication
          ? Int(bytes.u8(offset + 1)) * 4 + 8 : Int(bytes.u8(offset + 1)) * 8 + 8
      kind = IPProtocol(rawValue: bytes.u8(offset))
      offset = isLaterFragment ? bytes.byteCount : min(offset + count, bytes.byteCount)
    }
    readTransport(kind.rawValue, bytes.slice(from: offset))
  }

  private mutating func readTransport(_ number: UInt8, _ bytes: RawSpan) {
    let kind = IPProtocol(rawValue: number)
    switch kind {
    case .tcp, .udp:
      protocolName = kind == .tcp ? "TCP" : "UDP"
      guard bytes.byteCount >= 4 else { return }
      let port = min(bytes.u16(0), bytes.u16(2))
      if let service = FrameSketch.service(port, isUDP: kind == .udp) { protocolName = service }
    case .icmpv6: readICMPv6(bytes)
    default: protocolName = kind.name ?? "IP protocol \(number)"
    }
  }

  private mutating func readICMPv6(_ bytes: RawSpan) {
    protocolName = "ICMPv6"
    guard bytes.byteCount >= 1, (133...137).contains(bytes.u8(0)) else { return }
    protocolName = "NDP"
    guard bytes.byteCount >= 24 else { return }
    switch bytes.u8(0) {
    case 136: claimAdvertised(bytes)
    case 135: claimSolicitor()
    default: break
    }
  }

  /// A neighbour advertisement names its target, and in an option or by its source the target's station.
  private mutating func claimAdvertised(_ bytes: RawSpan) {
    let address = IPv6Address(high: bytes.u64(8), low: bytes.u64(16))
    let hasOption = bytes.byteCount >= 32 && bytes.u16(24) == 0x0201
    guard let station = hasOption ? MACAddress(rawValue: bytes.u48(26)) : sender else { return }
    let isSolicited = bytes.u8(4) & 0x40 != 0
    claims = [
      AddressOwners.Claim(address: .v6(address), station: station, isAnnouncement: !isSolicited)
    ]
  }

  /// Who asks from an address claims it as well.
  private mutating func claimSolicitor() {
    guard let sender, case .host(let address)? = source, !address.isUnspecified else { return }
    claims = [AddressOwners.Claim(address: address, station: sender, isAnnouncement: false)]
  }

  private static func service(_ port: UInt16, isUDP: Bool) -> String? {
    switch (port, isUDP) {
    case (53, _): "DNS"
    case (67, true), (68, true): "DHCP"
    case (123, true): "NTP"
    case (623, true), (664, true): "RMCP"
    case (5353, true): "mDNS"
    case (22, false): "SSH"
    case (80, false): "HTTP"
    case (443, _): "TLS"
    default: nil
    }
  }
}
