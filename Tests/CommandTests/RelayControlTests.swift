import Glibc
import Support
import Testing

/// What a running relay is told at its control socket, and what it tells.
@Suite("crimp relay, controlled")
struct RelayControlTests: RunningRelays {
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

  /// The owner's mode is not all that keeps others out.
  @Test(.enabled(if: geteuid() == 0, "needs root"))
  func strangersAreRefusedWhateverTheModeIs() throws {
    try withTemporaryDirectory { directory in
      let running = try relay(directory, ["127.0.0.1:0", "1"])
      #expect(chmod(directory, 0o755) == 0)
      #expect(chmod("\(directory)/r", 0o666) == 0)
      let run = try runTool(
        "python3",
        [
          "-c",
          """
          import os, socket, sys
          os.setgroups([])
          os.setgid(65534)
          os.setuid(65534)
          client = socket.socket(socket.AF_UNIX)
          client.connect(sys.argv[1])
          print(client.makefile().read())
          """, "\(directory)/r",
        ])
      #expect(
        run.outputText == "error permission missing: ask as the relay's user, or as root\n\n",
        "\(run.errorText)")
      running.send(signal: SIGINT)
      #expect(try running.end().status == 0)
    }
  }

  /// Somebody else's process could hand over listeners of its own.
  @Test(.enabled(if: geteuid() == 0, "needs root"))
  func aStrangersListenersAreNotTakenOver() throws {
    try withTemporaryDirectory { directory in
      #expect(chmod(directory, 0o777) == 0)
      let stranger = try RunningTool(
        "python3",
        [
          "-c",
          """
          import os, socket, sys
          os.setgroups([])
          os.setgid(65534)
          os.setuid(65534)
          listener = socket.socket(socket.AF_UNIX)
          listener.bind(sys.argv[1])
          listener.listen()
          print('listens', flush=True)
          client, _ = listener.accept()
          client.recv(100)
          """, "\(directory)/r",
        ])
      #expect(try eventually { try stranger.outputSoFar() == "listens\n" })
      let run = try runCrimp(
        ["relay", "127.0.0.1:0", "1", "--control", "\(directory)/r", "--take-over"])
      #expect(run.status == 77)
      #expect(
        run.errorText
          == "crimp: control \(directory)/r: permission missing: another user's process answers there: start as that user\n"
      )
      stranger.send(signal: SIGKILL)
    }
  }

  /// Each client could bring 253 with every request, until the relay has no descriptor left.
  @Test func descriptorsThatClientsBringAreClosed() throws {
    try withTemporaryDirectory { directory in
      let running = try relay(directory, ["127.0.0.1:0", "1"])
      let before = try running.openFiles().count
      let run = try runTool(
        "python3",
        [
          "-c",
          """
          import socket, sys
          answers, clients = set(), []
          for _ in range(10):
              client = socket.socket(socket.AF_UNIX)
              client.connect(sys.argv[1])
              socket.send_fds(client, [b'sho'], [1] * 200)
              try: answers.add(client.recv(100))
              except ConnectionResetError: answers.add(b'')
              clients.append(client)
          print(answers)
          """, "\(directory)/r",
        ])
      #expect(run.outputText == "{b''}\n", "\(run.errorText)")
      #expect(try eventually { try running.openFiles().count == before })
      #expect(try ask(directory, ["show"]).status == 0)
      running.send(signal: SIGINT)
      #expect(try running.end().status == 0)
    }
  }

  @Test func aRelayOfDatagramsIsControlledToo() throws {
    try withTemporaryDirectory { directory in
      let servers = try ["one", "two"].map { word in
        try RunningTool("python3", ["-c", RelayScripts.datagrams, word])
      }
      var targets: [String] = []
      for server in servers {
        #expect(try eventually { try server.outputSoFar().hasSuffix("\n") })
        targets.append("127.0.0.1:" + String(try server.outputSoFar().dropLast()))
      }
      let config = "\(directory)/relay.conf"
      try write(targets[0], to: config)
      let running = try relay(directory, ["--udp", "127.0.0.1:0", "--config", config])
      let port = try port(of: running)
      let client = ["-c", RelayScripts.datagramClient, port]
      #expect(
        try runTool("python3", client, input: Array("a\nb\n".utf8)).outputText == "one a\none b\n")
      #expect(
        try ask(directory, ["show"]).outputLines.first
          == "relay \(running.process): 1 connections, 1 in all, 0 refused, 2 B there, 10 B back")
      let row = try ask(directory, ["show", "targets"]).outputLines.last
      #expect(row?.split(separator: " ").prefix(4) == [Substring(targets[0]), "up", "1", "1"])
      #expect(try ask(directory, ["show", "sessions"]).outputLines.count == 2)
      try write(targets[1], to: config)
      #expect(try ask(directory, ["reload"]).status == 0)
      #expect(try runTool("python3", client, input: Array("c\n".utf8)).outputText == "two c\n")
      try write(targets[0], to: config)
      running.send(signal: SIGHUP)
      #expect(
        try eventually {
          try runTool("python3", client, input: Array("d\n".utf8)).outputText == "one d\n"
        })
      let refused = try runCrimp(
        ["relay", "127.0.0.1:0", "1", "--control", "\(directory)/r", "--take-over"])
      #expect(refused.status == 69)
      #expect(refused.errorText.contains("a relay of datagrams is not handed over"))
      #expect(try ask(directory, ["drain", "0.1"]).status == 0)
      #expect(try running.end().status == 0)
      for server in servers { server.send(signal: SIGKILL) }
    }
  }

  @Test func aTerminalShowsTheThroughput() throws {
    try withTemporaryDirectory { directory in
      let (server, target) = try echoServer()
      defer { server.send(signal: SIGTERM) }
      let running = try TerminalTool(crimpPath, ["relay", "127.0.0.1:0", "127.0.0.1:\(target)"])
      #expect(running.shows("0 connections, 0 B/s there, 0 B/s back, 0 B in all"))
      let words = running.shown.split(separator: " ").first ?? ""
      let port = String(words.split(separator: ":").last ?? "")
      #expect(
        try runTool("python3", ["-c", RelayScripts.question, port]).outputText == "question\n")
      #expect(running.shows(" B/s back, 16 B in all"))
      running.send(signal: SIGTERM)
      #expect(try running.end() == 0)
    }
  }
}
