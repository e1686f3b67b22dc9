import Glibc
import Support
import Testing

/// `crimp console`: a machine's serial line, at a terminal and from a pipe.
@Suite("crimp console")
struct ConsoleTests {
  private static let environment = [
    "CRIMP_PASSWORD": RunningBMC.password, "XDG_CACHE_HOME": "/dev/null",
    // Swift's own debugger would ask the terminal what to do about a fault.
    "SWIFT_BACKTRACE": "enable=no",
  ]

  private func arguments(_ bmc: RunningBMC, _ options: [String]) -> [String] {
    ["console", "127.0.0.1:\(bmc.port)", "-u", "admin"] + options
  }

  private func atTerminal(_ bmc: RunningBMC, _ options: String...) throws -> TerminalTool {
    try TerminalTool(crimpPath, arguments(bmc, options), environment: Self.environment)
  }

  private func fromPipe(
    _ bmc: RunningBMC, _ input: [UInt8], _ options: String..., seconds: Int = 60
  ) throws -> ToolRun {
    try runTool(
      crimpPath, arguments(bmc, options), input: input, environment: Self.environment,
      seconds: seconds)
  }

  @Test func typedAtATerminal() throws {
    let bmc = try RunningBMC()
    let console = try atTerminal(bmc)
    #expect(console.shows("console attached; ~. ends it"))
    #expect(console.isRaw)
    // Ctrl-C is the machine's.
    console.type("HELLO\u{3}")
    #expect(console.shows("HELLO\u{3}"))
    console.type("\r~?")
    #expect(console.shows("~B   send a break"))
    console.type("\r~~.")
    #expect(console.shows("~."))
    console.type("\r~S")
    #expect(console.shows(" typed ones not taken yet"))
    console.type("~.")
    #expect(try console.end() == 0)
    #expect(!console.isRaw)
    #expect(try bmc.told.contains("serial line given back"))
  }

  @Test(arguments: ["^]", "%", "none"])
  func theEscapeCharacterCanBeAnother(_ escape: String) throws {
    let bmc = try RunningBMC()
    let console = try atTerminal(bmc, "--escape", escape)
    #expect(console.shows("console attached"))
    console.type("\r~.typed")
    #expect(console.shows("~.typed"))
    if escape == "none" {
      console.send(signal: SIGTERM)
    } else {
      console.type(escape == "%" ? "\r%." : "\r\u{1d}.")
    }
    #expect(try console.end() == 0)
  }

  @Test(
    arguments: [
      (SIGTERM, 0), (SIGHUP, 0), (SIGINT, 0), (SIGSEGV, 128 + SIGSEGV), (SIGABRT, 128 + SIGABRT),
    ] as [(Int32, Int32)])
  func everyWayOutRestoresTheTerminal(_ signal: Int32, _ status: Int32) throws {
    let bmc = try RunningBMC()
    let console = try atTerminal(bmc)
    #expect(console.shows("console attached"))
    #expect(console.isRaw)
    console.send(signal: signal)
    #expect(try console.end() == status)
    #expect(!console.isRaw)
  }

  @Test func itCanBeSuspended() throws {
    let bmc = try RunningBMC()
    let command = ([crimpPath] + arguments(bmc, [])).joined(separator: " ")
    let shell = try TerminalTool(
      "bash",
      ["-c", "set -m; \(command); echo now stopped; read line; fg >/dev/null; echo over $?"],
      environment: Self.environment)
    #expect(shell.shows("console attached"))
    shell.type("\r~\u{1a}")
    #expect(shell.shows("now stopped"))
    #expect(!shell.isRaw)
    shell.type("go on\n")
    #expect(eventually { shell.isRaw })
    shell.type("AGAIN")
    #expect(shell.shows("AGAIN"))
    shell.type("\r~.")
    #expect(shell.shows("over 0"))
    #expect(!shell.isRaw)
  }

  @Test func fromAPipeItEndsWithTheInput() throws {
    let bmc = try RunningBMC()
    let text = Array("one\r~.two\r".utf8)
    let run = try fromPipe(bmc, text, "--linger", "0.3")
    #expect(run.output == text && run.status == 0, "\(run.errorText)")
    #expect(run.errorText == "127.0.0.1:\(bmc.port): console attached\n")
    #expect(try fromPipe(bmc, text, "--linger", "0.3", "--quiet").errorText == "")
  }

  /// The line is an echo: what comes out went both ways.
  @Test func noCharacterIsLostOrDoubledByABadNetwork() throws {
    let bmc = try RunningBMC(["--loss", "8", "--reorder", "20", "--latency", "0-5"])
    var random = SeededGenerator(seed: 15)
    let text = (0..<6000).map { _ in UInt8.random(in: 32...126, using: &random) }
    let run = try fromPipe(bmc, text, "--linger", "9", seconds: 240)
    #expect(run.output == text && run.status == 0, "\(run.errorText)")
  }

  @Test func aTranscriptHasWhatTheLineSaid() throws {
    let bmc = try RunningBMC()
    try withTemporaryDirectory { directory in
      let path = directory + "/line"
      try writeFile(path, Array("before\n".utf8))
      _ = try fromPipe(bmc, Array("first\r".utf8), "--transcript", path, "--linger", "0.2")
      _ = try fromPipe(bmc, Array("second\r".utf8), "--transcript", path, "--linger", "0.2")
      #expect(try readFile(path) == Array("before\nfirst\rsecond\r".utf8))
    }
  }

