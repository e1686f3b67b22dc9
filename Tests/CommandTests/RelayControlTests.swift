import Glibc
import Support
import Testing

/// What a running relay is told at its control socket, and how it goes on in another process.
@Suite("crimp relay, controlled")
struct RelayControlTests {
  /// A server that echoes, on a port of its own.
  private func echoServer() throws -> (running: RunningTool, port: String) {
    let running = try RunningTool("python3", ["-c", Self.echo])
    #expect(try eventually { try running.outputSoFar().hasSuffix("\n") })
    return (running, String(try running.outputSoFar().dropLast()))
  }

  private static let echo = """
    import selectors, socket
    listener = socket.create_server(('127.0.0.1', 0), backlog=500)
    print(listener.getsockname()[1], flush=True)
    listener.setblocking(False)
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is listener:
                client, _ = listener.accept()
                selector.register(client, selectors.EVENT_READ)
                continue
            try: data = key.fileobj.recv(65536)
            except OSError: data = b''
            if data: key.fileobj.sendall(data)
            else:
                selector.unregister(key.fileobj)
                key.fileobj.close()
    """

  /// Asks again and again until told to end by a file, holds some connections all the while, and says how
  /// many answers were right and how many were not.
  private static let load = """
    import os, socket, sys, threading
    port, path = int(sys.argv[1]), sys.argv[2]
    lasting = [socket.create_connection(('127.0.0.1', port)) for _ in range(20)]
    for client in lasting:
        client.sendall(b'a')
        client.recv(1)
    right, wrong = [0], []
    def ask():
        while not os.path.exists(path):
            try:
                with socket.create_connection(('127.0.0.1', port), timeout=20) as client:
                    client.sendall(b'question')
                    client.shutdown(socket.SHUT_WR)
                    answer = b''
                    while True:
                        piece = client.recv(4096)
                        if not piece: break
                        answer += piece
                if answer == b'question': right[0] += 1
                else: wrong.append(repr(answer))
            except OSError as error: wrong.append(repr(error))
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads: thread.start()
    print('began', flush=True)
    for thread in threads: thread.join()
    alive = 0
    for client in lasting:
        client.sendall(b'z')
        if client.recv(1) == b'z': alive += 1
    print(len(wrong), alive, right[0] > 0, wrong[:3], flush=True)
    """

  /// Starts a relay with a control socket in `directory`, and waits until it answers there.
  private func relay(
    _ directory: String, _ arguments: [String], as name: String = "r"
  ) throws -> RunningTool {
    let running = try RunningTool(
      crimpPath, ["relay", "--json", "--control", "\(directory)/\(name)"] + arguments)
    #expect(try eventually { try running.outputSoFar().contains("listening") })
    return running
  }

  private func port(of running: RunningTool) throws -> String {
    let words = try running.outputSoFar().split(separator: "\"")
    let word = try #require(words.first { $0.hasPrefix("127.0.0.1:") })
    return String(word.dropFirst(10))
  }

  private func ask(
    _ directory: String, _ words: [String], _ options: [String] = []
  ) throws -> ToolRun {
    try runCrimp(["relay"] + words + ["--control", "\(directory)/r"] + options)
  }

