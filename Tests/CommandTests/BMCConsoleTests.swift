import Glibc
import Support
import Testing

/// Serial consoles of other programs, at `crimp bmc`.
@Suite("crimp bmc: consoles of other programs")
struct BMCConsoleTests {
  // ipmitool ends itself at suites 11 and 12.
  @Test("what is typed comes back to ipmitool", arguments: [0, 1, 2, 3, 6, 7, 8, 15, 16, 17])
  func ipmitoolConsole(_ suite: Int) throws {
    let bmc = try RunningBMC()
    try withConsole(
      "ipmitool -I lanplus -C \(suite) -H 127.0.0.1 -p \(bmc.port) -U admin -E sol activate"
    ) { console in
      try console.awaits("[SOL Session operational.")
      console.type("HELLO ECHO")
      try console.awaits("HELLO ECHO")
      console.type("\r~.")
      try console.awaits("[terminated ipmitool]")
      try console.awaitEnd()
    }
    #expect(try bmc.told.contains("serial line given back"))
  }

  @Test(
    "what is typed comes back to ipmiconsole",
    arguments: [0, 1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17])
  func ipmiconsoleConsole(_ suite: Int) throws {
    let bmc = try RunningBMC.onLowPort()
    try withConsole(
      "ipmiconsole -h 127.0.0.1:\(bmc.port) -u admin -p \(RunningBMC.password) -I \(suite)"
    ) { console in
      try console.awaits("[SOL established]")
      console.type("HELLO ECHO")
      try console.awaits("HELLO ECHO")
      console.type("&.")
      try console.awaits("[closing the connection]")
      try console.awaitEnd()
    }
    #expect(try bmc.told.contains("serial line given back"))
  }

  @Test("the serial line can be a pseudo-terminal, both ways")
  func pseudoTerminal() throws {
    let bmc = try RunningBMC.onLowPort(["--serial", "pty"])
    let line = try #require(try bmc.told.split(separator: "\n").first { $0.contains("/dev/pts/") })
    let path = String(try #require(line.split(separator: " ").last))
    let terminal = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
    try #require(terminal >= 0)
    defer { close(terminal) }
    try withConsole(
      "ipmiconsole -h 127.0.0.1:\(bmc.port) -u admin -p \(RunningBMC.password) -I 17"
    ) { console in
      try console.awaits("[SOL established]")
      let text = String((0..<60).map { "line \($0) of the machine's boot\r\n" }.joined())
      #expect(write(terminal, text, text.utf8.count) == text.utf8.count)
      try console.awaits("line 59 of the machine's boot")
      console.type("login")
      var typed: [UInt8] = []
      let came = eventually {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = read(terminal, &buffer, buffer.count)
        if count > 0 { typed += buffer.prefix(count) }
        return typed == Array("login".utf8)
      }
      #expect(came, "\(typed)")
      console.type("&.")
      try console.awaits("[closing the connection]")
      try console.awaitEnd()
    }
  }

  @Test("one console has the line; another takes it away by a command")
  func alreadyActive() throws {
    let bmc = try RunningBMC()
    try withConsole(
      "ipmitool -I lanplus -C 17 -H 127.0.0.1 -p \(bmc.port) -U admin -E sol activate"
    ) { console in
      try console.awaits("[SOL Session operational.")
      let second = try bmc.ipmitool("sol", "activate")
      #expect(second.errorText.contains("SOL payload already active on another session"))
      #expect(try bmc.ipmitool("sol", "deactivate").status == 0)
      #expect(try bmc.told.contains("serial line given back"))
    }
  }

  /// Runs `command` at a terminal of its own, and ends it afterwards.
  private func withConsole(
    _ command: String, _ body: (Console) throws -> Void
  ) throws {
    try withTemporaryDirectory { directory in
      let console = try Console(command, in: directory)
      try body(console)
    }
  }

  /// A program at a terminal: what it shows, and what is typed.
  final class Console {
    private let tool: RunningTool
    private let transcript: String
    private let keyboard: Int32

    init(_ command: String, in directory: String) throws {
      transcript = "\(directory)/transcript"
      try #require(mkfifo("\(directory)/keyboard", 0o600) == 0)
      // Open for both, so that neither side waits for the other, and the end never comes.
      keyboard = open("\(directory)/keyboard", O_RDWR | O_CLOEXEC)
      try #require(keyboard >= 0)
      tool = try RunningTool(
        "sh",
        [
          "-c",
          "exec env IPMITOOL_PASSWORD=\(RunningBMC.password) "
            + "script -qefc '\(command)' \(transcript) < \(directory)/keyboard",
        ])
    }

    deinit {
      tool.send(signal: SIGTERM)
      close(keyboard)
    }

    func type(_ text: String) {
      #expect(write(keyboard, text, text.utf8.count) == text.utf8.count)
    }

    /// Waits until the program has ended by itself.
    func awaitEnd() throws {
      #expect(try tool.end().status == 0)
    }

    /// Waits until the program has shown `text` since it was started.
    func awaits(_ text: String) throws {
      let came = try eventually {
        guard access(transcript, R_OK) == 0 else { return false }
        // The first line repeats the command.
        let shown = String(decoding: try readFile(transcript), as: UTF8.self)
        return shown.drop { $0 != "\n" }.contains(text)
      }
      let shown = String(decoding: try readFile(transcript), as: UTF8.self)
      try #require(came, "\(shown)")
    }
  }
}
