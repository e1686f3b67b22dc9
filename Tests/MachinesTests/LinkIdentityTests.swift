import LinkLayer
import Machines
import Testing

@Suite struct LinkIdentityTests {
  @Test func knowsEveryInterfaceOfTheHost() {
    let identity = Stations.identity
    #expect(identity.owns(Stations.own) && identity.owns(Stations.second))
    #expect(!identity.owns(Stations.other))
    #expect(identity.isGroup(Stations.broadcast) && !identity.isGroup(Stations.own))
  }

  /// RFC 4391, section 4: the scope and the partition are the broadcast group's.
  @Test func mapsGroupsOntoInfiniBand() throws {
    let broadcast = try #require(
      HardwareAddress("00:ff:ff:ff:ff:12:40:1b:80:01:00:00:00:00:00:00:ff:ff:ff:ff"))
    let own = HardwareAddress(repeating: 0x21, count: 20)
    let identity = LinkIdentity(
      hardwareType: .infiniBand, hardwareAddress: own, broadcastAddress: broadcast)
    #expect(
      identity.multicastAddress(for: .allNodes).description
        == "00:ff:ff:ff:ff:12:60:1b:80:01:00:00:00:00:00:00:00:00:00:01")
    #expect(identity.isGroup(broadcast) && !identity.isGroup(own))
  }
}
