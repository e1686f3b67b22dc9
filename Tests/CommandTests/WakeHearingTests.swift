import CaptureFile
import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// `crimp wake --listen` and `--relay`. Needs root.
@Suite("crimp wake hears", .serialized)
struct WakeHearingTests {
  private let sleeper = "02:00:00:00:00:fe"

  @Test("and tells who woke whom, and of a password only that there is one")
  func listens() throws {
    try withSettledNetwork(usesIPv6: true) { network in
      let running = try network.client.startCrimp("wake", "--listen", "--json", "--count", "4")
      let station = try network.ownerB.interface().hardwareAddress
      let raw = ["etherwake", "-i", "eth0", "-b", "-p", "222.173.190.239", sleeper]
      let script = ["wakeonlan", "-i", "192.0.2.255", "-p", "7", sleeper]
      let group = ["wake", "-i", "eth0", "--repeat", "1", "--to", "ff02::1", sleeper]
      let tagged = ["wake", "-i", "eth0", "--raw", "--vlan", "5", "--repeat", "1", sleeper]
      // Until it listens: there is no sign of that.
      #expect(
        try eventually {
          _ = try network.ownerB.run { try runCrimp(raw) }
          return try running.outputSoFar().contains("magic-packet")
        })
      for arguments in [script, group, tagged] {
        _ = try network.ownerB.run { try runCrimp(arguments) }
      }
      let result = try running.end()
      #expect(result.status == 0, "\(result.errorText)")
      let lines = result.outputLines
      #expect(lines.count == 4)
      #expect(lines.allSatisfy { $0.contains("\"mac\":\"\(sleeper)\"") })
      #expect(lines.allSatisfy { $0.contains("\"sender_mac\":\"\(station)\"") })
      #expect(lines.contains { $0.contains("\"secureon_bytes\":4") && $0.contains("2114") })
      for secret in ["222", "173", "dead", "de:ad"] {
        #expect(!lines[0].contains(secret))
      }
    }
  }

  @Test("in a capture as well, in words")
  func decodesACapture() throws {
    try withSettledNetwork { network in
      try withTemporaryDirectory { directory in
        let path = "\(directory)/seen.pcapng"
        let running = try network.client.startCrimp(
          "wake", "--listen", "-i", "eth0", "--count", "2", "--record", path)
        #expect(
          try eventually {
            _ = try network.ownerB.crimp("wakeonlan", "-i", "192.0.2.255", sleeper)
            return try running.outputSoFar().contains("woken by")
          })
        _ = try network.ownerB.crimp("etherwake", "-b", sleeper)
        let live = try running.end()
        let played = try runCrimp(["wake", "--listen", "--replay", path])
        #expect(played.status == 0, "\(played.errorText)")
        #expect(played.outputText == live.outputText)
        #expect(
          played.outputLines.first?.contains(", UDP to 192.0.2.255 port 9") == true,
          "\(played.outputText)")
      }
    }
  }

  /// `b` has a second interface, behind which the client has its second.
  private func withRelay(_ body: (LaboratoryNetwork, WakeWire) throws -> Void) throws {
    try withSettledNetwork(usesIPv6: true) { network in
      try network.ownerB.tool(
        "ip", "link", "add", "far0", "type", "veth", "peer", "name", "far1", "netns",
        network.client.namespaceName)
      try network.ownerB.tool("ip", "addr", "add", "198.51.100.1/24", "dev", "far0")
      try network.ownerB.tool("ip", "link", "set", "far0", "up")
      try network.client.tool("ip", "link", "set", "far1", "up")
      let far = try WakeWire(at: network.client, on: "far1")
      #expect(try eventually { try network.ownerB.interface("far0").hasCarrier })
      try body(network, far)
    }
  }

  @Test("and passes packets on to another network, as datagrams and as frames")
  func relays() throws {
    try withRelay { network, far in
      let running = try network.ownerB.startCrimp("wake", "--relay", "eth0", "far0")
      #expect(try eventually { try running.outputSoFar().contains("relaying") })
      for arguments in [
        ["wakeonlan", "-i", "192.0.2.255", "02:00:00:00:00:01"],
        ["etherwake", "-b", "-p", "1.2.3.4", "02:00:00:00:00:02"],
      ] {
        _ = try network.ownerA.run { try runCrimp(arguments) }
      }
      #expect(try far.awaits(2))
      running.send(signal: SIGTERM)
      let result = try running.end()
      #expect(result.status == 0, "\(result.errorText)")
      #expect(result.outputText.hasSuffix("2 relayed, 0 not\n"))
      let datagram = try #require(far.seen[0].datagram)
      #expect(datagram.destination == .v4(.broadcast) && datagram.hopLimit == 63)
      #expect(datagram.source == IPAddress("198.51.100.1"))
      #expect(far.seen[1].carrier == .frame(.wakeOnLAN))
      #expect(far.seen[1].packet.password == SecureOnPassword(text: "1.2.3.4"))
      let own = try network.ownerB.interface("far0").hardwareAddress
      #expect(far.seen.allSatisfy { $0.source == own })
    }
  }

  @Test("and nothing goes in circles, nor faster than is allowed")
  func boundsTheRelay() throws {
    try withRelay { network, far in
      let there = try network.ownerB.startCrimp("wake", "--relay", "eth0", "far0")
      let back = try network.ownerB.startCrimp("wake", "--relay", "far0", "eth0")
      // A third, of another host, closes a circle: what comes out at far1 goes back to eth0.
      let across = try network.client.startCrimp("wake", "--relay", "far1", "eth0")
      for relay in [there, back, across] {
        #expect(try eventually { try relay.outputSoFar().contains("relaying") })
      }
      let result = try network.ownerA.crimp(
        "wake", "--raw", "-i", "eth0", "--repeat", "200", "--interval", "0.001", "--rate", "100000",
        sleeper)
      #expect(result.status == 0)
      usleep(300_000)
      try far.collect()
      #expect(!far.seen.isEmpty)
      #expect(far.seen.count <= 5, "\(far.seen.count) of one station")
      for relay in [there, back, across] {
        relay.send(signal: SIGTERM)
        #expect(try relay.end().status == 0)
      }
    }
  }
}
