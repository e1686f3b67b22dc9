import ArgumentParser
import Laboratory
import LinkLayer
import Links
import Support
import Testing

@testable import crimp

/// Addresses with their interface, `fe80::1%eth0` (RFC 4007, section 11).
@Suite("An address with its interface", .serialized)
struct ScopedTests {
  @Test("names the interface; a second one must be the same")
  func settings() throws {
    let scoped = try Announce.parse(["fe80::1%eth0", "2001:db8::1"]).request()
    #expect(scoped.link.interface == "eth0")
    #expect(scoped.addresses.map(\.description) == ["fe80::1", "2001:db8::1"])
    let same = try Announce.parse(["-i", "eth0", "fe80::1%eth0", "fe80::2%eth0"]).request()
    #expect(same.link.interface == "eth0")
    #expect(throws: CommandFailure.self) {
      try Announce.parse(["-i", "eth1", "fe80::1%eth0"]).request()
    }
  }

  @Test("is pinged, probed for and announced there, as by --interface; needs root")
  func commands() throws {
    try withNetwork(usesIPv6: true) { network in
      let address = "fe80::5"
      let zoned = "\(address)%eth0"
      try network.client.add(try #require(IPAddress(address)), length: 64)
      // The kernel gives an interface its link-local address a moment after it has its carrier.
      let isReady = try eventually {
        try network.ownerB.tables.addresses().contains { entry in
          entry.address.isIPv6 && entry.address.isLinkLocal && !entry.isTentative
        }
      }
      #expect(isReady)
      let ping = try network.ownerB.crimp("ping", "-c", "1", zoned)
      #expect(ping.status == 0, "\(ping.errorText)")
      let probe = try network.ownerB.crimp("probe", "--fast", zoned)
      #expect(probe.status == 1, "\(probe.errorText)")
      #expect(probe.outputText.hasPrefix("\(address) is in use by "))
      let announce = try network.ownerB.crimp("announce", "-c", "1", "--force", zoned)
      #expect(announce.status == 0, "\(announce.errorText)")
      #expect(announce.outputText == "announced \(address) on eth0, round 1\n")
      let gone = try network.ownerB.crimp("ping", "-c", "1", "\(address)%nosuch0")
      #expect(gone.status == 69)
    }
  }
}
