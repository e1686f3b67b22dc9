import Glibc
import LinkLayer
import Links
import Support
import Testing

/// What an interface takes is asked of the kernel. Needs root and iproute2.
@Suite(
  "A link that joins", .serialized, .enabled(if: isRoot, "needs root (CAP_NET_RAW, namespaces)"))
struct MembershipTests {
  private static let group = MACAddress.multicast(
    for: IPv6Address(high: 0x2001_0db8_0000_0000, low: 0x1_2345).solicitedNodeMulticast)
  private static let virtual = MACAddress(rawValue: 0x0000_5e00_012a)

  private let cable: VethPair

  init() throws { cable = try VethPair() }

  private func takesGroup() throws -> Bool {
    try runTool("ip", ["-n", cable.namespace, "maddr", "show", "dev", "left"]).outputText
      .contains("\(Self.group)")
  }

  /// Beside its own, an interface's further addresses stand among the forwarding entries.
  private func takesVirtual() throws -> Bool {
    try runTool("bridge", ["-n", cable.namespace, "fdb", "show", "dev", "left"]).outputText
      .contains("\(Self.virtual)")
  }

  /// Joins a group and a station's address, again and beside others, and looks before and after.
  private func check(_ link: any Link) throws {
    #expect(try !takesGroup())
    #expect(try !takesVirtual())
    for _ in 0..<2 {
      try link.join(HardwareAddress(Self.group))
      try link.join(HardwareAddress(Self.virtual))
      try link.join(link.properties.hardwareAddress)
      try link.join(link.properties.broadcastAddress)
    }
    #expect(try takesGroup())
    #expect(try takesVirtual())
    try link.close()
    // A child that another test has just started holds the socket until it is another program.
    for _ in 0..<1000 {
      guard try takesGroup() || takesVirtual() else { break }
      usleep(1000)
    }
    #expect(try !takesGroup())
    #expect(try !takesVirtual())
  }

  @Test("makes the interface take a group's frames, and a station's, until it is closed")
  func socket() throws {
    try check(try cable.inside { try PacketSocketLink(cable.left, .sendAndReceive(.nothing)) })
  }

  @Test("does so with a ring, and with libpcap")
  func others() throws {
    try check(try cable.inside { try PacketRingLink(cable.left) })
    // libpcap opens the interface of this thread's namespace; its memberships are held beside.
    try cable.inside { try check(try LibpcapLink(cable.left)) }
  }

  @Test("does so through what is around it")
  func wrapped() throws {
    let link = try cable.inside { try PacketSocketLink(cable.left, .sendAndReceive(.nothing)) }
    try withTemporaryDirectory { directory in
      try check(
        FaultyLink(
          wrapping: try RecordingLink(wrapping: link, path: directory + "/session.pcapng"),
          rules: []))
    }
  }

  @Test("cannot, when it only sends, and need not in memory")
  func sendOnly() throws {
    let link = try cable.inside { try PacketSocketLink(cable.left, .sendOnly) }
    #expect(throws: LinkError.cannotReceive("left")) {
      try link.join(HardwareAddress(Self.group))
    }
    let (left, _) = MemoryLink.pair()
    try left.join(HardwareAddress(Self.group))
  }

  @Test("refuses an address of a length that the interface does not have")
  func wrongLength() throws {
    let link = try cable.inside { try PacketSocketLink(cable.left, .sendAndReceive(.nothing)) }
    let long = try #require(HardwareAddress(bytes: [UInt8](repeating: 1, count: 20)))
    #expect(throws: LinkError.self) { try link.join(long) }
  }
}
