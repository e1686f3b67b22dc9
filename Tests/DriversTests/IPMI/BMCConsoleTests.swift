import Drivers
import EventLoop
import IPMI
import Machines
import Support
import Testing

@Suite struct `A console and OpenIPMI's simulator` {
  @Test(arguments: [.suite3, CipherSuite(id: 2) ?? .suite0])
  func `speak over the line, and give it back`(_ suite: CipherSuite) throws {
    let simulator = try OpenIPMISimulator(hasChassis: false, hasSerialLine: true)
    let bench = try BMCBench()
    let client = try bench.client(simulator.port) {
      $0.version = .version20
      $0.suites = [suite]
    }
    var text = ""
    var reports: [SerialOverLANSession.Report] = []
    var options = SerialOverLANOptions()
    options.reattaches = false
    let console = BMCConsole(client, options: options) {
      text += String(decoding: $0, as: UTF8.self)
    } onReport: {
      reports.append($0)
    }
    try bench.run {
      console.start()
      try await wait(bench.loop) { reports.contains(.attached) || console.hasEnded }
      console.type([UInt8]("hello, line".utf8))
      try await wait(bench.loop) { text.contains("HELLO, LINE") || console.hasEnded }
      console.stop()
      let outcome = try await console.outcome()
      #expect(outcome == .closed)
      client.close()
    }
    #expect(text.contains("HELLO, LINE"), "\(text)")
    #expect(console.pendingCount == 0)
  }

  @Test func `find each other by a sweep`() throws {
    let simulator = try OpenIPMISimulator(hasChassis: false)
    let bench = try BMCBench()
    var options = PresenceSweep.Options()
    options.wait = .milliseconds(200)
    let discovery = BMCDiscovery(on: bench.sockets, options: options)
    let addresses = [loopback(try freePort()), loopback(simulator.port)]
    var found: [Int: PresenceSweep.Presence] = [:]
    try bench.run {
      try await discovery.run(addresses) { found[$0] = $1 }
    }
    #expect(found.count == 2)
    #expect(found[0]?.isPresent == false && found[0]?.failure == .portClosed)
    #expect(found[1]?.pong?.speaksIPMI == true)
    #expect(found[1]?.capabilities?.offersVersion20 == true)
  }

  /// Lets the loop turn until `condition` holds, at most for 10 seconds.
  private func wait(_ loop: EventLoop, until condition: () -> Bool) async throws {
    for _ in 0..<5000 where !condition() { try await loop.sleep(for: .milliseconds(2)) }
  }
}
