import Support
import Testing

/// Which controllers `crimp discover` finds.
@Suite("crimp discover")
struct DiscoverTests {
  private func discover(_ arguments: String...) throws -> ToolRun {
    try runTool(crimpPath, ["discover", "--attempts", "2", "--timeout", "0.2"] + arguments)
  }

  @Test func findsThoseThatAreThereAndNoOthers() throws {
    let running = try RunningTool(
      crimpPath, ["bmc", "--address", "127.67.0.0/29", "--port", "16232"])
    #expect(try eventually { try running.outputSoFar().contains("ready: 8 BMCs") })
    let run = try discover("127.67.0.0/28", "--port", "16232")
    let expected = (1...7).map { "127.67.0.\($0): IPMI 1.5 and 2.0" }
    #expect(run.outputLines.sorted() == expected && run.status == 0)
    running.send(signal: 2)
    #expect(try running.end().status == 0)
  }

  @Test func asksForCapabilitiesWhereThePingIsNotAnswered() throws {
    let bmc = try RunningBMC(["--misbehave", "silent-ping"])
    let run = try discover("127.0.0.1:\(bmc.port)", "--json")
    #expect(
      run.outputText
        == #"{"host":"127.0.0.1:\#(bmc.port)","ping":false,"versions":["1.5","2.0"]}"# + "\n")
  }

  /// Answers that overtake one another: what answers pings is said to, whichever comes first.
  @Test func saysOfPingsWhatIsSo() throws {
    let running = try RunningTool(
      crimpPath, ["bmc", "--address", "127.67.1.0/28", "--port", "16233", "--latency", "5-60"])
    #expect(try eventually { try running.outputSoFar().contains("ready: 16 BMCs") })
    let run = try runTool(
      crimpPath, ["discover", "127.67.1.0/28", "--port", "16233", "--json", "--timeout", "2"])
    #expect(run.outputLines.count == 14)
    #expect(run.outputLines.allSatisfy { $0.contains(#""ping":true,"versions""#) })
    let unasked = try runTool(
      crimpPath, ["discover", "127.67.1.1", "--port", "16233", "--json", "--no-ping"])
    #expect(unasked.outputText == #"{"host":"127.67.1.1","versions":["1.5","2.0"]}"# + "\n")
    running.send(signal: 2)
    #expect(try running.end().status == 0)
  }

  @Test func takesNetworksAndListsTogether() throws {
    let bmc = try RunningBMC()
    let run = try discover("127.0.0.0/30,127.0.1.[1,2]", "--port", "\(bmc.port)")
    #expect(run.outputText == "127.0.0.1: IPMI 1.5 and 2.0\n" && run.status == 0)
  }

  /// What was not asked is not "there is none".
  @Test func anInterruptionIsNoAnswer() throws {
    let bmc = try RunningBMC()
    let running = try RunningTool(
      crimpPath,
      [
        "discover", "127.0.0.1:\(bmc.port)", "127.0.0.0/16", "--port", "1", "--window", "1",
        "--timeout", "60",
      ])
    #expect(try eventually { try running.outputSoFar().contains("IPMI 1.5 and 2.0") })
    running.send(signal: 2)
    let run = try running.end()
    #expect(run.status == 69)
    #expect(
      run.errorText
        == "crimp: interrupted: 1 found so far, and not all of 65535 addresses asked\n")
  }

  @Test func saysNoWhenThereIsNone() throws {
    let run = try discover("127.0.0.1:1")
    #expect(run.outputText == "" && run.status == 1)
  }

  @Test(arguments: [
    (["10.0.0.0/8"], "crimp: ranges: more than 1048576 hosts at once\n"),
    (["n[2-1]"], "crimp: ranges: 'n[2-1]': the range '2-1' ends before it begins\n"),
    (
      ["127.0.0.1/33"],
      "crimp: ranges: '127.0.0.1/33': expected a host; a network is one of IPv4, such as 192.0.2.0/24, "
        + "and for discover\n"
    ),
    (["h", "--port", "0"], "crimp: --port 0: expected a port from 1 to 65535\n"),
    (["h", "--window", "0"], "crimp: --window 0: expected 1 or more\n"),
  ])
  func aWrongArgumentGetsOneLine(_ arguments: [String], _ line: String) throws {
    let run = try runTool(crimpPath, ["discover"] + arguments)
    #expect(run.errorText == line && run.status == 64)
  }
}
