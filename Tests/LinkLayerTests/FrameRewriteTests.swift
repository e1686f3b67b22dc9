import LinkLayer
import Support
import Testing

/// Rewritten frames against frames that were made so; tshark judges whole captures in CommandTests.
@Suite struct FrameRewriteTests {
  private let old = (a: MACAddress(2, 0, 0, 0, 0, 1), b: MACAddress(2, 0, 0, 0, 0, 2))
  private let new = (a: MACAddress(2, 0, 0, 0, 9, 1), b: MACAddress(2, 0, 0, 0, 9, 2))

  private func rewrite() throws -> FrameRewrite {
    var rewrite = FrameRewrite()
    rewrite.stations = [old.a: new.a, old.b: new.b]
    rewrite.networks = [
      try translation("192.0.2.0/25", "10.1.2.128/25"),
      try translation("2001:db8::/120", "fd00:1:2::ff00/120"),
    ]
    return rewrite
  }

  private func translation(_ old: String, _ new: String) throws -> AddressTranslation {
    let (old, new) = (try #require(IPPrefix(old)), try #require(IPPrefix(new)))
    return try #require(AddressTranslation(from: old, to: new))
  }

  private func udp(_ from: IPv4Address, _ to: IPv4Address, _ stations: (MACAddress, MACAddress))
    -> [UInt8]
  {
    let data: [UInt8] = [0, 53, 0xc0, 0, 0, 11, 0, 0, 1, 2, 3]
    var checksum = InternetChecksum(data.rawBytes)
    checksum.addPseudoHeader(source: from, destination: to, protocol: .udp, length: data.count)
    var header: [UInt8] = [0x45, 0, 0, 31, 0, 1, 0, 0, 64, 17, 0, 0] + from.bytes + to.bytes
    let sum = InternetChecksum(header.rawBytes).value
    header[10] = UInt8(sum >> 8)
    header[11] = UInt8(sum & 255)
    var message = data
    message[6] = UInt8(checksum.value >> 8)
    message[7] = UInt8(checksum.value & 255)
    return stations.1.bytes + stations.0.bytes + [8, 0] + header + message
  }

  @Test func changesAddressesAndMendsChecksums() throws {
    let rewrite = try rewrite()
    var frame = udp(IPv4Address(192, 0, 2, 1), IPv4Address(192, 0, 2, 200), (old.a, old.b))
    rewrite.apply(to: &frame)
    #expect(frame == udp(IPv4Address(10, 1, 2, 129), IPv4Address(192, 0, 2, 200), (new.a, new.b)))
  }

  /// A checksum that was wrong stays so, one that is not there stays away, and a frame that was cut gets
  /// the checksum of the whole one.
  @Test func leavesWhatIsWrongWrong() throws {
    let rewrite = try rewrite()
    let from = IPv4Address(192, 0, 2, 1)
    let to = IPv4Address(192, 0, 2, 2)
    let right = udp(IPv4Address(10, 1, 2, 129), IPv4Address(10, 1, 2, 130), (new.a, new.b))
    var none = udp(from, to, (old.a, old.b))
    (none[40], none[41]) = (0, 0)
    rewrite.apply(to: &none)
    #expect(none[40...41] == [0, 0] && none[0..<40] == right[0..<40])
    var cut = Array(udp(from, to, (old.a, old.b)).prefix(42))
    rewrite.apply(to: &cut)
    #expect(cut == Array(right.prefix(42)))
    var anew = FrameRewrite()
    anew.makesChecksums = true
    anew.apply(to: &none)
    #expect(none == right)
  }

  @Test func changesWhatARPSays() throws {
    func arp(_ stations: (MACAddress, MACAddress), _ from: IPv4Address, _ to: IPv4Address)
      -> [UInt8]
    {
      stations.1.bytes + stations.0.bytes + [8, 6, 0, 1, 8, 0, 6, 4, 0, 2] + stations.0.bytes
        + from.bytes + stations.1.bytes + to.bytes
    }
    var frame = arp(old, IPv4Address(192, 0, 2, 1), IPv4Address(192, 0, 2, 2))
    try rewrite().apply(to: &frame)
    #expect(frame == arp(new, IPv4Address(10, 1, 2, 129), IPv4Address(10, 1, 2, 130)))
    // The sender of all frames is the sender that ARP tells too.
    var all = FrameRewrite()
    all.source = new.b
    all.destination = new.a
    frame = arp(old, IPv4Address(192, 0, 2, 1), IPv4Address(192, 0, 2, 2))
    all.apply(to: &frame)
    #expect(
      frame == arp((new.b, new.a), IPv4Address(192, 0, 2, 1), IPv4Address(192, 0, 2, 2)))
    frame = arp((old.a, .broadcast), IPv4Address(192, 0, 2, 1), IPv4Address(192, 0, 2, 2))
    all.apply(to: &frame)
    #expect(frame == arp((new.b, .broadcast), IPv4Address(192, 0, 2, 1), IPv4Address(192, 0, 2, 2)))
  }