  @Test func showsWhatItDoes() throws {
    try withTemporaryDirectory { directory in
      let (server, target) = try echoServer()
      defer { server.send(signal: SIGTERM) }
      let running = try relay(directory, ["127.0.0.1:0", "127.0.0.1:\(target)", "--workers", "2"])
      let port = try port(of: running)
      var status = stat()
      #expect(stat("\(directory)/r", &status) == 0)
      #expect(status.st_mode & 0o777 == 0o600)
      let asked = try runTool(
        "python3",
        [
          "-c",
          """
          import socket, sys
          with socket.create_connection(('127.0.0.1', int(sys.argv[1]))) as client:
              client.sendall(b'question')
              print(client.recv(100).decode())
          """, port,
        ])
      #expect(asked.outputText == "question\n")
      #expect(try eventually { try running.outputSoFar().contains(#""event":"ended""#) })
      let all = try ask(directory, ["show"])
      #expect(all.status == 0, "\(all.errorText)")
      let lines = all.outputLines
      #expect(
        lines.first
          == "relay \(running.process): 0 connections, 1 in all, 0 refused, 8 B there, 8 B back")
      #expect(lines.filter { $0.contains("127.0.0.1:\(port)") }.count == 2)
      let row = lines.first { $0.hasPrefix("127.0.0.1:\(target)") } ?? ""
      #expect(
        row.split(separator: " ").map(String.init)
          == ["127.0.0.1:\(target)", "up", "0", "1", "0", "16", "B"])
      let targets = try ask(directory, ["show", "targets"], ["--json"])
      #expect(targets.outputLines.count == 1)
      #expect(targets.outputText.contains(#""kind":"target""#))
      #expect(try ask(directory, ["disable", "127.0.0.1:\(target)"]).status == 0)
      #expect(try ask(directory, ["show", "targets"]).outputText.contains("disabled"))
      let unknown = try ask(directory, ["disable", "x:1"])
      #expect(unknown.status == 1)
      #expect(unknown.errorText == "crimp: no target is named x:1\n")
      #expect(try ask(directory, ["drain"]).status == 0)
      #expect(try running.end().status == 0)
      #expect(stat("\(directory)/r", &status) != 0)
      #expect(try ask(directory, ["show"]).status == 69)
    }
  }

  @Test func aSocketInUseIsRefusedAndAStaleOneTakenOver() throws {
    try withTemporaryDirectory { directory in
      let first = try relay(directory, ["127.0.0.1:0", "1"])
      let second = try runCrimp(
        ["relay", "127.0.0.1:0", "1", "--control", "\(directory)/r"])
      #expect(second.status == 69)
      #expect(
        second.errorText
          == "crimp: control \(directory)/r: a relay answers there, or it is no socket: --take-over goes on in its place\n"
      )
      first.send(signal: SIGKILL)
      _ = try first.end()
      let third = try relay(directory, ["127.0.0.1:0", "1"])
      #expect(try ask(directory, ["show"]).status == 0)
      third.send(signal: SIGINT)
      #expect(try third.end().status == 0)
    }
  }

  /// Lines without an end, too long, of wrong bytes, too many clients, and clients that read nothing.
  @Test func hostileClientsGetNothingAndKeepNobodyWaiting() throws {
    try withTemporaryDirectory { directory in
      let running = try relay(directory, ["127.0.0.1:0", "1"])
      let run = try runTool(
        "python3",
        [
          "-c",
          """
          import os, socket, sys
          def client():
              c = socket.socket(socket.AF_UNIX)
              c.connect(sys.argv[1])
              c.settimeout(20)
              return c
          def answer(data):
              c = client()
              try: c.sendall(data)
              except OSError: pass
              c.shutdown(socket.SHUT_WR)
              result = b''
              while True:
                  try: piece = c.recv(65536)
                  except ConnectionResetError: break
                  if not piece: break
                  result += piece
              return result
          print(answer(b'x' * 600))
          print(answer(b'show ' + b'y' * 2000000)[:40])
          print(answer(b'\\x00\\xff\\n'))
          print(answer(b'taken\\n'))
          print(answer(b'drain -1\\n'))
          print(answer(b'show nothing\\n'))
          print(answer(os.urandom(300) + b'\\n')[:6])
          print(answer(b'unfinished'))
          print(len(answer(b'show\\n' * 50).split(b'ok\\n')))
          mute = [client() for _ in range(16)]
          late = client()
          print(late.recv(10))
          for c in mute: c.close()
          """, "\(directory)/r",
        ])
      #expect(
        run.outputText == """
          b'error expected 512 bytes at most\\n'
          b'error expected 512 bytes at most\\n'
          b'error expected words on a line\\n'
          b'error nothing was handed over\\n'
          b'error drain: expected seconds, more than 0\\n'
          b'error show: expected all, listeners, targets, workers, sessions\\n'
          b'error '
          b''
          51
          b''

          """, "\(run.errorText)")
      #expect(try eventually { try ask(directory, ["show"]).status == 0 })
      running.send(signal: SIGINT)
      #expect(try running.end().status == 0)
    }
  }

  @Test func aReloadTakesOptionsTargetsAndFilesAnew() throws {
    try withTemporaryDirectory { directory in
      let (server, target) = try echoServer()
      defer { server.send(signal: SIGTERM) }
      let config = "\(directory)/relay.conf"
      let insertion = "\(directory)/insertion"
      try write("old ", to: insertion)
      try write("# where to\n127.0.0.1:1\n", to: config)
      let running = try relay(
        directory, ["127.0.0.1:0", "--config", config, "--insert", insertion])
      let port = try port(of: running)
      let question = """
        import socket, sys
        try:
            with socket.create_connection(('127.0.0.1', int(sys.argv[1]))) as client:
                client.sendall(b'question')
                client.shutdown(socket.SHUT_WR)
                print(client.makefile().read())
        except OSError: print('reset')
        """
      #expect(try runTool("python3", ["-c", question, port]).outputText == "reset\n")
      try write("new ", to: insertion)
      try write("127.0.0.1:\(target) --max-per-source 7 # and no more\n", to: config)
      let reloaded = try ask(directory, ["reload"])
      #expect(reloaded.status == 0, "\(reloaded.errorText)")
      #expect(try runTool("python3", ["-c", question, port]).outputText == "new question\n")
      try write("127.0.0.1:\(target) --max-per-source x", to: config)
      let wrong = try ask(directory, ["reload"])
      #expect(wrong.status == 1)
      #expect(wrong.errorText.contains("--max-per-source"))
      try write("127.0.0.1:\(target) --workers 2", to: config)
      #expect(
        try ask(directory, ["reload"]).errorText
          == "crimp: --workers 2: a new process takes that: crimp relay --take-over\n")
      #expect(try runTool("python3", ["-c", question, port]).outputText == "new question\n")
      running.send(signal: SIGTERM)
      #expect(try running.end().status == 0)
    }
  }

  @Test func reloadsLoseNoConnection() throws {
    try withTemporaryDirectory { directory in
      let (server, target) = try echoServer()
      defer { server.send(signal: SIGTERM) }
      let running = try relay(directory, ["127.0.0.1:0", "127.0.0.1:\(target)", "--workers", "2"])
      let load = try RunningTool(
        "python3", ["-c", Self.load, try port(of: running), "\(directory)/end"])
      #expect(try eventually { try load.outputSoFar().contains("began") })
      for round in 0..<12 {
        if round % 2 == 0 {
          #expect(try ask(directory, ["reload"]).status == 0)
        } else {
          running.send(signal: SIGHUP)
        }
      }
      try write("", to: "\(directory)/end")
      #expect(try load.end().outputLines.last == "0 20 True []")
      running.send(signal: SIGTERM)
      #expect(try running.end().status == 0)
    }
  }

  /// Each process takes the listeners of the one before, with more or fewer workers than that had.
  @Test func handOversLoseNoConnection() throws {
    try withTemporaryDirectory { directory in
      let (server, target) = try echoServer()
      defer { server.send(signal: SIGTERM) }
      var processes = [
        try relay(
          directory,
          ["127.0.0.1:0", "127.0.0.1:\(target)", "--workers", "2", "--take-over", "--drain", "300"])
      ]
      let port = try port(of: processes[0])
      let load = try RunningTool("python3", ["-c", Self.load, port, "\(directory)/end"])
      #expect(try eventually { try load.outputSoFar().contains("began") })
      for workers in ["2", "3", "1", "2", "1", "3"] {
        processes.append(
          try relay(
            directory,
            [
              "127.0.0.1:\(port)", "127.0.0.1:\(target)", "--workers", workers, "--take-over",
              "--drain", "300",
            ]))
      }
      try write("", to: "\(directory)/end")
      #expect(try load.end().outputLines.last == "0 20 True []")
      // All but the last have ended by themselves, or do so now that their connections have.
      for process in processes.dropLast() { #expect(try process.end().status == 0) }
      let last = try #require(processes.last)
      #expect(
        try ask(directory, ["show"]).outputLines.first?.hasPrefix("relay \(last.process)") == true)
      last.send(signal: SIGTERM)
      #expect(try last.end().status == 0)
      var status = stat()
      #expect(stat("\(directory)/r", &status) != 0)
    }
  }

  private func write(_ text: String, to path: String) throws {
    try writeFile(path, Array(text.utf8))
  }
}