  @Test func aTranscriptIsWholeWhateverEndsTheConsole() throws {
    let bmc = try RunningBMC()
    try withTemporaryDirectory { directory in
      let path = directory + "/line"
      let console = try atTerminal(bmc, "--transcript", path, "--timestamps")
      #expect(console.shows("console attached"))
      console.type("one\ntwo\n")
      #expect(console.shows("two"))
      console.send(signal: SIGKILL)
      #expect(try console.end() == 128 + SIGKILL)
      var status = stat()
      #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
      let lines = String(decoding: try readFile(path), as: UTF8.self).split(separator: "\n")
      let time = #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/#
      #expect(lines.allSatisfy { $0.prefixMatch(of: time) != nil })
      let texts = lines.map { String($0.drop { $0 != " " }.dropFirst()) }
      #expect(texts.first?.hasPrefix("-- 127.0.0.1:\(bmc.port): console attached") == true)
      #expect(texts.dropFirst() == ["one", "two"])
    }
  }

  @Test func theLineOfAnotherIsTakenOnlyWhenToldTo() throws {
    let bmc = try RunningBMC()
    let first = try atTerminal(bmc)
    #expect(first.shows("console attached"))
    let polite = try fromPipe(bmc, [], "--linger", "0")
    #expect(polite.status == 1)
    #expect(
      polite.errorText.contains("another console has the line: session 0x")
        && polite.errorText.contains("user 2 from 127.0.0.1; --take-over takes it"),
      "\(polite.errorText)")
    let bold = try atTerminal(bmc, "--take-over")
    #expect(bold.shows("console attached"))
    #expect(first.shows("console lost: the controller gave the line away; next try in 1 s"))
    // It asks once more, and does not fight.
    #expect(try first.end() == 1)
    #expect(first.shown.contains("another console took the line"))
    #expect(!first.isRaw)
    bold.type("MINE")
    #expect(bold.shows("MINE"))
    bold.type("\r~.")
    #expect(try bold.end() == 0)
  }

  @Test func aLineThatWasLostIsTakenAgain() throws {
    let bmc = try RunningBMC()
    let console = try atTerminal(bmc)
    #expect(console.shows("console attached"))
    #expect(try bmc.ipmitool("sol", "deactivate").status == 0)
    #expect(console.shows("console lost: "))
    #expect(console.shows("console attached", times: 2))
    console.type("BACK")
    #expect(console.shows("BACK"))
    console.type("\r~.")
    #expect(try console.end() == 0)
  }

  @Test func withoutReattachmentItEnds() throws {
    let bmc = try RunningBMC()
    let console = try atTerminal(bmc, "--no-reattach")
    #expect(console.shows("console attached"))
    #expect(try bmc.ipmitool("sol", "deactivate").status == 0)
    #expect(try console.end() == 1)
    #expect(console.shown.contains("the controller gave the line away"))
    #expect(!console.isRaw)
  }

  @Test func readOnlyTypesNothing() throws {
    let bmc = try RunningBMC(["--serial", "pty"])
    let line = try #require(try bmc.told.split(separator: "\n").first { $0.contains("/dev/pts/") })
    let path = String(try #require(line.split(separator: " ").last))
    let machine = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
    try #require(machine >= 0)
    defer { close(machine) }
    let console = try atTerminal(bmc, "--read-only")
    #expect(console.shows("console attached"))
    console.type("typed")
    let text = String((0..<200).map { "line \($0) of the machine's boot\r\n" }.joined())
    #expect(write(machine, text, text.utf8.count) == text.utf8.count)
    #expect(console.shows("line 199 of the machine's boot"))
    #expect(console.shown.contains(text))
    console.type("\r~.")
    #expect(try console.end() == 0)
    var buffer = [UInt8](repeating: 0, count: 64)
    #expect(read(machine, &buffer, buffer.count) <= 0)
  }

  @Test func whatIsWrongGetsItsOwnWords() throws {
    let bmc = try RunningBMC()
    let wrong = try runTool(
      crimpPath, arguments(bmc, []), environment: ["CRIMP_PASSWORD": "wrong"])
    #expect(wrong.status == 77 && wrong.errorText.contains("wrong password"), "\(wrong.errorText)")
    #expect(try bmc.ipmitool("sol", "set", "enabled", "false").status == 0)
    let disabled = try fromPipe(bmc, [])
    #expect(disabled.status == 1)
    #expect(disabled.errorText.contains("serial over LAN is disabled: `sol set enabled true`"))
    let dead = try runTool(
      crimpPath, ["console", "127.0.0.1:1", "-u", "a", "--timeout", "2"],
      environment: Self.environment)
    #expect(dead.status == 69, "\(dead.errorText)")
  }

  @Test(arguments: [
    (
      ["h", "--escape", "ab"],
      "The value 'ab' is invalid for '--escape <character>': expected a character, ^ and "
    ),
    (["h", "--linger=-1"], "--linger -1.0: expected seconds"),
    (["h", "--instance", "0"], "--instance 0: expected 1 to 15"),
    (["h", "--timestamps"], "--timestamps: expected --transcript with it"),
    (["h[1-2]"], "host 'h[1-2]': expected one host, not 2"),
    (["h", "--protocol", "1.5"], "--protocol 1.5: serial over LAN needs IPMI 2.0"),
  ])
  func aWrongArgumentGetsOneLine(_ arguments: [String], _ line: String) throws {
    let run = try runTool(
      crimpPath, ["console"] + arguments, environment: ["CRIMP_PASSWORD": "x"])
    #expect(run.errorText.contains(line) && run.status == 64, "\(run.errorText)")
    #expect(run.errorText.split(separator: "\n").count == 1)
  }
}
