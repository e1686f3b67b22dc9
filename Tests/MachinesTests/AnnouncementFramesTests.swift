import LinkLayer
import Machines
import MonotonicTime
import Testing

/// Which frames a round of an announcement has, and what stands in them.
@Suite struct AnnouncementFramesTests {
  private func machine(_ plan: AnnouncementPlan) -> AddressAnnouncement {
    AddressAnnouncement(plan, identity: Stations.identity)
  }

  private let gateway = NeighborTarget(
    address: .v4(Stations.gateway4), hardwareAddress: Stations.gateway)

  /// Byte for byte what `arping -U` of iputils and keepalived put on the wire: RFC 826's fields.
  @Test func writesTheGratuitousRequest() throws {
    let frames = framesOfOneRound(.gratuitousRequest)
    let bytes = try #require(frames.first).bytes(framing: .ethernet)
    #expect(
      bytes == [
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 8, 6,
        0, 1, 8, 0, 6, 4, 0, 1,
        2, 0, 0, 0, 0, 1, 192, 0, 2, 10,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 192, 0, 2, 10,
      ])
  }

  /// RFC 5944, section 4.6: the target hardware address is the sender's own.
  @Test func writesTheGratuitousReply() throws {
    let frames = framesOfOneRound(.gratuitousReply)
    let bytes = try #require(frames.first).bytes(framing: .ethernet)
    #expect(
      bytes == [
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 8, 6,
        0, 1, 8, 0, 6, 4, 0, 2,
        2, 0, 0, 0, 0, 1, 192, 0, 2, 10,
        2, 0, 0, 0, 0, 1, 192, 0, 2, 10,
      ])
  }

  private func framesOfOneRound(_ forms: AnnouncementForms) -> [LinkFrame] {
    var machine = machine(
      AnnouncementPlan(
        addresses: [.v4(Stations.service), .v6(Stations.service6)], neighbors: [gateway],
        forms: forms, schedule: .once))
    return machine.start(at: .origin).frames()
  }

  @Test(arguments: [
    (AnnouncementForms.gratuitousRequest, 1), (.gratuitousReply, 1), (.directedRequest, 1),
    (.neighborAdvertisement, 1), (.newAddressAdvertisement, 1), (.failover, 4),
    (AnnouncementForms(), 0),
  ])
  func switchesEachForm(forms: AnnouncementForms, count: Int) {
    #expect(framesOfOneRound(forms).count == count)
  }

  /// RFC 9131, section 6.1.2: to all routers, Override not set.
  @Test func tellsRoutersOfANewAddress() throws {
    let frame = try #require(framesOfOneRound(.newAddressAdvertisement).first)
    guard case .ndp(let packet) = frame.payload,
      case .neighborAdvertisement(let advertisement) = packet.message
    else {
      Issue.record("no advertisement")
      return
    }
    #expect(packet.destination == .allRouters && packet.source == Stations.service6)
    #expect(!advertisement.overrides && !advertisement.isSolicited)
    #expect(advertisement.targetLinkLayerAddress == Stations.own)
  }

  @Test func announcesAVirtualHardwareAddressInEveryField() throws {
    let virtual = try #require(HardwareAddress("00:00:5e:00:01:33"))
    var machine = machine(
      AnnouncementPlan(
        addresses: [.v4(Stations.service), .v6(Stations.service6)],
        neighbors: [gateway, NeighborTarget(address: .v6(Stations.gateway6))], sender: virtual,
        isRouter: true, schedule: .once))
    let frames = machine.start(at: .origin).frames()
    #expect(frames.count == 5)
    for frame in frames {
      #expect(frame.source == virtual)
      switch frame.payload {
      case .arp(let packet): #expect(packet.senderHardwareAddress == virtual)
      case .ndp(let packet):
        #expect(
          packet.message.options == [.sourceLinkLayerAddress(virtual)]
            || packet.message.options == [.targetLinkLayerAddress(virtual)])
      default: Issue.record("\(frame)")
      }
    }
  }

  @Test func sendsDirectedRequestsToAllOrToOne() {
    let linkLocal = IPv4Address(169, 254, 1, 1)
    func destinations(_ delivery: DirectedDelivery) -> [HardwareAddress] {
      var machine = machine(
        AnnouncementPlan(
          addresses: [.v4(Stations.service), .v4(linkLocal)],
          neighbors: [gateway, NeighborTarget(address: .v4(IPv4Address(192, 0, 2, 2)))],
          forms: .directedRequest, delivery: delivery, schedule: .once))
      return machine.start(at: .origin).frames().map(\.destination)
    }
    let all = Stations.broadcast
    #expect(destinations(.group) == [all, all, all, all])
    #expect(
      destinations(.station) == [Stations.gateway, all, all, all],
      "unknown stations, and RFC 3927 addresses, go to all")
  }

  @Test func asksNobodyForTheAddressItself() {
    var machine = machine(
      AnnouncementPlan(
        addresses: [.v4(Stations.service)],
        neighbors: [NeighborTarget(address: .v4(Stations.service))], forms: .directedRequest))
    #expect(machine.start(at: .origin).frames().isEmpty)
  }
}
