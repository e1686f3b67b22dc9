import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// What goes on of `crimp announce` when the command has returned: its process, its rights, its end. Needs
/// root.
@Suite("crimp announce, in the background", .serialized)
struct AnnounceBackgroundTests {
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
