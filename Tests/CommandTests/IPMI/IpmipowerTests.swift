import Support
import Testing

/// Our `ipmipower` says what FreeIPMI's says of the same controllers; where it does not,
/// `Fixtures/cli/README.md` says why.
@Suite("ipmipower", .serialized) struct IpmipowerTests {
  /// What both are run with: the simulator's user and password.
  private static let admin = ["-D", "LAN_2_0", "-u", "admin", "-p", RunningBMC.password]

  private func original(_ arguments: [String], input: String = "") throws -> ToolRun {
    try runTool("ipmipower", arguments, input: Array(input.utf8))
  }

  private func ours(_ arguments: [String], input: String = "") throws -> ToolRun {
    try runTool(
      crimpPath, arguments, argumentZero: "ipmipower", input: Array(input.utf8),
      environment: ["XDG_CACHE_HOME": "/dev/null"])
  }

  /// Expects both to print the same and to end alike. Hosts answer in any order.
  private func compare(
    _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let (original, ours) = (try original(arguments), try ours(arguments))
    let line = arguments.joined(separator: " ")
    #expect(
      ours.outputLines.sorted() == original.outputLines.sorted(), "\(line)",
      sourceLocation: sourceLocation)
    #expect(
      ours.errorText.split(whereSeparator: \.isNewline)
        == original.errorText.split(whereSeparator: \.isNewline), "\(line)",
      sourceLocation: sourceLocation)
    #expect(ours.status == original.status, "\(line)", sourceLocation: sourceLocation)
  }

  @Test func powerOfOneMachine() throws {
    let bmc = try RunningBMC()
    let host = ["-h", "127.0.0.1:\(bmc.port)"]
    for words in [
      ["-s"], ["--stat"], ["-f"], ["-s"], ["-n"], ["-s"], ["-c"], ["-r"], ["--pulse"], ["--soft"],
      ["-s"], ["-c", "--on-if-off"], ["-s"], ["-f", "--wait-until-off"], ["-s"],
      ["-n", "--wait-until-on"], ["-s"], ["-s", "-n"], ["--always-prefix", "-s"], ["-B", "-s"],
      ["-C", "-s"], ["-I", "17", "-s"], ["-I", "8", "-s"], ["-l", "USER", "-s"],
      ["-l", "USER", "-f"], ["-W", "none", "-s"], ["-F", "3", "-s"],
    ] {
      try compare(Self.admin + host + words)
    }
    #expect(try bmc.told.contains("power: "))
  }

  /// A simulator for each driver: it turns a machine on some time after it said yes to a cycle.
  @Test(arguments: [["-D", "LAN_2_0", "-W", "opensesspriv"], ["-D", "LAN"]])
  func openIPMISimulator(driver: [String]) throws {
    let simulator = try OpenIPMISimulator()
    let arguments = ["-h", "127.0.0.1:\(simulator.port)", "-u", "ipmiusr", "-p", "test"]
    for word in ["-s", "-n", "-s", "-f", "-s", "-c", "-r"] {
      try compare(arguments + driver + [word])
    }
  }

  @Test func manyMachines() throws {
    let running = try RunningTool(
      crimpPath, ["bmc", "--address", "127.67.0.0/26", "--port", "16232"])
    #expect(try eventually { try running.outputSoFar().contains("ready: 64 BMCs") })
    let hosts = ["-h", "127.67.0.[1-9,12]:16232,127.67.0.20:16232"]
    try compare(Self.admin + hosts + ["-s"])
    try compare(Self.admin + hosts + ["-C", "-s"])
    #expect(
      try ours(Self.admin + hosts + ["-C", "-n"]).outputText
        == "----------------\n127.67.0.[1-9,12,20]\n----------------\n ok\n")
  }

  @Test func eachRefusalHasItsWords() throws {
    let bmc = try RunningBMC()
    let host = ["-h", "127.0.0.1:\(bmc.port)", "-s"]
    for arguments in [
      ["-D", "LAN_2_0", "-u", "admin", "-p", "wrong"], ["-D", "LAN_2_0", "-u", "nobody"],
      ["-D", "LAN", "-u", "nobody"],
      ["-D", "LAN_2_0", "-u", "user", "-p", RunningBMC.password],
      Self.admin + ["-k", "wrong"], Self.admin + ["-I", "4"], Self.admin + ["-I", "x"],
      Self.admin + ["-l", "FOO"], Self.admin + ["-W", "foo"], ["-D", "FOO"],
      Self.admin + ["-a", "FOO"], Self.admin + ["--session-timeout=x"], Self.admin + ["-F", "x"],
      Self.admin + ["-p", "123456789012345678901"], Self.admin + ["-u", "12345678901234567"],
      Self.admin + ["-k", "123456789012345678901"], Self.admin + ["-k", "0xzz"],
      Self.admin + ["--oem-power-type=FOO"], Self.admin + ["--config-file=/nonexistent"],
      Self.admin + ["--retransmission-timeout=50000"], ["-x"], ["foo"],
      ["-h", "no.such.host.invalid"],
    ] {
      try compare(host + arguments)
    }
    try compare(["-s"])
  }

  @Test(arguments: ["sun20", "supermicro20"])
  func workaroundsThatAreMissingAreNotPassedOver(_ name: String) throws {
    let run = try ours(Self.admin + ["-W", "none,\(name)", "-h", "127.0.0.1:1", "-s"])
    #expect(run.errorText.contains("workaround flag '\(name)' is not supported"))
    #expect(run.status == 1 && run.outputText.isEmpty)
  }

  @Test func failuresTheOriginalHides() throws {
    let suites = try RunningBMC(["--suites", "16"])
    let refused = try ours(Self.admin + ["-h", "127.0.0.1:\(suites.port)", "-s"])
    #expect(refused.outputText == "127.0.0.1: cipher suite id unavailable\n" && refused.status == 1)
    let off = try RunningBMC(["--off", "--misbehave", "refused-cycle-when-off"])
    let cycle = try ours(Self.admin + ["-h", "127.0.0.1:\(off.port)", "-c"])
    #expect(cycle.outputText == "127.0.0.1: BMC error\n" && cycle.status == 1)
    let slots = try RunningBMC(["--slots", "0"])
    let busy = try ours(Self.admin + ["-h", "127.0.0.1:\(slots.port)", "-s"])
    #expect(busy.outputText == "127.0.0.1: BMC busy\n" && busy.status == 1)
    let slow = try RunningBMC(["--power-delay", "3600"])
    let waited = try ours(
      Self.admin + [
        "-h", "127.0.0.1:\(slow.port)", "-f", "--wait-until-off", "--session-timeout=700",
      ])
    #expect(waited.outputText == "127.0.0.1: session timeout\n" && waited.status == 1)
    let closed = try ours(Self.admin + ["-h", "127.0.0.1:1", "-s"])
    #expect(closed.outputText == "127.0.0.1: connection timeout\n" && closed.status == 1)
  }

  @Test func promptTakesCommands() throws {
    let bmc = try RunningBMC()
    let lines = """
      stat
      hostname 127.0.0.1:\(bmc.port)
      stat
      off
      stat 127.0.0.1
      on 127.9.9.9
      identify-on
      identify-status
      consolidate-output on
      stat
      on-if-off
      privilege-level x
      username
      foo
      quit
      """
    let run = try ours(Self.admin, input: lines)
    let expected = """
      ipmipower> no hostname(s) configured
      ipmipower> hostname: 127.0.0.1:\(bmc.port)
      ipmipower> 127.0.0.1: on
      ipmipower> 127.0.0.1: ok
      ipmipower> 127.0.0.1: off
      ipmipower> 127.9.9.9: unconfigured hostname
      ipmipower> 127.0.0.1: ok
      ipmipower> 127.0.0.1: on
      ipmipower> consolidate-output is now on
      ipmipower> ----------------
      127.0.0.1
      ----------------
       off
      ipmipower> on-if-off is now on
      ipmipower> x invalid privilege_level
      ipmipower> username: NULL
      ipmipower> unknown command - type "help"
      ipmipower>\(" ")
      """
    #expect(run.outputText == expected && run.errorText == "" && run.status == 0)
  }

  @Test func theConfigurationFileIsRead() throws {
    let bmc = try RunningBMC()
    try withTemporaryDirectory { directory in
      let path = directory + "/freeipmi.conf"
      let text = """
        # of all programs
        driver-type KCS
        username nobody
        password \(RunningBMC.password)
        ipmipower-username admin
        hostname 127.0.0.1:\(bmc.port)
        sel-cache-directory /tmp
        """
      try writeFile(path, Array(text.utf8))
      let run = try ours(["--config-file", path, "-s"])
      #expect(run.outputText == "127.0.0.1: on\n" && run.status == 0, "\(run.errorText)")
    }
  }

  @Test func hostsThatAreNotThereAreLeftOut() throws {
    let bmc = try RunningBMC()
    let run = try ours(Self.admin + ["-E", "-h", "127.0.0.1:\(bmc.port),127.0.0.1:1", "-s"])
    #expect(run.outputText == "127.0.0.1: on\n" && run.status == 0)
  }

  @Test func passwordsAreTakenOutOfTheListOfProcesses() throws {
    let bmc = try RunningBMC(["--latency", "700"])
    let slow = try RunningTool(
      crimpPath,
      ["ipmipower"] + Self.admin + ["-k", "visible-key", "-h", "127.0.0.1:\(bmc.port)", "-s"])
    let isBlank = try eventually {
      let listed = try runTool("ps", ["-C", "crimp", "-o", "args", "-ww"]).outputText
      return listed.contains("XXXX") && !listed.contains("visible-key")
    }
    #expect(isBlank)
    slow.send(signal: 15)
    _ = try slow.end()
  }
}
