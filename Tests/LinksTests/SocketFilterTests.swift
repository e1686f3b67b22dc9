import CLinux
import Glibc
import LinkLayer
import Support
import Testing

@testable import Links

@Suite("Socket filters")
struct SocketFilterTests {
  static let arp = frame(type: 0x0806, payload: arpPayload())
  static let ipv4 = frame(type: 0x0800, payload: [0x45] + [UInt8](repeating: 0, count: 39))

  /// An IPv6 packet with an ICMPv6 message of this type.
  static func icmpv6(_ type: UInt8, nextHeader: UInt8 = 58) -> [UInt8] {
    frame(
      type: 0x86dd,
      payload: [0x60, 0, 0, 0, 0, 24, nextHeader, 255] + [UInt8](repeating: 0, count: 32)
        + [type] + [UInt8](repeating: 0, count: 23))
  }

  @Test("take what they are asked for and nothing else")
  func kinds() {
    #expect(SocketFilter.accepting(.arp).accepts(Self.arp))
    #expect(!SocketFilter.accepting(.arp).accepts(Self.ipv4))
    #expect(SocketFilter.accepting(.etherType(.ipv4)).accepts(Self.ipv4))
    #expect(SocketFilter.everything.accepts(Self.ipv4))
    #expect(!SocketFilter.nothing.accepts(Self.arp))
  }

