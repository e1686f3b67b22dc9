import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// `crimp links` and `crimp neighbors` say what `ip` says of the same network. Needs root.
@Suite("What the commands see", .serialized)
struct TablesTests {
  @Test("interfaces: MAC, MTU, carrier, addresses, privileges")
  func links() throws {
    try withNetwork(usesIPv6: true) { network in
      let host = network.ownerB
      try host.add(Place.service, length: 24)
      try host.tool("ip", "link", "set", "eth0", "mtu", "1400")
      try host.tool("ip", "link", "add", "idle0", "type", "veth", "peer", "name", "idle1")
      let mac = try host.interface().hardwareAddress

      let text = try host.crimp("links", "eth0")
      #expect(text.status == 0, "\(text.errorText)")
      let first = try #require(text.outputLines.first)
      #expect(first.contains(": eth0 \(mac) mtu 1400 up veth"), "\(first)")
      #expect(text.outputLines.contains("    \(Place.service)/24"))
      #expect(text.outputLines.last == "CAP_NET_RAW: present; every command on a link works")

      let record = try #require(try host.crimp("links", "--json", "eth0").outputLines.first)
      for part in [
        #""name":"eth0""#, #""mac":"\#(mac)""#, #""mtu":1400"#, #""carrier":true"#, #""up":true"#,
        #""arp":true"#, #""broadcast":"ff:ff:ff:ff:ff:ff""#, #""kind":"veth""#, #""net_raw":true"#,
        #"{"address":"\#(Place.service)","duplicate":false,"length":24,"tentative":false}"#,
      ] {
        #expect(record.contains(part), "\(record)")
      }
      // The other end is down: there is nothing at the end of this one.
      try host.tool("ip", "link", "set", "idle0", "up")
      #expect(try host.crimp("links", "idle0").outputText.contains("no carrier"))
      #expect(try host.crimp("links", "idle1").outputText.contains(" down veth"))
      #expect(try host.crimp("links", "lo").outputText.contains("no ARP"))
      // All of them, when none is named.
      let all = try host.crimp("links", "--json").outputLines
      for name in ["lo", "eth0", "idle0", "idle1"] {
        #expect(all.contains { $0.contains(#""name":"\#(name)""#) })
      }
      let shorn = try host.run {
        try runTool("setpriv", ["--bounding-set=-all", "--inh-caps=-all", crimpPath, "links"])
      }
      #expect(shorn.status == 0 && shorn.outputText.contains("CAP_NET_RAW: missing; grant it with"))
    }
  }

  @Test("neighbours: station, state, gateways; of an interface when one is named")
  func neighbors() throws {
    try withNetwork(usesIPv6: true) { network in
      let host = network.ownerB
      try host.add(Place.service, length: 24)
      for (address, state) in [("192.0.2.50", "permanent"), ("192.0.2.51", "stale")] {
        try host.tool(
          "ip", "neighbor", "replace", address, "lladdr", "02:00:00:00:00:50", "dev", "eth0", "nud",
          state)
      }
      try host.tool(
        "ip", "neighbor", "replace", "2001:db8::50", "lladdr", "02:00:00:00:00:51", "dev", "eth0",
        "nud", "permanent", "router")
      try host.tool("ip", "route", "replace", "default", "via", "192.0.2.50", "dev", "eth0")
      let text = try host.crimp("neighbors")
      #expect(text.status == 0, "\(text.errorText)")
      let lines = text.outputLines
      #expect(lines.contains("192.0.2.50 eth0 02:00:00:00:00:50 PERMANENT gateway"), "\(lines)")
      #expect(lines.contains("192.0.2.51 eth0 02:00:00:00:00:50 STALE"), "\(lines)")
      #expect(lines.contains("2001:db8::50 eth0 02:00:00:00:00:51 PERMANENT router"), "\(lines)")
      let records = try host.crimp("neighbors", "--json", "--interface", "eth0").outputLines
      #expect(
        records.contains(
          #"{"address":"192.0.2.51","gateway":false,"interface":"eth0","mac":"02:00:00:00:00:50","#
            + #""router":false,"state":"STALE"}"#), "\(records)")
      #expect(try host.crimp("neighbors", "--interface", "lo").output.isEmpty)
    }
  }
}
