import EventLoop
import LinkLayer
import Links
import Support
import Testing

/// What the start of a failover hook asks in place of the tables says the same as they do.
@Suite(.serialized) struct NetlinkOneAddressTests {
  @Test func addressesOfThisHostMayBeUsed() throws {
    let bed = try NetlinkTestBed("ow")
    try bed.ip("link add e0 type veth peer name e1")
    try bed.ip("link set e0 up")
    try bed.ip("link set e1 up")
    try bed.ip("addr add 192.0.2.1/24 dev e0")
    try bed.ip("addr add 192.0.2.2/24 dev e0")
    try bed.ip("addr add 192.0.2.100/32 dev e1")
    try bed.ip("addr add 2001:db8::1/64 dev e0 nodad")
    let tables = try bed.tables()
    for own in ["192.0.2.1", "192.0.2.2", "192.0.2.100", "2001:db8::1"] {
      #expect(try tables.interfaceIndex(ofUsable: IPAddress(spelt: own)) != nil, "\(own)")
    }
    for other in [
      "192.0.2.3", "192.0.2.255", "198.51.100.1", "0.0.0.0", "127.0.0.5", "224.0.0.1",
      "255.255.255.255", "2001:db8::2", "::", "ff02::1",
    ] {
      #expect(try tables.interfaceIndex(ofUsable: IPAddress(spelt: other)) == nil, "\(other)")
    }
  }

  /// With `ip_nonlocal_bind`, as load balancers have it, a socket may be bound to any address.
  @Test func whatMayBeBoundIsNotOwnedForThat() throws {
    let bed = try NetlinkTestBed("nb")
    try bed.ip("link set lo up")
    let settings = ["net.ipv4.ip_nonlocal_bind=1", "net.ipv6.ip_nonlocal_bind=1"]
    let set = try runTool("ip", ["netns", "exec", bed.names[0], "sysctl", "-qw"] + settings)
    #expect(set.status == 0, "\(set.errorText)")
    let tables = try bed.tables()
    #expect(try tables.interfaceIndex(ofUsable: IPAddress(spelt: "192.0.2.1")) == nil)
    #expect(try tables.interfaceIndex(ofUsable: IPAddress(spelt: "2001:db8::1")) == nil)
  }

  /// A whole network may be delivered here (`ip route add local`): that makes none of it an address.
  @Test func aNetworkThatIsDeliveredHereIsNoAddress() throws {
    let bed = try NetlinkTestBed("an")
    try bed.ip("link set lo up")
    try bed.ip("route add local 198.51.100.0/24 dev lo")
    #expect(try bed.tables().interfaceIndex(ofUsable: IPAddress(spelt: "198.51.100.1")) == nil)
  }

  @Test func anAddressUnderDetectionMayNotBeUsedYet() throws {
    let bed = try NetlinkTestBed("te")
    try bed.ip("link add e0 type veth peer name e1")
    try bed.ip("link set e0 up")
    // Without a carrier, detection does not begin.
    try bed.ip("addr add 2001:db8::1/64 dev e0")
    #expect(try bed.tables().interfaceIndex(ofUsable: IPAddress(spelt: "2001:db8::1")) == nil)
  }

  @Test func anEthernetInterfaceIsToldAlikeByIoctl() throws {
    let bed = try NetlinkTestBed("io")
    try bed.ip("link add e0 type veth peer name e1")
    try bed.ip("link set e0 up mtu 1400")
    try bed.ip("link set e1 up")
    try bed.ip("link set lo up")
    try bed.ip("link property add dev e0 altname other")
    let tables = try bed.tables()
    try bed.namespace().run {
      for name in ["e0", "lo"] {
        #expect(try eventually { try tables.interface(named: name).hasCarrier })
        let told = try #require(Interface(ethernet: name))
        let known = try tables.interface(named: name)
        #expect(told.index == known.index && told.name == known.name && told.mtu == known.mtu)
        #expect(told.hardwareType == known.hardwareType)
        #expect(told.hardwareAddress == known.hardwareAddress)
        #expect(told.broadcastAddress == known.broadcastAddress)
        #expect(told.isUp && told.hasCarrier == known.hasCarrier)
        #expect(told.usesNeighborDiscovery == known.usesNeighborDiscovery)
      }
      for name in ["other", "nosuch", "averyveryverylongname", ""] {
        #expect(Interface(ethernet: name) == nil, "\(name)")
      }
    }
  }
}
