import ArgumentParser
import LinkLayer
import Machines
import Testing

@testable import crimp

@Suite("The two readers of `crimp announce`")
struct AnnounceRequestTests {
  /// Every option that the hook form knows, and what hooks write.
  static let hookForms: [[String]] = [
    ["192.0.2.1"],
    ["-i", "eth0", "192.0.2.1"],
    ["--interface", "eth0", "192.0.2.1", "2001:db8::1"],
    ["--interface=eth0", "--quiet", "192.0.2.1"],
    ["-q", "-c", "2", "--interval", "0.5", "192.0.2.1"],
    ["--count=1", "--foreground", "192.0.2.1"],
    ["--all", "-i", "eth0"],
    ["--no-request", "--no-directed", "192.0.2.1"],
    ["--no-reply", "--notify", "192.0.2.254", "--notify=192.0.2.253", "192.0.2.1"],
    ["--new", "2001:db8::1"],
    // What goes with thousands of addresses, for which the full reader takes seconds.
    ["--rate", "20000", "--again", "10", "--refresh=60.5", "192.0.2.1"],
    ["--force", "--netns", "blue", "192.0.2.1"],
    ["--background", "--pidfile", "/run/x.pid", "192.0.2.1"],
    ["--confirm", "192.0.2.1"],
    ["--confirm=192.0.2.254", "--deadline", "3", "192.0.2.1"],
    ["--confirm=192.0.2.254", "--confirm=2001:db8::fe", "192.0.2.1", "2001:db8::1"],
    ["--confirm=192.0.2.254", "--confirm", "192.0.2.1", "2001:db8::1"],
    ["192.0.2.1", "--confirm"], ["--wait", "30", "192.0.2.1"], ["--wait=0.5", "192.0.2.1"],
  ]

  @Test("read the same request", arguments: hookForms)
  func agree(arguments: [String]) throws {
    var quick = AnnounceRequest()
    let isRead = quick.readHookForm(arguments)
    #expect(isRead)
    let full = arguments.map { $0 == "--confirm" ? "--confirm=gateway" : $0 }
    let command = try #require(
      try Crimp.parseAsRoot(["announce"] + full) as? Announce)
    #expect(try command.request() == quick)
  }

  @Test(
    "leave what the hook form does not know to the full reader",
    arguments: [
      [], ["--help"], ["--json", "192.0.2.1"], ["192.0.2.1", "--mac", "00:00:5e:00:01:33"],
      ["eth0"], ["-c"], ["-c", "x", "192.0.2.1"], ["-c", "0", "192.0.2.1"],
      ["-qi", "eth0", "192.0.2.1"], ["--confirm=", "192.0.2.1"], ["--notify=", "192.0.2.1"],
      ["--interface=", "192.0.2.1"], ["224.0.0.1"],
      ["--count", "-1", "192.0.2.1"], ["--quiet=yes", "192.0.2.1"], ["--all"], ["--", "192.0.2.1"],
    ])
  func leave(arguments: [String]) {
    var request = AnnounceRequest()
    let isRead = request.readHookForm(arguments)
    #expect(!isRead)
  }

  @Test("only neighbours of the announced addresses' networks are told, unless there is no network")
  func near() throws {
    func targets(_ words: [String]) -> [NeighborTarget] {
      words.compactMap { IPAddress($0) }.map { NeighborTarget(address: $0) }
    }
    let networks = ["192.0.2.3/24", "10.0.0.3/8", "192.0.2.100/32", "2001:db8::3/64"]
      .compactMap { IPPrefix($0) }
    let table = targets(["192.0.2.9", "10.9.9.9", "198.51.100.1", "2001:db8::9", "fe80::9"])
    for (announced, told) in [
      (["192.0.2.100"], ["192.0.2.9"]), (["10.1.1.1"], ["10.9.9.9"]),
      (["203.0.113.1"], ["192.0.2.9", "10.9.9.9", "198.51.100.1"]),
      (["192.0.2.100", "2001:db8::100"], ["192.0.2.9", "2001:db8::9", "fe80::9"]),
    ] {
      let addresses = announced.compactMap { IPAddress($0) }
      let near = AnnouncementPlan.near(table, to: addresses, in: networks)
      #expect(near == targets(told))
    }
  }

  @Test("pace what is more than switches take at once, unless told how fast")
  func pace() {
    var request = AnnounceRequest()
    #expect(AnnouncementPlan.pace(request, frames: 100) == .unlimited)
    #expect(AnnouncementPlan.pace(request, frames: 101) == .framesPerSecond(1_000))
    #expect(AnnouncementPlan.pace(request, frames: 2_500) == .framesPerSecond(2_500))
    #expect(AnnouncementPlan.pace(request, frames: 30_000) == .framesPerSecond(10_000))
    request.rate = 500
    #expect(AnnouncementPlan.pace(request, frames: 1) == .framesPerSecond(500))
  }
}
