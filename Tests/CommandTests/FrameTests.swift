import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// What the commands send, judged by tshark and tcpdump: they must find nothing to remark on. Needs root.
@Suite("Every frame", .serialized)
struct FrameTests {
  /// Runs commands while tcpdump listens at the client, and lends the capture.
  private func captured(
    in network: LaboratoryNetwork, _ commands: [[String]], _ body: (String) throws -> Void
  ) throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/wire.pcap"
      let capture = try network.client.run {
        try RunningTool(
          "tcpdump", ["-i", "eth0", "-U", "--immediate-mode", "-Z", "root", "-w", path])
      }
      // The file's header stands there once the socket is open.
      #expect(eventually { (try? readFile(path).count) ?? 0 >= 24 })
      for arguments in commands {
        _ = try network.ownerB.run { try runCrimp(arguments) }
      }
      // The last frame, by which all others are known to be there.
      _ = try network.ownerB.crimp("ping", "-c", "1", "--timeout", "0.1", "192.0.2.222")
      #expect(try eventually { try captures("192.0.2.222", in: path) })
      capture.send(signal: 15)
      _ = try capture.end()
      try body(path)
    }
  }

  private func captures(_ text: String, in path: String) throws -> Bool {
    try runTool("tcpdump", ["-nr", path]).outputText.contains(text)
  }

  private func own(_ network: LaboratoryNetwork) throws -> String {
    "eth.src == \(try network.ownerB.interface().hardwareAddress)"
  }

  /// The words in which tcpdump says that bytes are missing, wrong or not understood.
  private static let complaints = [
    "[|", "[bad ", "bad cksum", "invalid", "incorrect", "wrong", "truncated", "malformed",
    "illegal",
    "bogus", "bad-", "missing",
  ]

  @Test("is decoded by tshark and tcpdump without a complaint, with the right checksum")
  func decodes() throws {
    try withNetwork(usesIPv6: true) { network in
      for (address, length) in [(Place.service, 24), (Place.service6, 64)] {
        try network.ownerB.add(address, length: length)
      }
      let mac = try network.client.interface().hardwareAddress
      let commands = [
        ["announce", "-c", "1", "--confirm", "\(Place.service)", "\(Place.service6)"],
        ["announce", "-c", "1", "--new", "\(Place.service6)"],
        ["announce", "-c", "1", "--vlan", "5,3", "\(Place.service)", "\(Place.service6)"],
        ["probe", "--fast", "-i", "eth0", "192.0.2.200", "2001:db8::200"],
        ["ping", "-c", "1", "\(Place.client)", "\(Place.client6)"],
        ["ping", "-c", "1", "-i", "eth0", "--destination", "\(Place.client)", "\(mac)"],
        ["probe", "--fast", "--claim", "-i", "eth0", "192.0.2.201", "2001:db8::201"],
        ["scan", "-i", "eth0", "--timeout", "0.05", "192.0.2.0/29"],
        ["scan", "-6", "-i", "eth0", "--timeout", "0.05"],
        ["wake", "--raw", "-i", "eth0", "--repeat", "1", "02:00:00:00:00:fe"],
        ["wake", "--raw", "--vlan", "5,3", "-i", "eth0", "--repeat", "1", "02:00:00:00:00:fe"],
        // With a tag datagrams are frames of our own; without, the kernel makes them.
        ["wake", "-i", "eth0", "--vlan", "5", "--to", "192.0.2.255", "02:00:00:00:00:fe"],
        ["wake", "-i", "eth0", "--vlan", "5", "--to", "ff02::1", "02:00:00:00:00:fe"],
      ]
      try captured(in: network, commands) { path in
        let station = try network.ownerB.interface().hardwareAddress
        let decoded = try runTool("tcpdump", ["-tnvvvr", path, "ether", "src", "\(station)"])
        #expect(decoded.status == 0 && decoded.outputLines.count > 40, "\(decoded.errorText)")
        for line in decoded.outputLines {
          #expect(!Self.complaints.contains { line.lowercased().contains($0) }, "\(line)")
        }
        let complaints = try runTool(
          "tshark",
          [
            "-n", "-r", path, "-o", "ip.check_checksum:TRUE", "-Y",
            "\(try own(network)) && (_ws.expert.severity >= 4194304 || _ws.malformed"
              + " || icmpv6.checksum.status == 0 || icmp.checksum.status == 0"
              + " || ip.checksum.status == 0)",
          ])
        #expect(complaints.status == 0, "\(complaints.errorText)")
        #expect(complaints.outputText.isEmpty, "\(complaints.outputText)")
      }
    }
  }

  @Test("is as long as Ethernet asks for: 60 bytes, 64 with a tag")
  func isLongEnough() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      let commands = [
        ["announce", "-c", "1", "\(Place.service)"],
        ["announce", "-c", "1", "--vlan", "5", "\(Place.service)"],
      ]
      try captured(in: network, commands) { path in
        let lengths = try runTool(
          "tshark",
          [
            "-n", "-r", path, "-Y", "arp && \(try own(network))", "-T", "fields", "-e", "vlan.id",
            "-e", "frame.len",
          ])
        #expect(lengths.status == 0, "\(lengths.errorText)")
        #expect(Set(lengths.outputText.split(separator: "\n")) == ["\t60", "5\t64"])
      }
    }
  }
}
