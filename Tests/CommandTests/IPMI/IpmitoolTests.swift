import Support
import Testing

/// What our `ipmitool` does on its own account: secrets, refusals, errors that tell why.
@Suite(.serialized) struct IpmitoolTests {
  private func run(_ arguments: [String], environment: [String: String] = [:]) throws -> ToolRun {
    try runTool(
      crimpPath, arguments, argumentZero: "ipmitool",
      environment: environment.merging(["LC_ALL": "C"]) { $1 })
  }

  private func lanplus(_ port: String, _ words: String...) -> [String] {
    ["-I", "lanplus", "-H", "127.0.0.1", "-p", port, "-U", "admin"] + words
  }

  /// Of files that the options name nothing is said before there is a controller.
  @Test(arguments: [[], ["-O", "/nonexistent", "-S", "/nonexistent"]])
  func tellsThatThereIsNoDevice(_ options: [String]) throws {
    let original = try runTool("ipmitool", options + ["chassis", "status"])
    let ours = try run(options + ["chassis", "status"])
    #expect(ours.errorText == original.errorText)
    #expect(ours.status == 1 && original.status == 1)
  }

  @Test func tellsOfFilesWhenTheControllerIsReached() throws {
    let options = ["-O", "/nonexistent", "-S", "/nonexistent"]
    let closed = try run(
      lanplus(String(try freePort()), "-E") + options + ["mc", "guid"],
      environment: ["IPMI_PASSWORD": "x"])
    #expect(!closed.errorText.contains("/nonexistent") && closed.status == 1, "\(closed.errorText)")
    let bmc = try RunningBMC()
    let golden = GoldenIpmitool(
      options: lanplus(bmc.port, "-C", "17", "-E") + options, password: RunningBMC.password)
    try golden.compare(["mc guid", "sdr list mcloc", "raw 6 0x99"])
    try withTemporaryDirectory { directory in
      let path = "\(directory)/script"
      try writeFile(path, Array("mc guid\nmc guid\n".utf8))
      try golden.compare(["exec \(path)"])
    }
  }

  @Test func helpNeedsNoController() throws {
    let help = try run(["channel", "--help"])
    #expect(help.status == 0)
    #expect(help.errorText.hasPrefix("Channel Commands: authcap"))
  }

  @Test(arguments: [
    ["-p", "x", "mc", "info"], ["-p", "99999", "mc", "info"], ["-4", "-6", "mc", "info"],
    ["-R", "x", "mc", "info"], ["-U", "12345678901234567", "mc", "info"],
    ["-H", "h", "-P", "12345678901234567", "mc", "info"],
    ["-I", "lanplus", "-H", "h", "-P", "123456789012345678901", "mc", "info"],
    ["-y", "123", "mc", "info"], ["-y", "xx", "mc", "info"], ["-I", "foo", "mc", "info"],
    ["-o", "list"], ["-V"], ["-C", "x", "mc", "info"], ["-I", "lan", "mc", "info"],
    ["-I", "lanplus", "-U", "x", "-P", "y", "mc", "info"],
    ["-I", "lan", "-H", "", "-P", "x", "mc", "info"], ["-I", "lanplus", "sol", "activate"],
  ])
  func refusesOptionsAsTheOriginal(_ arguments: [String]) throws {
    let original = try runTool("ipmitool", arguments)
    let ours = try run(arguments)
    #expect(ours.errorText == original.errorText)
    #expect(ours.outputText == original.outputText)
    #expect(ours.status == original.status)
  }

