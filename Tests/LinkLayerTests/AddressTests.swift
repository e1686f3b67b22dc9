import LinkLayer
import Support
import Testing

@Suite struct MACAddressTests {
  @Test(arguments: [
    "00:1b:21:0a:bc:9d", "00-1B-21-0A-BC-9D", "001b.210a.bc9d", "0:1b:21:a:bc:9d", "001b210abc9d",
  ])
  func readsEveryUsualForm(_ text: String) {
    #expect(MACAddress(text) == MACAddress(rawValue: 0x001b_210a_bc9d))
  }

  @Test(arguments: [
    "", ":", "00:1b:21:0a:bc", "00:1b:21:0a:bc:9d:00", "00:1b:21:0a:bc:", "00:1b-21:0a:bc:9d",
    "00:1b:21:0a:bc:9g", "00:1b:21:0a:bc:09d", "001b.210a", "001b.210a.bc9d.0000", "1b210abc9d",
    " 00:1b:21:0a:bc:9d", "00:1b:21:0a:bc:9d ", "00:1b:21:0a:bc:+9", "００:1b:21:0a:bc:9d",
  ])
  func refuses(_ text: String) {
    #expect(MACAddress(text) == nil)
  }

  @Test func writesLowerCaseWithColons() {
    #expect(MACAddress(0, 0x1b, 0x21, 0x0a, 0xbc, 0x9d).description == "00:1b:21:0a:bc:9d")
    #expect(MACAddress.broadcast.description == "ff:ff:ff:ff:ff:ff")
  }

  @Test func knowsGroupsAndWhoGaveTheAddress() {
    #expect(MACAddress.broadcast.isMulticast && MACAddress.broadcast.isBroadcast)
    #expect(!MACAddress.zero.isMulticast)
    #expect(MACAddress.alice.isLocallyAdministered && !MACAddress.alice.isMulticast)
    #expect(!MACAddress(0, 0x1b, 0x21, 0, 0, 0).isLocallyAdministered)
  }

  /// RFC 1112, section 6.4, and RFC 2464, section 7.
  @Test func mapsGroupsOfIP() {
    #expect(
      MACAddress.multicast(for: IPv4Address(239, 255, 1, 2)).description == "01:00:5e:7f:01:02")
    #expect(MACAddress.multicast(for: .allNodes).description == "33:33:00:00:00:01")
    #expect(
      MACAddress.multicast(for: IPv6Address.bob.solicitedNodeMulticast).description
        == "33:33:ff:00:00:02")
  }

  @Test func ignoresBitsBeyond48() {
    #expect(MACAddress(rawValue: .max) == .broadcast)
  }

  @Test func holdsTheBytesOfTheWire() {
    #expect(MACAddress.alice.bytes == [2, 0, 0, 0, 0, 10])
    #expect(MACAddress(bytes: [2, 0, 0, 0, 0, 10]) == .alice)
    #expect(MACAddress(bytes: [2, 0, 0, 0, 0]) == nil)
    #expect(MACAddress.alice < MACAddress.bob)
  }
}

@Suite struct HardwareAddressTests {
  @Test func holdsUpTo32Bytes() throws {
    for count in 0...32 {
      let bytes = (0..<count).map { UInt8(255 - $0) }
      let address = try #require(HardwareAddress(bytes: bytes))
      #expect(address.count == count)
      #expect(address.bytes == bytes)
      #expect(address == HardwareAddress(bytes.rawBytes))
      #expect(HardwareAddress(address.description) == address)
    }
    #expect(HardwareAddress(bytes: [UInt8](repeating: 1, count: 33)) == nil)
  }

  @Test func tellsLengthsApart() {
    #expect(HardwareAddress(bytes: [0]) != HardwareAddress(bytes: [0, 0]))
    #expect(HardwareAddress() == HardwareAddress(bytes: []))
  }

  @Test func isAnEthernetAddressWithSixBytes() {
    #expect(HardwareAddress(.alice).macAddress == .alice)
    #expect(HardwareAddress(.alice).bytes == MACAddress.alice.bytes)
    #expect(HardwareAddress(bytes: [1, 2, 3])?.macAddress == nil)
  }

