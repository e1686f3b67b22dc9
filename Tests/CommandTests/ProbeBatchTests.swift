import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// `crimp probe` of many: no address takes the others' answers away. Needs root.
@Suite("crimp probe, of several addresses", .serialized)
struct ProbeBatchTests {
  @Test("an address of this host is told as in use, and the others are probed for")
  func ownAmongOthers() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      let own = try network.ownerB.interface().hardwareAddress
      let client = try network.client.interface().hardwareAddress
      let command = [
        "probe", "--fast", "-i", "eth0", "\(Place.free)", "\(Place.service)", "\(Place.client)",
      ]
      let result = try network.ownerB.run { try runCrimp(command) }
      #expect(result.status == 1)
      #expect(
        result.outputLines == [
          "\(Place.service) is in use by this host itself, \(own) on eth0",
          "\(Place.client) is in use by \(client)", "\(Place.free) is free",
        ])
      let json = try network.ownerB.run { try runCrimp(command + ["--json"]) }
      #expect(json.outputLines.count == 3)
      #expect(json.outputText.contains(#""kind":"this-host""#))
    }
  }

  @Test("at SIGINT the answer is no, with what was found so far")
  func interrupted() throws {
    try withNetwork { network in
      let wire = try Wire(at: network.client)
      let running = try network.ownerB.startCrimp(
        "probe", "-i", "eth0", "--within", "60", "\(Place.free)", "\(Place.client)")
      // The first probe for each; the answer comes at once.
      let hasAnswer = try wire.awaits(within: 60) { seen in
        Set(seen.compactMap { $0.arp?.targetProtocolAddress.description })
          .isSuperset(of: ["\(Place.free)", "\(Place.client)"])
      }
      #expect(hasAnswer)
      running.send(signal: SIGINT)
      let result = try running.end()
      #expect(result.status == 1)
      #expect(result.errorText.hasPrefix("crimp: interrupted: nothing is known of \(Place.free)"))
    }
  }

  @Test("a replay that goes another way than the recording is a no, --quiet or not")
  func differingReplay() throws {
    try withNetwork { network in
      try withTemporaryDirectory { directory in
        let path = "\(directory)/run.pcapng"
        let recorded = try network.ownerB.crimp(
          "probe", "--fast", "-i", "eth0", "--record", path, "\(Place.free)")
        #expect(recorded.status == 0)
        #expect(try runCrimp(["probe", "--fast", "--replay", path, "\(Place.free)"]).status == 0)
        for options in [[], ["-q"]] {
          let other = try runCrimp(
            ["probe", "--fast", "--replay", path] + options + ["192.0.2.7"])
          #expect(other.status == 1)
          #expect(other.errorText.contains("of the frames sent differ from the recording"))
        }
      }
    }
  }
}
