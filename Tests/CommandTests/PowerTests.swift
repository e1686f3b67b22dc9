import Glibc
import Support
import Testing

/// What `crimp power` says of machines behind simulated controllers, and what it tells its caller.
@Suite("crimp power")
struct PowerTests {
  /// Runs `crimp power` with the simulator's password, or another.
  private func power(
    _ action: String, _ hosts: String, _ options: [String] = [], user: String = "admin",
    password: String = RunningBMC.password
  ) throws -> ToolRun {
    try runTool(
      crimpPath, ["power", action, hosts, "--user", user, "--timeout", "3"] + options,
      environment: ["CRIMP_PASSWORD": password, "XDG_CACHE_HOME": "/dev/null"])
  }

  private static let passwordSources =
    "expected --ask-password, --password-file or CRIMP_PASSWORD, or one in the configuration (an empty "
    + "one too: 'password =' there)"

  @Test func looksAtPowerAndSwitchesIt() throws {
    let bmc = try RunningBMC(["--off"])
    let host = "127.0.0.1:\(bmc.port)"
    let before = try power("status", host)
    #expect(before.outputText == "\(host): off\n" && before.status == 0)
    let on = try power("on", host)
    #expect(on.outputText == "\(host): ordered on\n" && on.status == 0)
    #expect(try power("status", host).outputText == "\(host): on\n")
    #expect(try power("off", host, ["--quiet"]).outputText == "")
    #expect(try bmc.told.contains("IPMI 2.0, suite 17\n"))
  }

  @Test func waitsUntilPowerIsAsItShouldBe() throws {
    let bmc = try RunningBMC(["--off", "--power-delay", "0.7"])
    let host = "127.0.0.1:\(bmc.port)"
    let on = try power("on", host, ["--wait", "20"])
    #expect(on.outputText == "\(host): on\n" && on.status == 0)
  }

