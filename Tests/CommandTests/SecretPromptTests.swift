import Support
import Testing

/// Questions for a secret, at a terminal.
@Suite(.serialized) struct SecretPromptTests {
  private func withTerminal(
    _ command: String,
    _ body: (BMCConsoleTests.Console, _ transcript: () throws -> String) throws -> Void
  ) throws {
    try withTemporaryDirectory { directory in
      let terminal = try BMCConsoleTests.Console(command, in: directory)
      try body(terminal) {
        String(decoding: try readFile("\(directory)/transcript"), as: UTF8.self)
      }
    }
  }

  @Test func whatIsTypedIsNotShown() throws {
    let bmc = try RunningBMC()
    try withTerminal(
      "\(crimpPath) power status 127.0.0.1:\(bmc.port) -u admin --ask-password"
    ) { terminal, transcript in
      try terminal.awaits("Password: ")
      terminal.type(RunningBMC.password + "\n")
      try terminal.awaitEnd()
      #expect(try transcript().contains("127.0.0.1:\(bmc.port): on"))
      #expect(try !transcript().contains(RunningBMC.password))
    }
  }

  /// Ctrl-C ends the question, and the terminal shows again what is typed.
  @Test func interruptionLeavesTheTerminalAsItWas() throws {
    try withTerminal(
      "\(crimpPath) power status 127.0.0.1:1 -u admin --ask-password; stty -a"
    ) { terminal, _ in
      try terminal.awaits("Password: ")
      terminal.type("half of it\u{3}")
      try terminal.awaits(" echo ")
    }
  }

  @Test func withoutATerminalThereIsNobodyToAsk() throws {
    let run = try runTool(
      "setsid",
      ["--wait", crimpPath, "power", "status", "127.0.0.1:1", "-u", "admin", "--ask-password"])
    #expect(run.status == 64)
    #expect(run.errorText.contains("--ask-password: there is no terminal to ask on"))
  }
}
