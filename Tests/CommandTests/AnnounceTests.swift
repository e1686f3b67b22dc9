import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// What `crimp announce` puts on the wire, and when it comes back. Needs root.
@Suite("crimp announce", .serialized)
struct AnnounceTests {
  @Test("returns after the first round; three more follow from the background")
  func goesOn() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      let wire = try Wire(at: network.client)
      let result = try network.ownerB.crimp("announce", "\(Place.service)")
      #expect(result.status == 0)
      #expect(result.outputText == "announced \(Place.service) on eth0, round 1\n")
      #expect(try wire.awaits { $0.requests(for: Place.service).count == 4 })
      #expect(wire.seen.replies(for: Place.service).count == 4)
      #expect(wire.seen.directed(to: Place.client, for: Place.service).count == 4)
    }
  }

  @Test("sends both gratuitous forms and the directed request, in the fields that hosts look at")
  func forms() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      let own = try network.ownerB.interface().hardwareAddress
      let wire = try Wire(at: network.client)
      #expect(try network.ownerB.crimp("announce", "-c", "1", "\(Place.service)").status == 0)
      #expect(try wire.awaits { $0.count >= 3 })
      let packets = wire.seen.compactMap(\.arp)
      try #require(packets.count == 3)
      #expect(packets.map(\.operation) == [.request, .reply, .request])
      #expect(packets.allSatisfy { $0.senderHardwareAddress == own })
      #expect(packets[0].targetHardwareAddress == HardwareAddress(MACAddress.broadcast))
      #expect(packets[1].targetHardwareAddress == own)
      #expect(IPAddress.v4(packets[2].targetProtocolAddress) == Place.client)
      #expect(wire.seen.allSatisfy { $0.frame.source == own && $0.bytes.count == 60 })
    }
  }

  @Test(
    "leaves out the forms that are switched off",
    arguments: [
      (["--no-request"], [0, 1, 1]), (["--no-reply"], [1, 0, 1]), (["--no-directed"], [1, 1, 0]),
      (["--no-request", "--no-reply"], [0, 0, 1]),
    ])
  func switchedOff(options: [String], expected: [Int]) throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      let wire = try Wire(at: network.client)
      let result = try network.ownerB.run {
        try runCrimp(["announce", "-c", "1"] + options + ["\(Place.service)"])
      }
      #expect(result.status == 0)
      let wanted = expected.reduce(0, +)
      #expect(try wire.awaits { $0.count >= wanted })
      let seen = wire.seen
      #expect(
        [
          seen.requests(for: Place.service).count, seen.replies(for: Place.service).count,
          seen.directed(to: Place.client, for: Place.service).count,
        ] == expected)
    }
  }

  @Test("directs a request to every neighbour named, and to those of the kernel's table")
  func notifies() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      try network.ownerB.tool(
        "ip", "neighbor", "replace", "192.0.2.50", "lladdr", "02:00:00:00:00:50", "dev", "eth0",
        "nud", "stale")
      let wire = try Wire(at: network.client)
      let result = try network.ownerB.crimp(
        "announce", "-c", "1", "--notify", "192.0.2.60", "--notify", "192.0.2.61",
        "\(Place.service)")
      #expect(result.status == 0)
      let targets = ["192.0.2.1", "192.0.2.50", "192.0.2.60", "192.0.2.61"]
      for target in targets.compactMap({ IPAddress($0) }) {
        #expect(
          try wire.awaits { $0.directed(to: target, for: Place.service).count == 1 }, "\(target)")
      }
    }
  }

  @Test("--count and --interval replace the spread; --foreground stays until the last round")
  func countsRounds() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      let wire = try Wire(at: network.client)
      let result = try network.ownerB.crimp(
        "announce", "--foreground", "-c", "3", "--interval", "0.05", "\(Place.service)")
      #expect(result.status == 0)
      #expect(result.outputLines.count == 3)
      #expect(try wire.collect().requests(for: Place.service).count == 3)
    }
  }

  @Test("--again repeats the burst")
  func secondBurst() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      let wire = try Wire(at: network.client)
      let result = try network.ownerB.crimp(
        "announce", "--foreground", "-c", "2", "--interval", "0.05", "--again", "0.3",
        "\(Place.service)")
      #expect(result.status == 0)
      #expect(try wire.collect().requests(for: Place.service).count == 4)
    }
  }

  @Test("--refresh goes on until SIGTERM, and then ends well")
  func refreshes() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      let wire = try Wire(at: network.client)
      let running = try network.ownerB.startCrimp(
        "announce", "--foreground", "-c", "1", "--refresh", "0.05", "\(Place.service)")
      #expect(try wire.awaits { $0.requests(for: Place.service).count >= 5 })
      running.send(signal: SIGTERM)
      #expect(try running.end().status == 0)
    }
  }

  @Test("--wait announces as soon as there is a carrier")
  func awaitsCarrier() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      try network.switchHost.setUp("port-b", false)
      #expect(try eventually { try !network.ownerB.interface().hasCarrier })
      let wire = try Wire(at: network.client)
      let running = try network.ownerB.startCrimp(
        "announce", "-i", "eth0", "--wait", "30", "-c", "1", "\(Place.service)")
      // It looks again and again, and each time there is no carrier yet.
      let first = try running.sleeps()
      #expect(try eventually { try running.sleeps() >= first + 10 })
      #expect(try wire.collect().isEmpty)
      try network.switchHost.setUp("port-b")
      #expect(try running.end().status == 0)
      #expect(try wire.awaits { !$0.requests(for: Place.service).isEmpty })
    }
  }

  @Test(
    "a second SIGTERM changes nothing: the end is well all the same",
    arguments: [["--foreground"], ["--refresh", "60", "--foreground"], ["--record"]])
  func endsWellTwice(options: [String]) throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      try withTemporaryDirectory { directory in
        let wire = try Wire(at: network.client)
        let options = options == ["--record"] ? ["--record", "\(directory)/r.pcapng"] : options
        let running = try network.ownerB.run {
          try RunningTool(
            crimpPath, ["announce", "-i", "eth0"] + options + ["\(Place.service)"])
        }
        #expect(try wire.awaits { !$0.requests(for: Place.service).isEmpty })
        // From now on a signal is heard by the loop.
        #expect(try eventually { try running.openFiles().contains("anon_inode:[signalfd]") })
        for _ in 0..<2000 { running.send(signal: SIGTERM) }
        #expect(try running.end().status == 0)
      }
    }
  }

  @Test("--vlan tags every frame, with its priority")
  func tags() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      let wire = try Wire(at: network.client)
      let result = try network.ownerB.crimp(
        "announce", "--vlan", "5,3", "-c", "1", "\(Place.service)")
      #expect(result.status == 0)
      // The neighbours of the table are not on this VLAN: no directed request goes to them.
      #expect(try wire.awaits { $0.count >= 2 })
      #expect(wire.seen.allSatisfy { $0.tag?.identifier == 5 && $0.tag?.priority == 3 })
      #expect(wire.seen.requests(for: Place.service).count == 1)
    }
  }

  @Test("--netns works in another network namespace")
  func entersNamespace() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      let wire = try Wire(at: network.client)
      let result = try runCrimp([
        "announce", "--netns", network.ownerB.namespaceName, "-c", "1", "\(Place.service)",
      ])
      #expect(result.status == 0)
      #expect(try wire.awaits { $0.requests(for: Place.service).count == 1 })
    }
  }
}
