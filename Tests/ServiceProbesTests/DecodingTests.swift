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

  @Test(arguments: expected.indices)
  func `is well formed`(_ row: Int) throws {
    let (service, port, attempt, protocols) = Self.expected[row]
    let request = service.request(attempt: attempt, nonce: Self.nonce)
    let dump = "0000 " + request.map { String($0, radix: 16).leftPadded }.joined(separator: " ")
    try withTemporaryDirectory { directory in
      try writeFile("\(directory)/dump", Array((dump + "\n").utf8))
      let capture = "\(directory)/capture"
      let packed = try runTool(
        "text2pcap", ["-q", "-u", "40000,\(port)", "\(directory)/dump", capture])
      try #require(packed.status == 0, "\(packed.errorText)")
      // 4433 is not DTLS's registered port, and tshark guesses no service there.
      let run = try runTool(
        "tshark",
        [
          "-n", "-r", capture, "-d", "udp.port==4433,dtls", "-T", "fields", "-e",
          "frame.protocols", "-e", "_ws.malformed", "-e", "_ws.expert.message",
        ])
      let fields = (run.outputLines.first ?? "").split(
        separator: "\t", omittingEmptySubsequences: false)
      #expect(
        fields.first == "raw:ip:udp:\(protocols)"
          || fields.first == "eth:ethertype:ip:udp:\(protocols)")
      // SSDP's line is repeated as a remark, and of a version of QUIC that nobody has no dissector
      // knows what follows the identifiers.
      guard service != .ssdp, service != .quic else { return }
      let remarks = fields.dropFirst().filter { !$0.isEmpty }
      #expect(remarks.isEmpty)
    }
  }
}

extension String {
  fileprivate var leftPadded: String { count < 2 ? "0" + self : self }
}
