import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// What a failover hook must never do: each line was a defect once.
@Suite("crimp does no harm", .serialized)
struct SafetyTests {
  @Test("--mac takes the address of one station of the link's length only")
  func senderAddress() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      for address in ["00:11:22", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00", "01:00:5e:00:00:01"] {
        let result = try network.ownerB.crimp(
          "announce", "-i", "eth0", "--mac", address, "-c", "1", "\(Place.service)")
        #expect(result.status == 64)
        #expect(result.errorText.contains("--mac"))
      }
    }
  }

  @Test("an address that this host has is not free")
  func ownAddress() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      let result = try network.ownerB.crimp("probe", "--fast", "\(Place.service)")
      let own = try network.ownerB.interface().hardwareAddress
      #expect(result.status == 1)
      #expect(
        result.outputText == "\(Place.service) is in use by this host itself, \(own) on eth0\n")
    }
  }

  @Test(
    "no host has a group's, a broadcast or an unspecified address",
    arguments: ["0.0.0.0", "255.255.255.255", "224.0.0.1", "127.0.0.1", "::", "::1", "ff02::1"])
  func noHost(address: String) throws {
    for command in ["announce", "probe", "ping"] {
      let result = try runCrimp([command, "-i", "lo", address])
      #expect(result.status == 64)
      #expect(result.errorText == "crimp: \(address): expected the address of one host\n")
    }
  }

  @Test("a carrier that is lost for a while does not end the refresh")
  func carrierFlap() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      let wire = try Wire(at: network.client)
      try withTemporaryDirectory { directory in
        let result = try network.ownerB.crimp(
          "announce", "-i", "eth0", "--refresh", "0.2", "-c", "1", "--background", "--pidfile",
          "\(directory)/pid", "\(Place.service)")
        #expect(result.status == 0)
        #expect(try wire.awaits { $0.count >= 3 })
        try network.switchHost.setUp("port-b", false)
        _ = try runTool("sleep", ["1"])
        try network.switchHost.setUp("port-b")
        let before = wire.seen.count
        #expect(try wire.awaits { $0.count >= before + 6 })
        let text = try runTool("cat", ["\(directory)/pid"]).outputText
        let stopped = try runTool("kill", [text.split(separator: "\n").map(String.init)[0]])
        #expect(stopped.status == 0)
      }
    }
  }

  @Test("a later process keeps the pidfile that it took over")
  func pidfileTakenOver() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      try withTemporaryDirectory { directory in
        let path = "\(directory)/pid"
        let first = try network.ownerB.crimp(
          "announce", "-i", "eth0", "--refresh", "5", "--background", "--pidfile", path,
          "\(Place.service)")
        #expect(first.status == 0)
        let firstProcess = try runTool("cat", [path]).outputText.split(separator: "\n")[0]
        let second = try network.ownerB.crimp(
          "announce", "-i", "eth0", "--refresh", "5", "--background", "--pidfile", path,
          "\(Place.service)")
        #expect(second.status == 0)
        let secondProcess = try runTool("cat", [path]).outputText.split(separator: "\n")[0]
        #expect(firstProcess != secondProcess)
        _ = try runTool("kill", [String(firstProcess)])
        _ = try runTool("sleep", ["0.5"])
        #expect(try runTool("cat", [path]).outputText == "\(secondProcess)\n")
        _ = try runTool("kill", [String(secondProcess)])
      }
    }
  }

  @Test("a paced first round ends with the address that it announces")
  func pacedRoundStops() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      try withTemporaryDirectory { directory in
        let path = "\(directory)/pid"
        let wire = try Wire(at: network.client)
        let result = try network.ownerB.crimp(
          "announce", "-i", "eth0", "--rate", "2", "--background", "--pidfile", path,
          "\(Place.service)")
        #expect(result.status == 0)
        #expect(try wire.awaits { $0.count >= 1 })
        try network.ownerB.remove(Place.service, length: 24)
        _ = try runTool("sleep", ["1"])
        #expect(try runTool("test", ["-e", path]).status == 1)
      }
    }
  }

  @Test("SIGTERM in a paced first round: the answer is no, and nothing is proven")
  func pacedRoundTerminated() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      for options in [[], ["--confirm"]] {
        let wire = try Wire(at: network.client)
        let running = try network.ownerB.startCrimp(
          ["announce", "-i", "eth0", "--rate", "2", "-c", "1"] + options
            + (60..<68).flatMap { ["--notify", "192.0.2.\($0)"] } + ["\(Place.service)"])
        #expect(try wire.awaits { $0.count >= 1 })
        running.send(signal: SIGTERM)
        let result = try running.end()
        #expect(result.status == 1)
        #expect(result.errorText == "crimp: stopped before the first round had left\n")
        #expect(result.outputText.isEmpty)
        #expect(try wire.collect().count < 11)
      }
    }
  }

  @Test("an address given up in a paced first round is told once; the others are proven")
  func givenUpIsNotProven() throws {
    try withNetwork { network in
      let other = try #require(IPAddress("192.0.2.101"))
      for address in [Place.service, other] { try network.ownerB.add(address, length: 24) }
      let wire = try Wire(at: network.client)
      let running = try network.ownerB.startCrimp(
        "announce", "-i", "eth0", "--rate", "2", "-c", "1", "--confirm", "\(other)",
        "\(Place.service)")
      #expect(try wire.awaits { $0.count >= 1 })
      try network.ownerB.remove(Place.service, length: 24)
      let result = try running.end()
      #expect(result.status == 1)
      #expect(
        result.errorText
          == "crimp: \(Place.service) is not an address of this host any more: "
          + "not announced further\n")
      #expect(
        result.outputText.hasPrefix("announced \(other) on eth0, round 1\nconfirmed \(other): "))
      #expect(!result.outputText.contains("confirmed \(Place.service)"))
    }
  }

  @Test("an address given up during the proof leaves the others' proof alone")
  func givenUpDuringProof() throws {
    try withNetwork { network in
      let other = try #require(IPAddress("192.0.2.101"))
      for address in [Place.service, other] { try network.ownerB.add(address, length: 24) }
      // Another owner keeps both unproven until it falls silent.
      for address in [Place.service, other] { try network.ownerA.add(address, length: 24) }
      let wire = try Wire(at: network.ownerA)
      let running = try network.ownerB.startCrimp(
        "announce", "-i", "eth0", "-c", "1", "--confirm", "--deadline", "20", "\(other)",
        "\(Place.service)")
      #expect(try wire.awaits { $0.requests(for: other).count >= 2 })
      try network.ownerB.remove(Place.service, length: 24)
      for address in [Place.service, other] { try network.ownerA.remove(address, length: 24) }
      let result = try running.end()
      #expect(result.status == 1)
      #expect(result.outputText.contains("confirmed \(other): "))
      #expect(!result.outputText.contains("confirmed \(Place.service): "))
      #expect(
        result.errorText
          == "crimp: \(Place.service) is not an address of this host any more: "
          + "not announced further\n")
    }
  }

  @Test("hundreds of addresses that go at once are each told once, and the refresh ends")
  func manyGivenUp() throws {
    try withNetwork { network in
      let addresses = (1...300).compactMap { IPAddress("10.0.\($0 / 200).\($0 % 200 + 1)") }
      for address in addresses { try network.ownerB.add(address, length: 32) }
      let wire = try Wire(at: network.client)
      let running = try network.ownerB.startCrimp(
        ["announce", "-i", "eth0", "-c", "1", "--refresh", "60", "--foreground"]
          + addresses.map(\.description))
      let last = try #require(addresses.last)
      #expect(try wire.awaits { !$0.requests(for: last).isEmpty })
      try network.ownerB.tool("ip", "address", "flush", "dev", "eth0")
      let result = try running.end()
      #expect(result.status == 0, "\(result.errorText)")
      let told = result.errorText.split(separator: "\n")
      #expect(told.count == addresses.count)
      #expect(Set(told).count == addresses.count)
    }
  }

  @Test("a drawn-out first round keeps CAP_NET_RAW for the proof that follows")
  func keepsPrivilegesForProof() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      let result = try network.ownerB.run {
        try runTool(
          "setpriv",
          [
            "--reuid", "65534", "--clear-groups", "--inh-caps", "-all,+net_raw", "--ambient-caps",
            "-all,+net_raw", "--bounding-set", "-all,+net_raw", crimpPath, "announce", "-i", "eth0",
            "-c", "1", "--rate", "50", "--notify", "192.0.2.60", "--notify", "192.0.2.61",
            "--confirm", "\(Place.service)",
          ])
      }
      #expect(result.status == 0, "\(result.errorText)")
      #expect(result.outputText.contains("confirmed \(Place.service): "))
    }
  }

  @Test("--background sends nothing when its pidfile cannot be written")
  func pidfileCannotBeWritten() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      try withTemporaryDirectory { directory in
        let wire = try Wire(at: network.client)
        let result = try network.ownerB.crimp(
          "announce", "-i", "eth0", "--background", "--pidfile", directory, "-c", "1",
          "\(Place.service)")
        #expect(result.status == 74)
        #expect(result.errorText.hasPrefix("crimp: --pidfile \(directory): "))
        // The process that was to go on has ended too: its caller never gave it its word.
        #expect(try eventually { try runTool("pgrep", ["-f", directory]).status == 1 })
        #expect(try wire.collect().isEmpty)
      }
    }
  }

  @Test("output that a full disk cannot take is an error")
  func fullOutput() throws {
    let result = try runTool("sh", ["-c", "\"$0\" links >/dev/full", crimpPath])
    #expect(result.status == 74)
  }

  @Test("an unknown command is named, with those that there are")
  func unknownCommand() throws {
    let result = try runCrimp(["annonce", "192.0.2.1"])
    #expect(result.status == 64)
    #expect(result.errorText.hasPrefix("crimp: no command named annonce: expected one of announce"))
  }
}
