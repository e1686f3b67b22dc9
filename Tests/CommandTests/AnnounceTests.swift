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

  @Test("--background writes its pidfile before it returns, and takes it away on SIGTERM")
  func background() throws {
    try withNetwork { network in
      try withTemporaryDirectory { directory in
        try network.ownerB.add(Place.service, length: 24)
        let pidfile = "\(directory)/announce.pid"
        let wire = try Wire(at: network.client)
        let result = try network.ownerB.crimp(
          "announce", "--background", "--pidfile", pidfile, "-c", "1", "--refresh", "0.1",
          "\(Place.service)")
        #expect(result.status == 0)
        let text = String(decoding: try readFile(pidfile), as: UTF8.self)
        let process = try #require(pid_t(text.dropLast()))
        #expect(text == "\(process)\n")
        #expect(try wire.awaits { $0.requests(for: Place.service).count >= 2 })
        #expect(kill(process, SIGTERM) == 0)
        #expect(eventually { kill(process, 0) != 0 })
        #expect(access(pidfile, F_OK) != 0)
      }
    }
  }

  @Test("--pidfile names the process that goes on, and is removed after the last round")
  func pidfile() throws {
    try withNetwork { network in
      try withTemporaryDirectory { directory in
        try network.ownerB.add(Place.service, length: 24)
        let pidfile = "\(directory)/announce.pid"
        let result = try network.ownerB.crimp(
          "announce", "--pidfile", pidfile, "-c", "2", "--interval", "0.5", "\(Place.service)")
        #expect(result.status == 0)
        #expect(pid_t(String(decoding: try readFile(pidfile), as: UTF8.self).dropLast()) != nil)
        #expect(eventually { access(pidfile, F_OK) != 0 })
      }
    }
  }

  @Test("the background process holds no capability any more")
  func dropsCapabilities() throws {
    try withNetwork { network in
      try withTemporaryDirectory { directory in
        try network.ownerB.add(Place.service, length: 24)
        let pidfile = "\(directory)/announce.pid"
        #expect(
          try network.ownerB.crimp("announce", "--pidfile", pidfile, "\(Place.service)").status == 0
        )
        let text = String(decoding: try readFile(pidfile), as: UTF8.self)
        let process = try #require(pid_t(text.dropLast()))
        defer { kill(process, SIGTERM) }
        for set in ["CapEff", "CapPrm", "CapInh"] {
          #expect(
            try eventually {
              let status = String(decoding: try readFile("/proc/\(process)/status"), as: UTF8.self)
              return status.contains("\(set):\t0000000000000000")
            }, "\(set)")
        }
      }
    }
  }

  @Test("works for a user who has CAP_NET_RAW alone")
  func worksWithNetRaw() throws {
    try withNetwork { network in
      try withTemporaryDirectory { directory in
        try network.ownerB.add(Place.service, length: 24)
        let copy = "\(directory)/crimp"
        try network.ownerB.tool("cp", crimpPath, copy)
        try network.ownerB.tool("chmod", "755", directory, copy)
        try network.ownerB.tool("setcap", "cap_net_raw+ep", copy)
        let wire = try Wire(at: network.client)
        try network.ownerB.tool(
          "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", copy,
          "announce", "--confirm", "-c", "1", "\(Place.service)")
        #expect(try wire.awaits { $0.requests(for: Place.service).count == 1 })
      }
    }
  }

  @Test("an address that was removed is not announced again")
  func stopsWhenAddressGoes() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      let wire = try Wire(at: network.client)
      let running = try network.ownerB.startCrimp(
        "announce", "--foreground", "-c", "1000", "--interval", "0.05", "\(Place.service)")
      #expect(try wire.awaits { $0.requests(for: Place.service).count >= 3 })
      try network.ownerB.remove(Place.service, length: 24)
      #expect(try running.end().status == 0)
      let rounds = try wire.collect().requests(for: Place.service).count
      #expect(rounds < 1000)
    }
  }

  @Test("of several addresses the one that was removed is left out")
  func leavesOutWhatGoes() throws {
    try withNetwork { network in
      let other = try #require(IPAddress("192.0.2.101"))
      for address in [Place.service, other] { try network.ownerB.add(address, length: 24) }
      let wire = try Wire(at: network.client)
      let running = try network.ownerB.startCrimp(
        "announce", "--foreground", "-c", "1000", "--interval", "0.05", "\(Place.service)",
        "\(other)")
      #expect(try wire.awaits { $0.requests(for: other).count >= 2 })
      try network.ownerB.remove(Place.service, length: 24)
      // Frames that were under way when it went are let through first.
      #expect(try wire.awaits { $0.requests(for: other).count >= 6 })
      let before = wire.seen.requests(for: Place.service).count
      let rounds = wire.seen.requests(for: other).count
      #expect(try wire.awaits { $0.requests(for: other).count >= rounds + 4 })
      #expect(wire.seen.requests(for: Place.service).count <= before + 1)
      running.send(signal: SIGTERM)
      #expect(try running.end().status == 0)
    }
  }

  @Test("each address that was removed is told once")
  func tellsWhatGoesOnce() throws {
    try withNetwork { network in
      let others = ["192.0.2.101", "192.0.2.102"].compactMap { IPAddress($0) }
      for address in [Place.service] + others { try network.ownerB.add(address, length: 24) }
      let wire = try Wire(at: network.client)
      let running = try network.ownerB.startCrimp(
        ["announce", "--foreground", "-c", "1000", "--interval", "0.05", "\(Place.service)"]
          + others.map(\.description))
      #expect(try wire.awaits { !$0.requests(for: Place.service).isEmpty })
      for address in others {
        let rounds = wire.seen.requests(for: Place.service).count
        try network.ownerB.remove(address, length: 24)
        #expect(try wire.awaits { $0.requests(for: Place.service).count >= rounds + 4 })
      }
      running.send(signal: SIGTERM)
      let told = others.map {
        "crimp: \($0) is not an address of this host any more: not announced further\n"
      }
      #expect(try running.end().errorText == told.joined())
    }
  }

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

  @Test("IPv6: to all nodes, with override, and the router flag that forwarding gives")
  func advertises() throws {
    try withNetwork(usesIPv6: true) { network in
      try network.ownerB.add(Place.service6, length: 64)
      let own = try network.ownerB.interface().hardwareAddress
      let wire = try Wire(at: network.client)
      for (forwarding, round) in [("0", 1), ("1", 2)] {
        try network.ownerB.setParameter("ipv6/conf/eth0/forwarding", forwarding)
        #expect(try network.ownerB.crimp("announce", "-c", "1", "\(Place.service6)").status == 0)
        #expect(try wire.awaits { $0.advertisements(of: Place.service6).count == round })
        let (packet, message) = try #require(wire.seen.advertisements(of: Place.service6).last)
        #expect(packet.destination == .allNodes)
        #expect(packet.hopLimit == 255)
        #expect(.v6(packet.source) == Place.service6)
        #expect(message.overrides)
        #expect(message.isRouter == (forwarding == "1"))
        #expect(message.targetLinkLayerAddress == own)
      }
    }
  }

  @Test("IPv6: --new goes to all routers and does not override; --router and --no-router decide")
  func advertisesNew() throws {
    try withNetwork(usesIPv6: true) { network in
      try network.ownerB.add(Place.service6, length: 64)
      let wire = try Wire(at: network.client)
      let result = try network.ownerB.crimp(
        "announce", "-c", "1", "--new", "--router", "\(Place.service6)")
      #expect(result.status == 0)
      #expect(try wire.awaits { $0.advertisements(of: Place.service6).count == 1 })
      let (packet, message) = try #require(wire.seen.advertisements(of: Place.service6).last)
      #expect(packet.destination == .allRouters)
      #expect(!message.overrides)
      #expect(message.isRouter)
    }
  }

  @Test("IPv6: a count that is asked for is kept by advertisements too; the default is three")
  func advertisementCount() throws {
    try withNetwork(usesIPv6: true) { network in
      try network.ownerB.add(Place.service6, length: 64)
      let wire = try Wire(at: network.client)
      let result = try network.ownerB.crimp(
        "announce", "--foreground", "-c", "5", "--interval", "0.05", "\(Place.service6)")
      #expect(result.status == 0)
      #expect(try wire.collect().advertisements(of: Place.service6).count == 5)
    }
  }

  @Test("IPv6: an address is waited for while duplicate address detection goes on")
  func awaitsDetection() throws {
    try withNetwork(usesIPv6: true) { network in
      try network.ownerB.setParameter("ipv6/conf/eth0/accept_dad", "1")
      try network.ownerB.tool("ip", "address", "add", "\(Place.service6)/64", "dev", "eth0")
      let wire = try Wire(at: network.client)
      #expect(try network.ownerB.crimp("announce", "-c", "1", "\(Place.service6)").status == 0)
      #expect(try wire.awaits { $0.advertisements(of: Place.service6).count == 1 })
      let probes = wire.seen.indices.filter { index in
        guard let packet = wire.seen[index].ndp,
          case .neighborSolicitation(let message) = packet.message
        else { return false }
        return packet.source == .unspecified && .v6(message.targetAddress) == Place.service6
      }
      let announced = wire.seen.firstIndex { seen in
        guard let packet = seen.ndp, case .neighborAdvertisement = packet.message else {
          return false
        }
        return .v6(packet.source) == Place.service6
      }
      // The kernel's own probe comes first.
      #expect(try #require(announced) > (probes.last ?? -1))
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

  @Test("a reader of the output that goes away does not end the rounds")
  func survivesClosedOutput() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      let wire = try Wire(at: network.client)
      try network.ownerB.tool(
        "sh", "-c",
        "\(crimpPath) announce --foreground -c 3 --interval 0.1 \(Place.service) | true")
      #expect(try wire.awaits { $0.requests(for: Place.service).count == 3 })
    }
  }
}
