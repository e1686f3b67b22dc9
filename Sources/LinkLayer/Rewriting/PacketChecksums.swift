/// Works checksums out anew.
enum PacketChecksums {
  /// Makes the checksums of the packet at `start` of a frame: of IPv4's header, and of TCP, UDP and ICMP
  /// where their message is there as a whole.
  static func make(in frame: inout [UInt8], type: EtherType, at start: Int) {
    switch type {
    case .ipv4: makeIPv4(&frame, start)
    case .ipv6: makeIPv6(&frame, start)
    default: break
    }
  }

  private static func makeIPv4(_ frame: inout [UInt8], _ start: Int) {
    guard frame.count >= start + 20, frame[start] >> 4 == 4 else { return }
    let headerLength = Int(frame[start] & 0xf) * 4
    guard headerLength >= 20, frame.count >= start + headerLength else { return }
    frame.store(0, at: start + 10)
    let header = InternetChecksum(frame.rawBytes.slice(start, headerLength))
    frame.store(header.value, at: start + 10)
    let end = start + Int(frame.number16(start + 2))
    let isFragment = frame.number16(start + 6) & 0x3fff != 0
    guard !isFragment, end >= start + headerLength, end <= frame.count else { return }
    let upper = IPProtocol(rawValue: frame[start + 9])
    var pseudo = InternetChecksum()
    // ICMP alone counts no pseudo-header.
    if upper != .icmp {
      pseudo.addPseudoHeader(
        source: frame.ipv4Address(start + 12), destination: frame.ipv4Address(start + 16),
        protocol: upper, length: end - start - headerLength)
    }
    guard upper != .icmpv6 else { return }
    makeUpper(&frame, upper, (start + headerLength)..<end, pseudo)
  }

  private static func makeIPv6(_ frame: inout [UInt8], _ start: Int) {
    guard let upper = Self.upperLayer(of: frame, start), upper.fragmentOffset == nil else { return }
    let end = start + 40 + Int(frame.number16(start + 4))
    let first = start + upper.offset
    guard end >= first, end <= frame.count, upper.protocolNumber != .icmp else { return }
    var pseudo = InternetChecksum()
    pseudo.addPseudoHeader(
      source: frame.ipv6Address(start + 8), destination: frame.ipv6Address(start + 24),
      protocol: upper.protocolNumber, length: end - first)
    makeUpper(&frame, upper.protocolNumber, first..<end, pseudo)
  }

  /// What stands behind the extension headers of a packet that is there as a whole.
  private static func upperLayer(of frame: [UInt8], _ start: Int) -> IPv6UpperLayer? {
    guard let view = try? IPv6View(frame.rawBytes.slice(from: start)) else { return nil }
    return try? view.upperLayer()
  }

  private static func makeUpper(
    _ frame: inout [UInt8], _ upper: IPProtocol, _ range: Range<Int>, _ pseudo: InternetChecksum
  ) {
    guard let offset = upper.checksumOffset, range.count >= offset + 2 else { return }
    let place = range.lowerBound + offset
    frame.store(0, at: place)
    var checksum = pseudo
    checksum.add(frame.rawBytes.slice(range.lowerBound, range.count))
    let value = checksum.value
    frame.store(upper == .udp && value == 0 ? 0xffff : value, at: place)
  }
}