  @Test func resizes() {
    let address = HardwareAddress(.alice)
    #expect(address.resized(to: 3).bytes == [2, 0, 0])
    #expect(address.resized(to: 8).bytes == [2, 0, 0, 0, 0, 10, 0, 0])
    #expect(address.resized(to: 8).resized(to: 6) == address)
    #expect(address.resized(to: 99).count == 32)
    #expect(address.resized(to: -1) == HardwareAddress())
  }

  @Test func repeats() {
    #expect(HardwareAddress(repeating: 0xff, count: 6) == HardwareAddress(.broadcast))
    #expect(HardwareAddress(repeating: 0, count: 20).isZero)
  }

  @Test(arguments: [
    "zz", "1:2:3:", "1:2:345", "0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0",
  ])
  func refuses(_ text: String) {
    #expect(HardwareAddress(text) == nil)
  }
}

@Suite struct IPv4AddressTests {
  @Test(arguments: ["0.0.0.0", "192.0.2.1", "255.255.255.255", "10.20.30.40", "100.9.99.10"])
  func readsAndWritesDottedQuads(_ text: String) {
    #expect(IPv4Address(text)?.description == text)
  }

  @Test(arguments: [
    "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "256.1.1.1", "01.2.3.4",
    "1.2.3.00", "0x1.2.3.4", "1.2.3.-4", "1.2.3.+4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4/24",
    "99999999999.1.1.1", "1.2.3.٤",
  ])
  func refuses(_ text: String) {
    #expect(IPv4Address(text) == nil)
  }

  @Test func knowsItsRanges() throws {
    #expect(IPv4Address.unspecified.isUnspecified)
    #expect(IPv4Address(127, 1, 2, 3).isLoopback)
    #expect(IPv4Address(169, 254, 0, 1).isLinkLocal && !IPv4Address(169, 253, 0, 1).isLinkLocal)
    #expect(IPv4Address(224, 0, 0, 1).isMulticast && IPv4Address(239, 0, 0, 1).isMulticast)
    #expect(!IPv4Address(240, 0, 0, 1).isMulticast)
    #expect(IPv4Address(bytes: [192, 0, 2, 1]) == .alice)
    #expect(IPv4Address.alice < .bob)
  }
}

@Suite struct IPv6AddressTests {
  /// RFC 5952, sections 1 to 5, and RFC 4291, section 2.2.
  @Test(arguments: [
    ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("2001:db8::1:0:0:1", "2001:db8::1:0:0:1"),
    ("2001:DB8:0:0:1::1", "2001:db8::1:0:0:1"),
    ("2001:db8:aaaa:bbbb:cccc:dddd:0:1", "2001:db8:aaaa:bbbb:cccc:dddd:0:1"),
    ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
    ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("0:0:0:0:0:0:0:0", "::"),
    ("ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", "abcd:ef01:2345:6789:abcd:ef01:2345:6789"),
    ("FF01:0:0:0:0:0:0:101", "ff01::101"), ("::13.1.68.3", "::d01:4403"),
    ("::FFFF:129.144.52.38", "::ffff:129.144.52.38"), ("::ffff:8190:3426", "::ffff:129.144.52.38"),
    ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
    ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
  ])
  func readsAllFormsAndWritesOne(_ text: String, _ canonical: String) {
    #expect(IPv6Address(text)?.description == canonical)
  }

  @Test(arguments: [
    "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "1:2:3:4:5:6:7:8::",
    "::1:2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8", "12345::", ":1::", "1:", ":1", "1::2:", "g::",
    "fe80::1%eth0", "::1.2.3", "::1.2.3.256", "1.2.3.4::", "1:2:3:4:5:6:7:1.2.3.4", "::1 ", "::+1",
    "::1/64", "1.2.3.4",
  ])
  func refuses(_ text: String) {
    #expect(IPv6Address(text) == nil)
  }

  @Test func textSurvivesARoundTrip() {
    var generator = SeededGenerator(seed: 6)
    for _ in 0..<2000 {
      // Few bits, so that runs of zero groups are common.
      let mask = UInt64.random(in: .min ... .max, using: &generator)
      let sparse = mask & UInt64.random(in: .min ... .max, using: &generator)
      let address = IPv6Address(
        high: sparse & 0xffff_0000_ffff_0000, low: sparse & ~0xffff_0000_0000)
      #expect(IPv6Address(address.description) == address)
      #expect(IPv6Address(bytes: address.bytes) == address)
    }
  }