  /// A solicitation: target, its group, the group's station, the option and the checksum.
  @Test func changesNeighborDiscovery() throws {
    func solicitation(_ from: IPv6Address, _ target: IPv6Address, _ station: MACAddress) -> [UInt8]
    {
      let group = target.solicitedNodeMulticast
      var message: [UInt8] =
        [135, 0, 0, 0, 0, 0, 0, 0] + target.bytes + [1, 1] + station.bytes
      var checksum = InternetChecksum(message.rawBytes)
      checksum.addPseudoHeader(
        source: from, destination: group, protocol: .icmpv6, length: message.count)
      message[2] = UInt8(checksum.value >> 8)
      message[3] = UInt8(checksum.value & 255)
      let header: [UInt8] = [0x60, 0, 0, 0, 0, 32, 58, 255] + from.bytes + group.bytes
      return MACAddress.multicast(for: group).bytes + station.bytes + [0x86, 0xdd] + header
        + message
    }
    let from = try #require(IPv6Address("2001:db8::7"))
    let target = try #require(IPv6Address("2001:db8::9"))
    var frame = solicitation(from, target, old.a)
    try rewrite().apply(to: &frame)
    #expect(
      frame
        == solicitation(
          try #require(IPv6Address("fd00:1:2::ff07")), try #require(IPv6Address("fd00:1:2::ff09")),
          new.a))
  }

  @Test func putsTagsInAndTakesThemOut() {
    let plain = udp(IPv4Address(192, 0, 2, 1), IPv4Address(192, 0, 2, 2), old)
    let tag: [UInt8] = [0x81, 0, 0x60, 7]
    let tagged = Array(plain[0..<12]) + tag + Array(plain[12...])
    var rewrite = FrameRewrite()
    rewrite.tag = .set(VLANTag(priority: 3, identifier: 7))
    var frame = plain
    rewrite.apply(to: &frame)
    #expect(frame == tagged)
    frame = Array(plain[0..<12]) + [0x81, 0, 0, 9] + Array(plain[12...])
    rewrite.apply(to: &frame)
    #expect(frame == tagged)
    rewrite.tag = .remove
    frame = Array(plain[0..<12]) + [0x88, 0xa8, 0, 9] + tag + Array(plain[12...])
    rewrite.apply(to: &frame)
    #expect(frame == plain)
  }

  /// Whatever stands in a frame: its length changes by a tag at most, and nothing ends the program.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func bearsAnyBytes(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var rewrite = try rewrite()
    rewrite.source = new.a
    rewrite.makesChecksums = true
    rewrite.tag = .set(VLANTag(identifier: 1))
    let types: [[UInt8]] = [
      [8, 0, 0x45], [8, 6, 0, 1, 8, 0, 6, 4], [0x86, 0xdd, 0x60], [0x81, 0], [],
    ]
    for _ in 0..<2000 {
      let count = Int.random(in: 0...120, using: &random)
      var frame = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      let type = types[Int.random(in: 0..<types.count, using: &random)]
      if count >= 14 + type.count { frame.replaceSubrange(12..<(12 + type.count), with: type) }
      if count >= 34, Bool.random(using: &random) {
        frame[23] = [1, 6, 17, 58][Int(frame[30] & 3)]
      }
      rewrite.apply(to: &frame)
      #expect(frame.count == count || count >= 14 && frame.count == count + 4)
    }
  }
}
