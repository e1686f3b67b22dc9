import LinkLayer
import Machines
import MonotonicTime
import Testing

@Suite struct AllNodesScanTests {
  private let global = IPv6Address(high: 0x2001_0db8_0000_0000, low: 0x1)

  private var machine: AllNodesScan {
    AllNodesScan(
      from: [Stations.linkLocal, global], identifier: 0x1234, identity: Stations.identity)
  }

  private func report(_ source: IPv6Address, by station: HardwareAddress) -> LinkFrame {
    LinkFrame(
      destination: HardwareAddress(MACAddress.multicast(for: .allMLDv2Routers)), source: station,
      payload: .multicastListenerReport(
        source: source, MulticastListenerReport(joining: [source.solicitedNodeMulticast])))
  }

  @Test func findsHostsByEchoReportAndNeighborDiscovery() throws {
    var machine = machine
    let first = IPv6Address(high: 0xfe80 << 48, low: 0xa)
    let second = IPv6Address(high: 0xfe80 << 48, low: 0xb)
    let heard: [(Duration, LinkFrame)] = [
      (.milliseconds(20), report(second, by: Stations.third)),
      (.milliseconds(30), Stations.advertisement(of: global, by: Stations.third)),
      (.milliseconds(40), Stations.advertisement(of: global, by: Stations.other)),
      (
        .milliseconds(50),
        Stations.solicitation(for: first, from: .unspecified, by: Stations.gateway)
      ),
      (.milliseconds(60), report(second, by: Stations.own)),
    ]
    let transcript = Transcript(of: &machine, hearing: heard) { frame in
      guard case .icmpv6(let packet) = frame.payload,
        case .echoRequest(let identifier, let number, _) = packet.message,
        packet.source.isLinkLocal
      else { return [] }
      func reply(_ identifier: UInt16, from source: IPv6Address) -> LinkFrame {
        LinkFrame(
          destination: Stations.own, source: Stations.other,
          payload: .icmpv6(
            ICMPv6Packet(
              source: source, destination: packet.source,
              message: .echoReply(
                identifier: identifier, sequenceNumber: number, payload: []))))
      }
      // Of another program, from nobody, and the answer.
      return [
        (.milliseconds(1), reply(identifier ^ 1, from: global)),
        (.milliseconds(1), reply(identifier, from: .allNodes)),
        (.milliseconds(2), reply(identifier, from: first)),
      ]
    }
    try transcript.expectGolden("scan-all-nodes")
  }

  /// RFC 3810, section 5.1: what every listener checks of a query, in the bytes that leave.
  @Test func asksForGroupsAsARouterWould() throws {
    var machine = machine
    let frames: [LinkFrame] = machine.start(at: .origin).frames()
    let query = try #require(frames.last)
    guard case .other(.ipv6, let bytes) = query.payload else {
      Issue.record("not a query: \(query)")
      return
    }
    #expect(bytes.count == 40 + 8 + 28 && bytes[6] == 0 && bytes[7] == 1)
    #expect(bytes[4] == 0 && Int(bytes[5]) == bytes.count - 40)
    #expect(Array(bytes[40..<48]) == [58, 0, 5, 2, 0, 0, 1, 0])
    #expect(bytes[48] == 130 && bytes[49] == 0)
    #expect(bytes[52] == 1 && bytes[53] == 44)  // 300 ms
    #expect(Array(bytes[56..<72]) == IPv6Address.unspecified.bytes)
    // The checksum of RFC 8200, section 8.1, over the addresses, the length and the message.
    var sum = 0
    let words = Array(bytes[8..<40]) + [0, 0, 0, 28, 0, 0, 0, 58] + Array(bytes[48...])
    for index in stride(from: 0, to: words.count, by: 2) {
      sum += Int(words[index]) << 8 | Int(words[index + 1])
    }
    while sum > 0xffff { sum = (sum & 0xffff) + (sum >> 16) }
    #expect(sum == 0xffff)
  }

  @Test func remembersABoundedNumberOfHosts() throws {
    var machine = machine
    _ = machine.start(at: .origin)
    var count = 0
    for number in 0..<70_000 as Range<UInt64> {
      let frame = report(IPv6Address(high: 0xfe80 << 48, low: 0x1000 + number), by: Stations.other)
      count += machine.receive(frame, at: .origin).count
    }
    #expect(count == 65_536 && machine.progress.hosts == 65_536)
  }
}
