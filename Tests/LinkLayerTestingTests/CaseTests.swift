import LinkLayer
import LinkLayerTesting
import Machines
import Support
import Testing

/// Each capture of a folder as a case, as a test of one's own has it.
@Suite("A folder of captures") struct CaseTests {
  static let pings =
    ((try? ReplayTestCase.all(inFolder: "\(Fixture.root)/captures/machines")) ?? [])
    .filter { $0.description.hasSuffix("arping.pcap") || $0.description == "crimp-ping-arp.pcapng" }

  /// What asks for an address three times, a second or a tenth of it apart.
  private func ping(_ capture: ReplayTestCase) throws -> TestedMachine<NeighborPing> {
    var options = PingOptions()
    options.count = capture.description.hasPrefix("habets") ? 2 : 3
    options.interval = capture.terms.host == nil ? .milliseconds(100) : .seconds(1)
    return TestedMachine(
      NeighborPing(
        target: IPv4Address(192, 0, 2, 1), source: IPv4Address(192, 0, 2, 2),
        identity: LinkIdentity(hardwareAddress: HardwareAddress(MACAddress(2, 0, 0, 0, 0, 11))),
        options: options))
  }

  private func options(_ capture: ReplayTestCase) -> ReplayTestOptions {
    ReplayTestOptions(mask: capture.terms.host == nil ? .nothing : .anotherProgram)
  }

  @Test("is a test", arguments: pings) func replays(_ capture: ReplayTestCase) throws {
    var machine = try ping(capture)
    try capture.check(&machine, options: options(capture))
    #expect(machine.outcome?.received == machine.outcome?.sent)
  }

  @Test("is a test that fails in words", arguments: pings) func fails(_ capture: ReplayTestCase)
    throws
  {
    var machine = TestedMachine(
      NeighborPing(
        target: IPv4Address(192, 0, 2, 7), source: IPv4Address(192, 0, 2, 2),
        identity: LinkIdentity(hardwareAddress: HardwareAddress(MACAddress(2, 0, 0, 0, 0, 11)))))
    let error = #expect(throws: ReplayTestCaseError.self) {
      try capture.check(&machine, options: options(capture))
    }
    #expect(error?.description.contains("arp.dst.proto_ipv4") == true)
  }

  @Test func threeAreFound() {
    #expect(Self.pings.count == 3)
  }

  @Test func aFolderThatIsNoneIsTold() {
    let error = #expect(throws: ReplayTestCaseError.self) {
      try ReplayTestCase.all(inFolder: "/nowhere")
    }
    #expect(error?.description == "/nowhere: No such file or directory")
  }

  @Test("tells which words beside it are wrong") func wrongTerms() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.pcap"
      try writeFile(path, try Fixture.file("captures/stacks/kernel-arp.pcap"))
      try writeFile(path + ReplayTestTerms.fileSuffix, Array("--hosts x".utf8))
      let error = #expect(throws: ReplayTestCaseError.self) { try ReplayTestCase(path: path) }
      #expect(error?.description.contains("--hosts: expected --host, ") == true)
      try writeFile(path + ReplayTestTerms.fileSuffix, Array("--host 192.0.2.1\n".utf8))
      #expect(try ReplayTestCase(path: path).exchange().frames.map(\.isTested) == [false, true])
    }
  }

  /// Cut, empty and foreign files end in words.
  @Test(arguments: [0, 10, 24, 30, 70, 100]) func damagedFiles(length: Int) throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.pcap"
      try writeFile(path, Array(try Fixture.file("captures/stacks/kernel-arp.pcap").prefix(length)))
      var capture = try ReplayTestCase(path: path)
      capture.terms.host = "192.0.2.1"
      let prepared = capture
      #expect(throws: ReplayTestCaseError.self) { try prepared.exchange() }
    }
  }
}
