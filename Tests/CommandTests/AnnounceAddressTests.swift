import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// Which addresses `crimp announce` announces, and how many. Needs root.
@Suite("crimp announce, whose addresses", .serialized)
struct AnnounceAddressTests {
  @Test("every address of the interface with --all, IPv4 and IPv6 alike")
  func all() throws {
    try withNetwork(usesIPv6: true) { network in
      try network.ownerB.add(Place.service, length: 24)
      try network.ownerB.add(Place.service6, length: 64)
      let wire = try Wire(at: network.client)
      let result = try network.ownerB.crimp("announce", "--all", "-i", "eth0", "-c", "1")
      #expect(result.status == 0)
      for address in ["192.0.2.3", "192.0.2.100"].compactMap({ IPAddress($0) }) {
        #expect(try wire.awaits { $0.requests(for: address).count == 1 }, "\(address)")
      }
      for address in ["2001:db8::3", "2001:db8::100"].compactMap({ IPAddress($0) }) {
        #expect(try wire.awaits { $0.advertisements(of: address).count == 1 }, "\(address)")
      }
    }
  }

  @Test("an address of another host is refused, and announced with --force")
  func refusesForeignAddress() throws {
    try withNetwork { network in
      let wire = try Wire(at: network.client)
      let refused = try network.ownerB.crimp("announce", "-i", "eth0", "\(Place.service)")
      #expect(refused.status == 69)
      #expect(
        refused.errorText
          == "crimp: \(Place.service) is not an address of this host: "
          + "expected one, or --force for another's\n"
      )
      #expect(try wire.collect().isEmpty)
      let forced = try network.ownerB.crimp(
        "announce", "-i", "eth0", "--force", "-c", "1", "\(Place.service)")
      #expect(forced.status == 0)
      #expect(try wire.awaits { $0.requests(for: Place.service).count == 1 })
    }
  }

  @Test("ten thousand addresses go in one process, each of them once, at the pace asked for")
  func manyAddresses() throws {
    try withNetwork { network in
      let wire = try Wire(at: network.client)
      let addresses = (0..<10_000).map { "198.18.\($0 / 256).\($0 % 256)" }
      let running = try network.ownerB.run {
        try RunningTool(
          crimpPath,
          [
            "announce", "-i", "eth0", "--force", "--foreground", "-q", "-c", "1", "--no-reply",
            "--no-directed", "--rate", "20000",
          ] + addresses)
      }
      #expect(try wire.awaits(within: 60) { $0.count >= addresses.count })
      #expect(try running.end().status == 0)
      let announced = Set(
        try wire.collect().compactMap { $0.arp?.senderProtocolAddress.description })
      #expect(announced == Set(addresses))
      #expect(wire.seen.count == addresses.count)
    }
  }

  @Test("thousands of addresses come from a file")
  func addressesFile() throws {
    try withNetwork { network in
      let wire = try Wire(at: network.client)
      let addresses = (0..<3000).compactMap { IPAddress("10.\($0 / 250).0.\($0 % 250 + 1)") }
      try withTemporaryDirectory { directory in
        let path = "\(directory)/addresses"
        let lines = ["# the farm"] + addresses.map(\.description)
        try writeFile(path, Array(lines.joined(separator: "\n").utf8))
        let result = try network.ownerB.crimp(
          "announce", "-i", "eth0", "-c", "1", "--force", "--no-reply", "--no-directed",
          "--addresses-file", path, "\(Place.service)")
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.outputText == "announced 3001 addresses on eth0, round 1\n")
        let last = try #require(addresses.last)
        #expect(try wire.awaits { !$0.requests(for: last).isEmpty })
      }
    }
  }

  /// Nobody's address at all: a service that another one answers for must be announced from somewhere.
  @Test("no address on the interface is needed, for either family")
  func withoutAddress() throws {
    try withNetwork(usesIPv6: true) { network in
      try network.ownerB.tool("ip", "address", "flush", "dev", "eth0")
      let wire = try Wire(at: network.client)
      let result = try network.ownerB.crimp(
        "announce", "-i", "eth0", "--force", "-c", "1", "\(Place.service)", "\(Place.service6)")
      #expect(result.status == 0, "\(result.errorText)")
      #expect(
        try wire.awaits {
          $0.requests(for: Place.service).count == 1 && $0.replies(for: Place.service).count == 1
            && !$0.advertisements(of: Place.service6).isEmpty
        })
    }
  }
}
