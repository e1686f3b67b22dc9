import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// A round that meets no carrier is not told as sent. Needs root.
@Suite("crimp announce, while the carrier comes and goes", .serialized)
struct AnnounceCarrierTests {
  private func start(
    _ network: LaboratoryNetwork, _ options: [String]
  ) throws -> (RunningTool, Wire) {
    try network.ownerB.add(Place.service, length: 24)
    let wire = try Wire(at: network.client)
    let running = try network.ownerB.startCrimp(
      ["announce", "-i", "eth0", "--foreground", "--json", "--interval", "5"] + options
        + ["\(Place.service)"])
    #expect(try wire.awaits { $0.requests(for: Place.service).count == 1 })
    let isAnnounced = try eventually { try running.outputSoFar().contains(#""announced""#) }
    #expect(isAnnounced)
    try network.switchHost.setUp("port-b", false)
    let isHeld = try eventually(within: 30) { try running.outputSoFar().contains(#""held""#) }
    #expect(isHeld)
    return (running, wire)
  }

  @Test("a round is held until the carrier is back, and none is left out")
  func held() throws {
    try withNetwork { network in
      let (running, wire) = try start(network, ["-c", "3"])
      #expect(try wire.collect().requests(for: Place.service).count == 1)
      try network.switchHost.setUp("port-b")
      let result = try running.end(seconds: 60)
      #expect(result.status == 0, "\(result.errorText)")
      let events = result.outputLines.map { line in
        ["announced", "held"].first { line.contains("\"\($0)\"") } ?? line
      }
      #expect(events == ["announced", "held", "announced", "announced"])
      // A switch's port may pass the first frames by that come with its carrier.
      #expect(try wire.awaits { $0.requests(for: Place.service).count >= 2 })
    }
  }

  @Test("a round that never gets a carrier was not sent: 69")
  func unsent() throws {
    try withNetwork { network in
      let (running, wire) = try start(network, ["-c", "2", "--wait", "1"])
      let result = try running.end(seconds: 60)
      #expect(result.status == 69)
      #expect(result.outputLines.last?.contains(#""event":"unsent""#) == true)
      #expect(result.outputText.split(separator: "\"announced\"").count == 2)
      #expect(try wire.collect().requests(for: Place.service).count == 1)
    }
  }
}