  /// Failures that the original tells by one text each get a line of their own before it.
  @Test func tellsWhyThereIsNoSession() throws {
    let bmc = try RunningBMC()
    let last = "Error: Unable to establish IPMI v2 / RMCP+ session\n"
    func failure(_ options: [String], password: String) throws -> String {
      let run = try run(
        lanplus(bmc.port) + options + ["-E", "power", "status"],
        environment: ["IPMI_PASSWORD": password])
      #expect(run.status == 1)
      #expect(run.outputText.isEmpty)
      #expect(run.errorText.hasSuffix(last), "\(run.errorText)")
      return run.errorText
    }
    #expect(try failure([], password: "wrong").contains("wrong password"))
    #expect(
      try failure(["-U", "nobody"], password: RunningBMC.password).contains("no such user"))
    let closed = try run(
      lanplus(String(try freePort()), "-E", "power", "status"),
      environment: ["IPMI_PASSWORD": "x"])
    #expect(closed.errorText.contains("nothing listens"))
    #expect(closed.status == 1)
  }

  /// Without `-C` the strongest suite is taken that both have, at once and without a question that
  /// many controllers do not answer.
  @Test func findsTheSuite() throws {
    let simulator = try OpenIPMISimulator()
    let run = try run(
      [
        "-I", "lanplus", "-H", "127.0.0.1", "-p", "\(simulator.port)", "-U", "ipmiusr", "-E",
        "power", "status",
      ], environment: ["IPMI_PASSWORD": "test"])
    #expect(run.outputText == "Chassis Power is off\n", "\(run.errorText)")
    #expect(run.status == 0)
  }

  /// The command line that others see shows neither `-P` nor a user's new password.
  @Test func blanksSecrets() throws {
    let port = String(try freePort())
    for arguments in [
      ["-P", "hunter2-hunter2", "power", "status"], ["-Phunter2-hunter2", "power", "status"],
      ["-P", "x", "user", "set", "password", "2", "hunter2-hunter2"],
    ] {
      let tool = try RunningTool(
        crimpPath,
        ["ipmitool", "-I", "lanplus", "-H", "192.0.2.1", "-p", port, "-U", "admin"] + arguments)
      defer { tool.send(signal: 9) }
      let blanked = try eventually {
        let line = try readFile("/proc/\(tool.process)/cmdline")
        let text = String(decoding: line, as: UTF8.self)
        return text.contains("admin") && !text.contains("hunter2") && text.contains("XXXX")
      }
      #expect(blanked, "\(arguments)")
    }
  }

  @Test func readsThePasswordFromAFile() throws {
    let bmc = try RunningBMC()
    try withTemporaryDirectory { directory in
      let path = "\(directory)/password"
      try writeFile(path, Array("\(RunningBMC.password)\n".utf8))
      let run = try run(lanplus(bmc.port, "-f", path, "power", "status"))
      #expect(run.outputText.hasPrefix("Chassis Power is o"))
      #expect(run.status == 0, "\(run.errorText)")
      let missing = try self.run(lanplus(bmc.port, "-f", "\(path).none", "power", "status"))
      #expect(missing.status == 1)
      #expect(missing.errorText.contains("Unable to read password from file \(path).none"))
    }
  }

  @Test func bridges() throws {
    let simulator = try OpenIPMISimulator()
    let options = [
      "-I", "lanplus", "-C", "3", "-H", "127.0.0.1", "-p", "\(simulator.port)", "-U", "ipmiusr",
      "-E",
    ]
    let original = try runTool(
      "ipmitool", options + ["-t", "0x24", "raw", "6", "1"],
      environment: ["IPMI_PASSWORD": "test"])
    let ours = try run(
      options + ["-t", "0x24", "raw", "6", "1"], environment: ["IPMI_PASSWORD": "test"])
    #expect(ours.errorText == original.errorText)
    #expect(ours.status == original.status)
  }

  @Test(arguments: [["-H", "no.such.host.invalid"], ["-6", "-H", "127.0.0.1"]])
  func aHostWithoutAddressIsNamedOnce(_ options: [String]) throws {
    let run = try runTool(
      crimpPath, options + ["-I", "lanplus", "-P", "x", "mc", "info"], argumentZero: "ipmitool")
    let host = try #require(options.last)
    #expect(run.errorText.hasPrefix("ipmitool: \(host): ") && run.status == 1)
    #expect(run.errorText.ranges(of: host).count == 1, "\(run.errorText)")
  }

  /// The network says at once that nothing listens, and the last wait is not longer than the patience.
  @Test(arguments: [1, 2]) func aClosedPortIsToldAfterOneAttempt(_ attempts: Int) throws {
    for _ in 0..<4 {
      let run = try runTool(
        crimpPath,
        [
          "-I", "lanplus", "-H", "127.0.0.1", "-p", "1", "-P", "x", "-N", "1", "-R", "\(attempts)",
          "mc",
          "info",
        ], argumentZero: "ipmitool")
      #expect(run.errorText.contains("nothing listens on the IPMI port"), "\(run.errorText)")
    }
  }
}
