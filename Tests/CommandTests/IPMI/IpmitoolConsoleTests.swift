import Glibc
import Support
import Testing

/// `ipmitool sol activate`, the original and ours, each at a terminal of its own.
@Suite struct IpmitoolConsoleTests {
  private func console(
    _ program: String, _ port: String, _ options: [String], _ words: [String], user: String,
    password: String
  ) throws -> TerminalTool {
    try TerminalTool(
      program,
      ["-I", "lanplus", "-H", "127.0.0.1", "-p", port, "-U", user, "-E"] + options
        + ["sol", "activate"] + words,
      argumentZero: "ipmitool", environment: ["IPMI_PASSWORD": password])
  }

  /// Each line that the terminal showed, without the ends that a raw terminal shows otherwise.
  private func lines(_ shown: String) -> [String] {
    shown.split { $0.isNewline }.map(String.init)
  }

  @Test(arguments: ["~", "%"]) func saysWhatTheOriginalSays(_ escape: String) throws {
    let shown = try ["ipmitool", crimpPath].map { program in
      let bmc = try RunningBMC()
      let console = try console(
        program, bmc.port, escape == "~" ? ["-C", "17"] : ["-C", "3", "-e", escape], [],
        user: "admin", password: RunningBMC.password)
      #expect(console.shows("[SOL Session operational.  Use \(escape)? for help]"))
      #expect(eventually { console.isRaw })
      console.type("HELLO")
      #expect(console.shows("HELLO"))
      console.type("\r\(escape)?")
      #expect(console.shows("only recognized immediately after newline.)"))
      console.type("\(escape)B")
      #expect(console.shows("[send break]"))
      console.type("\(escape).")
      #expect(try console.end() == 0)
      #expect(!console.isRaw)
      return lines(console.shown)
    }
    #expect(shown[1] == shown[0])
  }

  @Test func saysWhoHasTheLineAsTheOriginal() throws {
    let bmc = try RunningBMC()
    let first = try console(
      crimpPath, bmc.port, ["-C", "17"], ["usesolkeepalive"], user: "admin",
      password: RunningBMC.password)
    #expect(first.shows("[SOL Session operational."))
    let golden = GoldenIpmitool(
      options: [
        "-I", "lanplus", "-C", "17", "-H", "127.0.0.1", "-p", bmc.port, "-U", "admin", "-E",
      ], password: RunningBMC.password)
    try golden.compare(["sol activate"])
    #expect(try golden.ours(["sol", "deactivate"]).status == 0)
    #expect(try first.end() == 1)
    #expect(first.shown.contains("SOL session closed by BMC"))
    #expect(!first.isRaw)
    try golden.compare(["sol set enabled false", "sol activate", "sol looptest 1 1"])
  }

  @Test func speaksWithOpenIPMIsSimulator() throws {
    let simulator = try OpenIPMISimulator(hasChassis: false, hasSerialLine: true)
    let console = try console(
      crimpPath, "\(simulator.port)", ["-C", "3"], [], user: "ipmiusr", password: "test")
    #expect(console.shows("[SOL Session operational.  Use ~? for help]"))
    console.type("hello, line")
    #expect(console.shows("HELLO, LINE"))
    console.type("\r~.")
    #expect(try console.end() == 0)
    // And again by the native command.
    let run = try runTool(
      crimpPath,
      ["console", "127.0.0.1:\(simulator.port)", "-u", "ipmiusr", "--suites", "3"],
      input: Array("piped".utf8), environment: ["CRIMP_PASSWORD": "test"])
    #expect(run.outputText.contains("PIPED") && run.status == 0, "\(run.errorText)")
  }

  @Test func needsASessionOfItsOwn() throws {
    let bmc = try RunningBMC()
    let golden = GoldenIpmitool(
      options: ["-I", "lan", "-H", "127.0.0.1", "-p", bmc.port, "-U", "admin", "-E"],
      password: RunningBMC.password)
    try golden.compare(["sol activate"])
  }
}