  @Test func aCycleIsDoneWhenPowerWasSeenOff() throws {
    let slow = try RunningBMC(["--power-delay", "0,0.4,0,1"])
    let cycled = try power("cycle", "127.0.0.1:\(slow.port)", ["--wait", "20"])
    #expect(cycled.outputText == "127.0.0.1:\(slow.port): on\n" && cycled.status == 0)
    let never = try RunningBMC(["--power-delay", "3600"])
    let believed = try power("cycle", "127.0.0.1:\(never.port)", ["--wait", "0.6"])
    #expect(
      believed.errorText
        == "127.0.0.1:\(never.port): on, and never seen off: not shown to have been cycled\n")
    #expect(believed.status == 1)
  }

  @Test func aMachineWithTwoNamesIsToldOnce() throws {
    let bmc = try RunningBMC()
    let (one, other) = ("127.0.0.1:\(bmc.port)", "localhost:\(bmc.port)")
    let run = try power("cycle", "\(one),\(other)")
    #expect(run.outputLines.contains("\(one): ordered to cycle") && run.status == 0)
    #expect(run.outputLines.contains("\(other): ordered to cycle"))
    #expect(try bmc.told.split(separator: "\n").filter { $0.hasSuffix("power: off") }.count == 1)
  }

  @Test func aListOfHostsComesFromStandardInputTooWhateverEndsItsLines() throws {
    let bmc = try RunningBMC()
    let list = "127.0.0.1:\(bmc.port)\r\n# rack 2\r\n\r\nlocalhost:\(bmc.port) # the same\r\n"
    let run = try runTool(
      crimpPath, ["power", "status", "--hosts-file", "-", "--user", "admin"],
      input: Array(list.utf8),
      environment: ["CRIMP_PASSWORD": RunningBMC.password, "XDG_CACHE_HOME": "/dev/null"])
    let expected = ["127.0.0.1:\(bmc.port): on", "localhost:\(bmc.port): on"]
    #expect(Array(run.outputLines.prefix(2)).sorted() == expected && run.status == 0)
  }

  @Test func tellsWhenPowerIsNotAsItShouldBe() throws {
    let bmc = try RunningBMC(["--off", "--power-delay", "3600"])
    let host = "127.0.0.1:\(bmc.port)"
    let on = try power("on", host, ["--wait", "0.6"])
    #expect(on.errorText == "\(host): still off\n" && on.status == 1)
  }

  @Test(arguments: ["cycle", "reset"]) func restartsNothingThatIsOff(_ action: String) throws {
    let bmc = try RunningBMC(["--off", "--misbehave", "refused-cycle-when-off"])
    let host = "127.0.0.1:\(bmc.port)"
    let refused = try power(action, host)
    let words = "off: nothing to restart (--on-if-off switches it on)"
    #expect(refused.errorText == "\(host): \(words)\n" && refused.status == 1)
    let switched = try power(action, host, ["--on-if-off"])
    #expect(switched.outputText == "\(host): was off: ordered on\n" && switched.status == 0)
    #expect(try power("status", host).outputText == "\(host): on\n")
  }

  @Test func eachFailureHasItsOwnWordsAndStatus() throws {
    let bmc = try RunningBMC(["--suites", "3"])
    let host = "127.0.0.1:\(bmc.port)"
    let wrongPassword = try power("status", host, password: "wrong")
    #expect(wrongPassword.errorText == "\(host): wrong password, or no such user\n")
    #expect(wrongPassword.status == 77 && wrongPassword.outputText == "")
    let wrongUser = try power("status", host, user: "nobody")
    #expect(wrongUser.errorText == "\(host): the BMC has no such user, or it is disabled\n")
    #expect(wrongUser.status == 77)
    let tooLow = try power("off", host, user: "user")
    #expect(tooLow.errorText == "\(host): the user is not allowed the privilege level\n")
    #expect(tooLow.status == 77)
    let noSuite = try power("status", host, ["--minimum-suite", "17"])
    #expect(noSuite.errorText.hasPrefix("\(host): no cipher suite in common"))
    #expect(noSuite.status == 1)
    let closed = try power("status", "127.0.0.1:1")
    #expect(
      closed.errorText
        == "127.0.0.1:1: the host is there, but nothing listens on the IPMI port\n")
    #expect(closed.status == 69)
    let unknown = try power("status", "no.such.host.invalid")
    #expect(unknown.errorText.hasPrefix("no.such.host.invalid: ") && unknown.status == 69)
  }

  /// A minimum suite forbids 1.5 for a host whose own section asks for it: nothing is sent.
  @Test func aMinimumSuiteForbidsVersion15() throws {
    let bmc = try RunningBMC()
    try withTemporaryDirectory { directory in
      let configuration = "\(directory)/bmc.conf"
      let host = "127.0.0.1:\(bmc.port)"
      try writeFile(
        configuration, Array("[*]\nminimum-suite = 17\n[127.0.0.1]\nprotocol = 1.5\n".utf8))
      let run = try power("status", host, ["--config", configuration])
      #expect(
        run.errorText
          == "\(host): IPMI 1.5 is asked for, and the minimum cipher suite forbids it\n")
      #expect(run.status == 64 && run.outputText == "")
      #expect(try !bmc.told.contains("logged in"))
    }
  }

  /// A controller that speaks nothing else says so, whatever keeps us from following it.
  @Test(arguments: [["--minimum-suite", "17"], ["--protocol", "2.0"]])
  func aControllerOfVersion15IsNotSilent(_ options: [String]) throws {
    let bmc = try RunningBMC(["--suites", "none"])
    let run = try power("status", "127.0.0.1:\(bmc.port)", options)
    #expect(run.errorText == "127.0.0.1:\(bmc.port): the BMC does not speak IPMI 2.0\n")
    #expect(run.status == 1)
  }

  /// Nothing but a terminal sees it, and no line of a result is left with a piece of it.
  @Test func progressIsShownOnATerminal() throws {
    let bmc = try RunningBMC()
    let silent = try RunningBMC(["--loss", "100"])
    let (host, quiet) = ("127.0.0.1:\(bmc.port)", "127.0.0.1:\(silent.port)")
    let environment = ["CRIMP_PASSWORD": RunningBMC.password, "XDG_CACHE_HOME": "/dev/null"]
    let arguments = ["power", "status", host, quiet, "-u", "admin", "--timeout", "3"]
    let shown = try TerminalTool(crimpPath, arguments, environment: environment)
    #expect(shown.shows("\r1 of 2\u{1b}[K"))
    #expect(try shown.end() == 69)
    #expect(shown.shown.contains("\r\u{1b}[K\(quiet): no answer"), "\(shown.shown)")
    let unseen = try TerminalTool(crimpPath, arguments + ["-q"], environment: environment)
    #expect(try unseen.end() == 69)
    #expect(!unseen.shown.contains(" of 2"))
    let piped = try power("status", "\(host),\(quiet)")
    #expect(!piped.errorText.contains(" of 2"))
  }

  @Test func noSlotIsToldFromSilence() throws {
    let bmc = try RunningBMC(["--slots", "0"])
    let run = try power("status", "127.0.0.1:\(bmc.port)")
    #expect(run.errorText.contains("all of the BMC's session slots are taken"))
    #expect(run.status == 69)
  }

  @Test func manyHostsAreGroupedByOutcome() throws {
    let running = try RunningTool(
      crimpPath, ["bmc", "--address", "127.66.0.0/23", "--port", "16231"])
    #expect(try eventually { try running.outputSoFar().contains("ready: 512 BMCs") })
    let run = try power("status", "127.66.0.[1-200]:16231,127.66.1.[0-99]:16231,127.66.0.1:1")
    let lines = run.outputLines
    #expect(lines.filter { $0.hasSuffix(": on") }.count == 300)
    #expect(lines.suffix(2).first == "on (300): 127.66.0.[1-200]:16231,127.66.1.[0-99]:16231")
    #expect(lines.last?.hasSuffix("(1): 127.66.0.1:1") == true)
    #expect(run.status == 69)
    running.send(signal: 2)
    #expect(try running.end().status == 0)
  }

  @Test func jsonSaysTheSameToPrograms() throws {
    let bmc = try RunningBMC()
    let host = "127.0.0.1:\(bmc.port)"
    #expect(
      try power("status", host, ["--json"]).outputText
        == #"{"action":"status","host":"\#(host)","ok":true,"power":"on","result":"on"}"# + "\n")
    let failed = try power("status", "127.0.0.1:1", ["--json"])
    #expect(failed.outputText.contains(#""error":"port-closed","host":"127.0.0.1:1","ok":false"#))
  }

  @Test func configurationAndFilesNameHostsAndSecrets() throws {
    let bmc = try RunningBMC()
    try withTemporaryDirectory { directory in
      let (password, configuration) = (directory + "/password", directory + "/bmc.conf")
      let hosts = directory + "/hosts"
      try writeFile(password, Array("\(RunningBMC.password)\n".utf8))
      chmod(password, 0o600)
      let settings = """
        [*]
        user = nobody
        [node[1-2]]
        address = 127.0.0.1
        port = \(bmc.port)
        user = operator
        password-file = \(password)
        """
      try writeFile(configuration, Array(settings.utf8))
      try writeFile(hosts, Array("# rack 1\nnode1 # the first\nnode[1-2]\n".utf8))
      let run = try runTool(
        crimpPath,
        ["power", "status", "--hosts-file", hosts, "--config", configuration, "--json"])
      #expect(run.outputLines.count == 2 && run.status == 0, "\(run.errorText)")
      #expect(run.outputText.contains(#""host":"node2""#))
    }
  }

  @Test func aSecretThatOthersCanReadIsRefused() throws {
    try withTemporaryDirectory { directory in
      let configuration = directory + "/bmc.conf"
      try writeFile(configuration, Array("[*]\npassword = x\n".utf8))
      chmod(configuration, 0o644)
      let run = try runTool(crimpPath, ["power", "status", "h", "--config", configuration])
      let words = "holds a secret that others can read: `chmod 600 \(configuration)`"
      #expect(run.errorText == "crimp: \(configuration) \(words)\n" && run.status == 77)
    }
  }

  @Test(arguments: [
    (["status"], "crimp: no hosts: expected names such as node[1-100], or --hosts-file\n"),
    (["status", "n[1-"], "crimp: hosts: 'n[1-': a bracket has no counterpart\n"),
    (["status", "h", "--wait", "3"], "crimp: --wait: 'status' leaves no state to wait for\n"),
    (["reset", "h", "--wait", "3"], "crimp: --wait: 'reset' leaves no state to wait for\n"),
    (
      ["status", "127.0.0.1/32"],
      "crimp: hosts: '127.0.0.1/32': expected a host; a network is one of IPv4, such as 192.0.2.0/24, "
        + "and for discover\n"
    ),
    (
      ["status", "h", "--privilege", "4"],
      "crimp: The value '4' is invalid for '--privilege <level>'. Please provide one of 'callback', 'user', "
        + "'operator', 'administrator' or 'oem'.\n"
    ),
    (["on", "h", "--on-if-off"], "crimp: --on-if-off: expected cycle or reset, not 'on'\n"),
    (
      ["on", "h", "--user", "12345678901234567"],
      "crimp: user '12345678901234567': expected at most 16 bytes\n"
    ),
    (
      ["status", "h", "--minimum-suite", "17", "--protocol", "1.5"],
      "crimp: --minimum-suite 17 forbids IPMI 1.5: expected it without --protocol 1.5\n"
    ),
    (
      ["status", "h", "--suites", "none"], "crimp: --suites none: expected numbers, such as 17,3\n"
    ),
    (["status", "h"], "crimp: h: no password: \(PowerTests.passwordSources)\n"),
    (
      ["status", "h", "--timeout", "1e9"],
      "crimp: --timeout 1000000000.0: expected seconds, more than 0 and less than 1000000\n"
    ),
    (["on", "h", "--window", "0"], "crimp: --window 0: expected 1 or more\n"),
  ])
  func aWrongArgumentGetsOneLine(_ arguments: [String], _ line: String) throws {
    let run = try runTool(crimpPath, ["power"] + arguments)
    #expect(run.errorText == line && run.status == 64)
  }

  @Test func anOverlongPasswordIsRefusedAndNeverShown() throws {
    let run = try power("status", "127.0.0.1:1", password: "a secret of 22 bytes!!")
    #expect(run.status == 64 && run.errorText.hasPrefix("crimp: CRIMP_PASSWORD: "))
    #expect(!run.errorText.contains("a secret"))
  }
}
