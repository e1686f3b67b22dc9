import Glibc
import Support
import Testing

/// What `crimp relay` says, and when it is silent.
@Suite("crimp relay, in words")
struct RelayWordsTests: RunningRelays {
  /// A client whose PROXY header of version 2 says that it is a UNIX socket with a path that would colour a
  /// terminal and begin a line; holds its connection until a file says so.
  private let liar = """
    import os, socket, sys, time
    def path(text): return text.ljust(108, b'\\0')
    body = path(b'/x\\x1b[31mevil\\nFAKE') + path(b'/y')
    header = b'\\r\\n\\r\\n\\0\\r\\nQUIT\\n\\x21\\x31' + len(body).to_bytes(2, 'big') + body
    with socket.create_connection(('127.0.0.1', int(sys.argv[1]))) as client:
        client.sendall(header + b'a')
        print(client.recv(1).decode(), flush=True)
        while not os.path.exists(sys.argv[2]): time.sleep(0.01)
    """

  private let shown = #"unix:/x\u{1b}[31mevil\u{a}FAKE"#

  @Test func namesThatClientsChooseTellATerminalNothing() throws {
    try withTemporaryDirectory { directory in
      let (server, target) = try echoServer()
      defer { server.send(signal: SIGTERM) }
      let running = try RunningTool(
        crimpPath,
        [
          "relay", "127.0.0.1:0", "127.0.0.1:\(target)", "--proxy-protocol", "in", "--control",
          "\(directory)/r", "--verbose", "--hexdump",
        ])
      #expect(try eventually { try running.outputSoFar().contains(" -> ") })
      let words = try running.outputSoFar().split(separator: " ")
      let port = String(try #require(words.first).dropFirst(10))
      let client = try RunningTool("python3", ["-c", liar, port, "\(directory)/end"])
      #expect(try eventually { try client.outputSoFar() == "a\n" })
      let sessions = try ask(directory, ["show", "sessions"])
      #expect(sessions.outputLines.count == 2)
      #expect(sessions.outputLines.last?.hasPrefix(shown + "  ") == true, "\(sessions.outputText)")
      try write("", to: "\(directory)/end")
      #expect(try client.end().status == 0)
      running.send(signal: SIGTERM)
      let run = try running.end()
      #expect(run.errorText.contains("\(shown) -> 127.0.0.1:\(target)\n"), "\(run.errorText)")
      #expect(run.outputText.contains("\n\(shown) -> 127.0.0.1:\(target), 1 bytes\n"))
      for text in [run.outputText, run.errorText, sessions.outputText] {
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
      }
    }
  }

  /// The lines that a connection's life makes on standard error.
  private func question(_ port: String) throws {
    #expect(
      try runTool("python3", ["-c", RelayScripts.question, port]).outputText == "question\n")
  }

  @Test func aReloadTakesHowMuchIsTold() throws {
    try withTemporaryDirectory { directory in
      let (server, target) = try echoServer()
      defer { server.send(signal: SIGTERM) }
      let config = "\(directory)/relay.conf"
      try write("", to: config)
      let running = try RunningTool(
        crimpPath,
        [
          "relay", "127.0.0.1:0", "127.0.0.1:\(target)", "--control", "\(directory)/r", "--config",
          config, "--workers", "2",
        ])
      #expect(try eventually { try running.outputSoFar().contains(" -> ") })
      let words = try running.outputSoFar().split(separator: " ")
      let port = String(try #require(words.first).dropFirst(10))
      try question(port)
      try write("--verbose\r\n", to: config)
      #expect(try ask(directory, ["reload"]).status == 0)
      try question(port)
      #expect(try eventually { try ask(directory, ["show", "sessions"]).outputText == "" })
      try write("--json", to: config)
      #expect(try ask(directory, ["reload"]).status == 0)
      try question(port)
      #expect(try eventually { try running.outputSoFar().contains(#""event":"ended""#) })
      try write("--quiet", to: config)
      #expect(try ask(directory, ["reload"]).status == 0)
      try question(port)
      running.send(signal: SIGTERM)
      let run = try running.end()
      #expect(run.status == 0)
      let told = run.errorText.split(separator: "\n")
      #expect(told.count == 3, "\(run.errorText)")
      #expect(told.first == "reloaded: -> 127.0.0.1:\(target)")
      #expect(told.last?.hasSuffix(": ended, 8 bytes there, 8 bytes back") == true)
      let records = run.outputLines.dropFirst()
      #expect(records.count { $0.contains(#""event":"connected""#) } == 1, "\(run.outputText)")
      #expect(records.count == 3)
    }
  }

  @Test(
    arguments: [
      (["show", "--control", "x", "--record", "y"], "show and --record"),
      (["reload", "--workers=4", "--control", "x"], "reload and --workers"),
      (["drain", "5", "--control=x", "--json", "-v"], "drain and -v"),
    ])
  func aQuestionTakesNoOptionOfTheRelay(_ arguments: [String], _ words: String) throws {
    let run = try runCrimp(["relay"] + arguments)
    #expect(run.status == 64)
    #expect(
      run.errorText == "crimp: \(words): expected no option but --control and --json\n")
  }
}