  @Test(
    "know neighbour discovery by its five types (RFC 4861, 4)",
    arguments: [(128, false), (132, false), (133, true), (135, true), (137, true), (138, false)])
  func neighborDiscovery(type: UInt8, isTaken: Bool) {
    #expect(
      SocketFilter.accepting(.neighborDiscovery).accepts(Self.icmpv6(type)) == isTaken)
  }

  @Test("do not take multicast listener reports, which stand behind a hop-by-hop header")
  func listenerReport() {
    let report = Self.icmpv6(143, nextHeader: 0)
    #expect(!SocketFilter.addressResolution().accepts(report))
  }

  /// An ICMPv6 message of this type behind a hop-by-hop header of 8 bytes.
  static func listener(_ type: UInt8) -> [UInt8] {
    var packet = icmpv6(0, nextHeader: 0)
    packet[54] = 58
    packet[62] = type
    return packet
  }

  @Test(
    "take multicast listener reports of both versions for what they are",
    arguments: [(130, false), (131, true), (132, true), (143, true), (135, false)])
  func listenerReports(type: UInt8, isTaken: Bool) {
    let filter = SocketFilter.accepting(.multicastListener)
    #expect(filter.accepts(Self.listener(type)) == isTaken)
    #expect(!filter.accepts(Self.icmpv6(143)) && !filter.accepts(Self.arp))
  }

  @Test("take ARP behind LLC and SNAP, and no other LLC")
  func arpOverSNAP() {
    let filter = SocketFilter.accepting(.arpOverSNAP)
    let packet = [0xaa, 0xaa, 3, 0, 0, 0, 8, 6] + arpPayload()
    #expect(filter.accepts(frame(type: 36, payload: packet)))
    #expect(
      !filter.accepts(frame(type: 36, payload: [0xaa, 0xaa, 3, 0, 0, 0, 8, 0] + packet)))
    #expect(!filter.accepts(Self.arp))
  }

  /// An echo message of `type` with this identifier, and what a filter must not mistake for it.
  static func icmp(
    _ type: UInt8, identifier: UInt16 = 0x1234, version: UInt8 = 0x45, fragment: UInt8 = 0
  ) -> [UInt8] {
    let header: [UInt8] =
      [version, 0, 0, 28, 0, 0, fragment, 0, 64, 1] + [UInt8](repeating: 0, count: 10)
    let marks = [UInt8(identifier >> 8), UInt8(identifier & 0xff)]
    return frame(type: 0x0800, payload: header + [type, 0, 0, 0] + marks + [0, 1])
  }

  @Test("take the echo replies of one identifier, and no other ICMP")
  func echoReplies() {
    let filter = SocketFilter.accepting(
      .arp, .icmpEchoReply(identifier: 0x1234), .icmpv6EchoReply(identifier: 0))
    #expect(filter.accepts(Self.icmp(0)))
    #expect(filter.accepts(Self.icmpv6(129)))
    #expect(filter.accepts(Self.arp))
    for other in [
      Self.icmp(8), Self.icmp(0, identifier: 0x1235), Self.icmp(0, version: 0x46),
      Self.icmp(0, fragment: 0x20), Self.icmpv6(128), Self.icmpv6(135),
      Self.icmpv6(129, nextHeader: 0),
    ] {
      #expect(!filter.accepts(other))
    }
    #expect(!SocketFilter.accepting(.icmpv6EchoReply(identifier: 1)).accepts(Self.icmpv6(129)))
    let whole = Self.icmp(0).prefix(40)
    for count in 0..<whole.count { #expect(!filter.accepts(Array(whole.prefix(count)))) }
  }

  @Test("take UDP to a port, over both versions of IP")
  func udpPort() {
    let filter = SocketFilter.accepting(.udpPort(9))
    let ports: [UInt8] = [0x9c, 0x40, 0, 9]
    let ipv4: [UInt8] = [0x45, 0, 0, 130, 0, 0, 0x40, 0, 64, 17] + [UInt8](repeating: 0, count: 10)
    let ipv6: [UInt8] = [0x60, 0, 0, 0, 0, 110, 17, 64] + [UInt8](repeating: 0, count: 32)
    let rest = [UInt8](repeating: 0, count: 40)
    #expect(filter.accepts(frame(type: 0x0800, payload: ipv4 + ports + rest)))
    #expect(filter.accepts(frame(type: 0x86dd, payload: ipv6 + ports + rest)))
    #expect(!filter.accepts(frame(type: 0x86dd, payload: ipv4 + ports + rest)))
    #expect(!filter.accepts(frame(type: 0x0800, payload: ipv4 + [0, 9, 0, 7] + rest)))
    // Protocol, "more fragments", the low byte of the fragment offset.
    for (index, byte) in [(9, 6), (6, 0x20), (7, 1)] as [(Int, UInt8)] {
      var other = ipv4
      other[index] = byte
      #expect(!filter.accepts(frame(type: 0x0800, payload: other + ports + rest)))
    }
  }

  @Test("find an address as sender or target of an ARP packet")
  func concerning() {
    let filter = SocketFilter.accepting(.arpConcerning(IPv4Address(rawValue: 0xc000_0207)))
    let other: [UInt8] = [192, 0, 2, 9]
    let wanted: [UInt8] = [192, 0, 2, 7]
    let cases = [(wanted, other, true), (other, wanted, true), (other, other, false)]
    for (sender, target, isTaken) in cases {
      let bytes = frame(type: 0x0806, payload: arpPayload(sender: sender, target: target))
      #expect(filter.accepts(bytes) == isTaken)
    }
  }

  @Test("tell ARP replies from requests")
  func operation() {
    let filter = SocketFilter.accepting(.arpOperation(.reply))
    #expect(!filter.accepts(Self.arp))
    #expect(filter.accepts(frame(type: 0x0806, payload: arpPayload(operation: 2))))
  }

  @Test(
    "listen to one VLAN",
    arguments: [
      (TagChoice.untagged, [true, true, false, false]),
      (.identifier(5), [false, false, true, false]),
      (.identifier(257), [false, false, false, true]),
      (.any, [true, true, true, true]),
    ])
  func tags(choice: TagChoice, taken: [Bool]) {
    let filter = SocketFilter.accepting(.arp, tag: choice)
    let tags: [[[UInt8]]] = [[], [tag(0, priority: 6)], [tag(5)], [tag(257)]]
    let frames = tags.map { frame(tags: $0, type: 0x0806, payload: arpPayload()) }
    #expect(frames.map { filter.accepts($0) } == taken)
  }

  @Test("read InfiniBand frames, whose header and addresses are longer")
  func infiniBand() {
    let filter = SocketFilter.accepting(
      .arpConcerning(IPv4Address(rawValue: 0xc000_0207)), framing: .ipoib)
    let address = [UInt8](repeating: 1, count: 20)
    let packet: [UInt8] =
      [0, 32, 8, 0, 20, 4, 0, 1] + address + [192, 0, 2, 7] + address + [192, 0, 2, 8]
    #expect(filter.accepts((address + [8, 6, 0, 0] + packet)))
    #expect(!filter.accepts((address + [8, 0, 0, 0] + packet)))
  }

  @Test("refuse every cut of a frame that ends before a byte they look at")
  func cut() {
    let filter = SocketFilter.accepting(.arpConcerning(IPv4Address(rawValue: 0xc000_0202)))
    #expect(filter.accepts(Self.arp))
    for count in 0..<Self.arp.count {
      #expect(!filter.accepts(Array(Self.arp.prefix(count))))
    }
  }

  @Test("decide here as they decide in the kernel")
  func kernelAgrees() throws {
    let filters: [SocketFilter] = [
      .accepting(.arp), .accepting(.neighborDiscovery), .addressResolution(),
      .accepting(.arpConcerning(IPv4Address(rawValue: 0xc000_0201)), .icmp),
      .accepting(.arpOperation(.reply), tag: .any),
      .accepting(.icmpEchoReply(identifier: 1), .icmpv6EchoReply(identifier: 1)),
      .accepting(.arp, tag: .identifier(5)), .accepting(.arp, framing: .ipoib),
    ]
    var generator = SeededGenerator(seed: 11)
    for filter in filters {
      let judge = try KernelJudge(filter)
      for _ in 0..<300 {
        let frame = Self.random(using: &generator)
        #expect(
          judge.accepts(frame) == filter.accepts(frame, untagging: false),
          "\(filter) \(frame)")
      }
    }
  }

  @Test("never trap, whatever the program and the frame")
  func randomPrograms() {
    var generator = SeededGenerator(seed: 12)
    for _ in 0..<20_000 {
      let instructions = (0..<Int.random(in: 0...8, using: &generator)).map { _ in
        SocketFilter.Instruction(
          code: UInt16.random(in: 0...0x1ff, using: &generator),
          jumpTrue: UInt8.random(in: 0...4, using: &generator),
          jumpFalse: UInt8.random(in: 0...4, using: &generator),
          operand: Bool.random(using: &generator)
            ? UInt32.random(in: 0...64, using: &generator)
            : UInt32.random(in: 0 ... .max, using: &generator))
      }
      let filter = SocketFilter(instructions: instructions)
      _ = filter.accepts(Self.random(using: &generator))
    }
  }

  /// A frame near the interesting ones: one of them, some bytes changed, perhaps cut.
  private static func random(using generator: inout SeededGenerator) -> [UInt8] {
    let seeds = [
      arp, ipv4, icmpv6(135), frame(tags: [tag(5)], type: 0x0806, payload: arpPayload()),
    ]
    var bytes = seeds.randomElement(using: &generator) ?? []
    for _ in 0..<Int.random(in: 0...2, using: &generator) {
      let position = Int.random(in: 0..<bytes.count, using: &generator)
      bytes[position] = UInt8.random(in: 0...255, using: &generator)
    }
    guard Int.random(in: 0..<4, using: &generator) == 0 else { return bytes }
    return Array(bytes.prefix(Int.random(in: 1...bytes.count, using: &generator)))
  }
}

/// A datagram socket that holds a filter: what arrives was accepted by the kernel. Needs no
/// privilege.
private final class KernelJudge {
  private var ends: [Int32] = [-1, -1]

  init(_ filter: SocketFilter) throws {
    _ = socketpair(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0, &ends)
    try PacketSocket.attach(filter, to: ends[1])
  }

  deinit {
    for end in ends { close(end) }
  }

  func accepts(_ frame: [UInt8]) -> Bool {
    send(ends[0], frame, frame.count, Int32(MSG_DONTWAIT))
    var buffer = [UInt8](repeating: 0, count: 2048)
    return recv(ends[1], &buffer, buffer.count, Int32(MSG_DONTWAIT)) > 0
  }
}
