/// Changes the addresses of one packet behind an Ethernet header, and the checksums that they count in.
struct PacketRewrite {
  let stations: StationTranslation
  let networks: [AddressTranslation]
  private var change = ChecksumChange()

  init(stations: StationTranslation, networks: [AddressTranslation]) {
    (self.stations, self.networks) = (stations, networks)
  }

  // MARK: ARP

  /// RFC 826, for Ethernet and IPv4.
  mutating func rewriteARP(_ frame: inout [UInt8], at start: Int) {
    guard frame.count >= start + 28, frame.number(start, bytes: 6) == 0x0001_0800_0604 else {
      return
    }
    for offset in [start + 8, start + 18] { rewriteStation(&frame, at: offset) }
    for offset in [start + 14, start + 24] { rewriteIPv4Address(&frame, at: offset) }
  }

  // MARK: IPv4

  mutating func rewriteIPv4(_ frame: inout [UInt8], at start: Int) {
    guard frame.count >= start + 20, frame[start] >> 4 == 4 else { return }
    let headerLength = Int(frame[start] & 0xf) * 4
    guard headerLength >= 20 else { return }
    for offset in [start + 12, start + 16] { rewriteIPv4Address(&frame, at: offset) }
    guard !change.isEmpty else { return }
    mend(&frame, at: start + 10)
    let isFirstFragment = frame.number16(start + 6) & 0x1fff == 0
    guard isFirstFragment else { return }
    let upper = IPProtocol(rawValue: frame[start + 9])
    if upper != .icmp { mendUpper(&frame, upper, at: start + headerLength) }
  }

  // MARK: IPv6

  mutating func rewriteIPv6(_ frame: inout [UInt8], at start: Int) {
    guard frame.count >= start + 40, frame[start] >> 4 == 6 else { return }
    let next = IPProtocol(rawValue: frame[start + 6])
    let upper = try? IPv6UpperLayer(
      walking: frame.rawBytes.slice(from: start), from: 40, nextHeader: next)
    let oldGroup = frame.ipv6Address(start + 24)
    if let upper, upper.protocolNumber == .icmpv6, (upper.fragmentOffset ?? 0) == 0 {
      rewriteNeighborDiscovery(&frame, at: start + upper.offset, destination: start + 24)
    }
    for offset in [start + 8, start + 24] { rewriteIPv6Address(&frame, at: offset) }
    let newGroup = frame.ipv6Address(start + 24)
    if oldGroup != newGroup, newGroup.isMulticast {
      // The Ethernet group follows from the address: RFC 2464, section 7.
      let old = MACAddress.multicast(for: oldGroup)
      if frame.station(0) == old {
        frame.store(MACAddress.multicast(for: newGroup).rawValue, bytes: 6, at: 0)
      }
    }
    guard !change.isEmpty, let upper, (upper.fragmentOffset ?? 0) == 0 else { return }
    mendUpper(&frame, upper.protocolNumber, at: start + upper.offset)
  }

  /// RFC 4861, section 4: the target, and the options that name hardware addresses. A solicitation goes to
  /// a group that follows from its target.
  private mutating func rewriteNeighborDiscovery(
    _ frame: inout [UInt8], at start: Int, destination: Int
  ) {
    guard frame.count >= start + 8 else { return }
    let (targets, options): (Int, Int) =
      switch frame[start] {
      case 133: (0, 8)
      case 134: (0, 16)
      case 135, 136: (1, 24)
      case 137: (2, 40)
      default: (0, -1)
      }
    guard options > 0, frame.count >= start + options else { return }
    for index in 0..<targets {
      let old = frame.ipv6Address(start + 8 + 16 * index)
      rewriteIPv6Address(&frame, at: start + 8 + 16 * index)
      let new = frame.ipv6Address(start + 8 + 16 * index)
      guard old != new, frame.ipv6Address(destination) == old.solicitedNodeMulticast else {
        continue
      }
      replaceIPv6(&frame, at: destination, with: new.solicitedNodeMulticast)
    }
    var offset = start + options
    while frame.count >= offset + 8, frame[offset + 1] > 0 {
      let namesStation = frame[offset] == 1 || frame[offset] == 2
      if namesStation, frame[offset + 1] == 1 { rewriteStation(&frame, at: offset + 2) }
      offset += Int(frame[offset + 1]) * 8
    }
  }

  // MARK: Addresses

  private mutating func rewriteStation(_ frame: inout [UInt8], at offset: Int) {
    let old = frame.station(offset)
    let new = stations.new(old)
    guard new != old else { return }
    change.replace(old.rawValue, with: new.rawValue, bits: 48)
    frame.store(new.rawValue, bytes: 6, at: offset)
  }

  private mutating func rewriteIPv4Address(_ frame: inout [UInt8], at offset: Int) {
    let old = frame.ipv4Address(offset)
    guard let new = networks.lazy.compactMap({ $0.translated(old) }).first, new != old else {
      return
    }
    change.replace(UInt64(old.rawValue), with: UInt64(new.rawValue), bits: 32)
    frame.store(UInt64(new.rawValue), bytes: 4, at: offset)
  }

  private mutating func rewriteIPv6Address(_ frame: inout [UInt8], at offset: Int) {
    let old = frame.ipv6Address(offset)
    guard let new = networks.lazy.compactMap({ $0.translated(old) }).first, new != old else {
      return
    }
    replaceIPv6(&frame, at: offset, with: new)
  }

  private mutating func replaceIPv6(_ frame: inout [UInt8], at offset: Int, with new: IPv6Address) {
    let old = frame.ipv6Address(offset)
    change.replace(old.high, with: new.high, bits: 64)
    change.replace(old.low, with: new.low, bits: 64)
    frame.store(new.high, bytes: 8, at: offset)
    frame.store(new.low, bytes: 8, at: offset + 8)
  }

  // MARK: Checksums

  /// Mends the checksum of what stands above IP; its pseudo-header has the addresses.
  private func mendUpper(_ frame: inout [UInt8], _ upper: IPProtocol, at start: Int) {
    guard let offset = upper.checksumOffset, frame.count >= start + offset + 2 else { return }
    // UDP without a checksum stays so, and one that comes out as zero is all ones: RFC 768.
    let isUDP = upper == .udp
    if isUDP, frame.number16(start + offset) == 0 { return }
    mend(&frame, at: start + offset)
    if isUDP, frame.number16(start + offset) == 0 { frame.store(0xffff, at: start + offset) }
  }

  private func mend(_ frame: inout [UInt8], at offset: Int) {
    frame.store(change.applied(to: frame.number16(offset)), at: offset)
  }
}

extension IPProtocol {
  /// Where a message of this protocol has the internet checksum that covers it; nil when it has none.
  var checksumOffset: Int? {
    switch self {
    case .tcp: 16
    case .udp: 6
    case .icmp, .icmpv6: 2
    default: nil
    }
  }
}
