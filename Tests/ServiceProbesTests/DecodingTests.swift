import CaptureFile
import LinkLayer
import ServiceProbes
import Support
import Testing

/// What each question is, in the words of an independent dissector.
@Suite struct `Questions, as tshark reads them` {
  private static let nonce: UInt64 = 0x1122_3344_5566_7788

  /// The service, its port, which question, and the protocols that tshark sees in the datagram.
  static let expected: [(DatagramService, UInt16, Int, String)] = [
    (.dns, 53, 0, "dns"), (.mdns, 5353, 0, "mdns"), (.ntp, 123, 0, "ntp"),
    (.snmp, 161, 0, "snmp"), (.snmp, 161, 1, "snmp"), (.sip, 5060, 0, "sip"),
    (.stun, 3478, 0, "stun"), (.tftp, 69, 0, "tftp"), (.memcached, 11211, 0, "memcache"),
    (.ssdp, 1900, 0, "ssdp"), (.quic, 443, 0, "quic"), (.dtls, 4433, 0, "dtls"),
    (.coap, 5683, 0, "coap"), (.portmapper, 111, 0, "rpc"), (.nfs, 2049, 0, "rpc"),
    (.openvpn, 1194, 0, "openvpn"), (.netbios, 137, 0, "nbns"),
  ]

  @Test func `every service has its row`() {
    #expect(Set(Self.expected.map { $0.0 }) == Set(DatagramService.allCases))
  }

  /// What tshark sees in the questions, each in a packet of its own, asked once: tshark takes half a second
  /// to start.
  private static let seen = Result {
    try withTemporaryDirectory { directory in
      let capture = "\(directory)/capture.pcap"
      let writer = PcapWriter(linkType: .raw)
      var bytes: [UInt8] = []
      writer.appendHeader(to: &bytes)
      for (row, (service, port, attempt, _)) in expected.enumerated() {
        let packet = UDPPacket(
          hosts: .v4(
            source: IPv4Address(rawValue: 0xc000_0201),
            destination: IPv4Address(rawValue: 0xc000_0202)),
          sourcePort: 40000 + UInt16(row), destinationPort: port,
          payload: service.request(attempt: attempt, nonce: nonce))
        try writer.append(
          packet.bytes.rawBytes, at: CaptureTimestamp(seconds: Int64(row), nanoseconds: 0),
          to: &bytes)
      }
      try writeFile(capture, bytes)
      // 4433 is not DTLS's registered port, and tshark guesses no service there.
      let run = try runTool(
        "tshark",
        [
          "-n", "-r", capture, "-d", "udp.port==4433,dtls", "-T", "fields", "-e",
          "frame.protocols", "-e", "_ws.malformed", "-e", "_ws.expert.message",
        ])
      try #require(run.status == 0, "\(run.errorText)")
      return run.outputLines
    }
  }

  @Test(arguments: expected.indices)
  func `is well formed`(_ row: Int) throws {
    let (service, _, _, protocols) = Self.expected[row]
    let lines = try Self.seen.get()
    try #require(lines.count == Self.expected.count)
    let fields = lines[row].split(separator: "\t", omittingEmptySubsequences: false)
    #expect(fields.first == "raw:ip:udp:\(protocols)")
    // SSDP's line is repeated as a remark, and of a version of QUIC that nobody has no dissector
    // knows what follows the identifiers.
    guard service != .ssdp, service != .quic else { return }
    let remarks = fields.dropFirst().filter { !$0.isEmpty }
    #expect(remarks.isEmpty)
  }
}