  @Test func knowsItsRanges() throws {
    #expect(IPv6Address.unspecified.isUnspecified && IPv6Address.loopback.isLoopback)
    #expect(try #require(IPv6Address("fe80::1")).isLinkLocal)
    #expect(try #require(IPv6Address("febf::1")).isLinkLocal)
    #expect(try !#require(IPv6Address("fec0::1")).isLinkLocal)
    #expect(IPv6Address.allRouters.isMulticast && IPv6Address.allNodes.description == "ff02::1")
    #expect(IPv6Address.allMLDv2Routers.description == "ff02::16")
  }

  /// The example of RFC 4291, section 2.7.1.
  @Test func makesTheSolicitedNodeGroup() throws {
    let address = try #require(IPv6Address("4037::01:800:200e:8c6c"))
    #expect(address.solicitedNodeMulticast.description == "ff02::1:ff0e:8c6c")
    #expect(address.solicitedNodeMulticast.isSolicitedNodeMulticast)
    #expect(!IPv6Address.allNodes.isSolicitedNodeMulticast)
  }

  /// The example of RFC 2464, section 4.
  @Test func makesTheLinkLocalAddress() throws {
    let station = try #require(MACAddress("34-56-78-9A-BC-DE"))
    #expect(IPv6Address.linkLocal(station).description == "fe80::3656:78ff:fe9a:bcde")
  }
}

@Suite struct IPAddressTests {
  @Test func readsBothVersions() {
    #expect(IPAddress("192.0.2.1") == .v4(.alice))
    #expect(IPAddress("2001:db8::1") == .v6(.alice))
    #expect(IPAddress("host") == nil)
    #expect(IPAddress(bytes: IPv4Address.alice.bytes) == .v4(.alice))
    #expect(IPAddress(bytes: IPv6Address.alice.bytes) == .v6(.alice))
    #expect(IPAddress(bytes: [1, 2, 3]) == nil)
  }

  @Test func ordersVersions() {
    #expect(IPAddress.v4(.broadcast) < .v6(.unspecified))
    #expect(!(IPAddress.v6(.unspecified) < .v4(.broadcast)))
    #expect(IPAddress.v6(.alice) < .v6(.bob))
  }
}

@Suite struct IPPrefixTests {
  @Test(arguments: [
    "192.0.2.0/24", "0.0.0.0/0", "192.0.2.5/32", "2001:db8::/32", "::/0", "::1/128",
  ])
  func readsAndWrites(_ text: String) {
    #expect(IPPrefix(text)?.description == text)
  }

  @Test(arguments: [
    "", "/", "192.0.2.0", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/024", "::/129",
    "192.0.2.0/24/24", "/24",
  ])
  func refuses(_ text: String) {
    #expect(IPPrefix(text) == nil)
  }

  @Test(arguments: [
    ("192.0.2.77/24", "192.0.2.0", "192.0.2.255", "192.0.3.0"),
    ("10.1.2.3/9", "10.0.0.0", "10.127.255.255", "10.128.0.0"),
    ("192.0.2.7/32", "192.0.2.7", "192.0.2.7", "192.0.2.6"),
    ("2001:db8::7/64", "2001:db8::", "2001:db8::ffff", "2001:db8:0:1::"),
    ("2001:db8::7/72", "2001:db8::", "2001:db8::ff:ffff:ffff:ffff", "2001:db8::100:0:0:0"),
    ("2001:db8::7/30", "2001:db8::", "2001:dbb:ffff::", "2001:dbc::"),
    ("::1/128", "::1", "::1", "::2"),
  ])
  func knowsItsNetwork(
    _ text: String, _ network: String, _ inside: String, _ outside: String
  ) throws {
    let prefix = try #require(IPPrefix(text))
    #expect(prefix.network.description == network)
    #expect(prefix.contains(try #require(IPAddress(inside))))
    #expect(!prefix.contains(try #require(IPAddress(outside))))
  }

  @Test func everythingIsInTheEmptyPrefixOfItsVersion() throws {
    let prefix = try #require(IPPrefix("1.2.3.4/0"))
    #expect(prefix.contains(.v4(.broadcast)))
    #expect(!prefix.contains(.v6(.alice)))
    #expect(IPPrefix(host: .v6(.alice)).length == 128)
    #expect(IPPrefix(address: .v4(.alice), length: 33) == nil)
  }
}
