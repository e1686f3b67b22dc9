import Glibc
import Support
import Testing

/// How a running relay takes files, certificates and targets anew, goes on in another process, and ends.
@Suite("crimp relay, reloaded")
struct RelayReloadTests: RunningRelays {
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
      #expect(try runTool("python3", ["-c", RelayScripts.question, port]).outputText == "reset\n")
      try write("new ", to: insertion)
      try write("127.0.0.1:\(target) --max-per-source 7 # and no more\n", to: config)
      let reloaded = try ask(directory, ["reload"])
      #expect(reloaded.status == 0, "\(reloaded.errorText)")
      #expect(
        try runTool("python3", ["-c", RelayScripts.question, port]).outputText == "new question\n")
      try write("127.0.0.1:\(target) --max-per-source x", to: config)
      let wrong = try ask(directory, ["reload"])
      #expect(wrong.status == 1)
      #expect(wrong.errorText.contains("--max-per-source"))
      try write("127.0.0.1:\(target) --workers 2", to: config)
      #expect(
        try ask(directory, ["reload"]).errorText
          == "crimp: --workers 2: a new process takes that: crimp relay --take-over\n")
      try write("\"127.0.0.1:1", to: config)
      #expect(
        try ask(directory, ["reload"]).errorText == "crimp: \(config):1: a quote is left open\n")
      #expect(
        try runTool("python3", ["-c", RelayScripts.question, port]).outputText == "new question\n")
      running.send(signal: SIGTERM)
      #expect(try running.end().status == 0)
    }
  }

  /// Nothing would raise a target that is down when nobody looks any more.
  @Test func aReloadWithoutChecksForgetsWhatTheyFound() throws {
    try withTemporaryDirectory { directory in
      let config = "\(directory)/relay.conf"
      try write("--check 0.02", to: config)
      let running = try relay(directory, ["127.0.0.1:0", "127.0.0.1:1", "--config", config])
      func state() throws -> Substring? {
        try ask(directory, ["show", "targets"]).outputLines.last?.split(separator: " ")
          .dropFirst().first
      }
      #expect(try eventually { try running.outputSoFar().contains(#""event":"down""#) })
      #expect(try state() == "down")
      #expect(try ask(directory, ["reload"]).status == 0)
      #expect(try state() == "down")
      try write("", to: config)
      #expect(try ask(directory, ["reload"]).status == 0)
      #expect(try state() == "up")
      running.send(signal: SIGTERM)
      #expect(try running.end().status == 0)
    }
  }

  /// Also behind TLS, whose certificate is another one each time.
  @Test(arguments: [false, true])
  func reloadsLoseNoConnection(_ isSecure: Bool) throws {
    let certificates = try TestCertificates()
    try withTemporaryDirectory { directory in
      let (server, target) = try echoServer()
      defer { server.send(signal: SIGTERM) }
      let current = "\(directory)/current.pem"
      _ = try runTool("cp", [certificates("server.pem"), current])
      let running = try relay(
        directory,
        ["127.0.0.1:0", "127.0.0.1:\(target)", "--workers", "2"]
          + (isSecure ? ["--tls-certificate", current] : []))
      let load = try RunningTool(
        "python3",
        ["-c", RelayScripts.load, try port(of: running), "\(directory)/end"]
          + (isSecure ? [certificates("root.crt")] : []))
      #expect(try eventually { try load.outputSoFar().contains("began") })
      for round in 0..<12 {
        let name = round % 2 == 0 ? "renewed.pem" : "server.pem"
        // Replaced, as whoever renews certificates does.
        _ = try runTool("cp", [certificates(name), "\(directory)/new.pem"])
        _ = try runTool("mv", ["\(directory)/new.pem", current])
        if round % 2 == 0 {
          #expect(try ask(directory, ["reload"]).status == 0)
        } else {
          running.send(signal: SIGHUP)
        }
        // Signals that come while one waits would be one.
        #expect(
          try eventually {
            try running.outputSoFar().split(separator: "\n")
              .count { $0.contains(#""event":"reloaded""#) } == round + 1
          })
      }
      try write("", to: "\(directory)/end")
      #expect(try load.end(seconds: 120).outputLines.last == "0 20 True []")
      running.send(signal: SIGTERM)
      #expect(try running.end().status == 0)
    }
  }

  @Test func aReloadTakesCertificatesAnewOrKeepsThem() throws {
    let certificates = try TestCertificates()
    try withTemporaryDirectory { directory in
      let current = "\(directory)/current.pem"
      _ = try runTool("cp", [certificates("server.pem"), current])
      let running = try relay(directory, ["127.0.0.1:0", "1", "--tls-certificate", current])
      let port = try port(of: running)
      func shown() throws -> String? {
        let command = "openssl s_client -connect 127.0.0.1:\(port) </dev/null 2>&1"
        return try runTool("sh", ["-c", command]).outputLines.first { $0.hasPrefix("subject=") }
      }
      #expect(try shown() == "subject=CN = server.test")
      _ = try runTool("cp", [certificates("renewed.pem"), current])
      #expect(try ask(directory, ["reload"]).status == 0)
      #expect(try shown() == "subject=CN = renewed.test")
      try write("no certificate", to: current)
      let wrong = try ask(directory, ["reload"])
      #expect(wrong.status == 1)
      #expect(wrong.errorText.contains(current), "\(wrong.errorText)")
      #expect(try shown() == "subject=CN = renewed.test")
      running.send(signal: SIGTERM)
      #expect(try running.end().status == 0)
    }
  }

  @Test func aDrainLetsConnectionsEnd() throws {
    try withTemporaryDirectory { directory in
      let (server, target) = try echoServer()
      defer { server.send(signal: SIGTERM) }
      let running = try relay(directory, ["127.0.0.1:0", "127.0.0.1:\(target)", "--workers", "2"])
      let port = try port(of: running)
      let client = try RunningTool(
        "python3", ["-c", RelayScripts.lasting, port, "\(directory)/end"])
      #expect(try eventually { try client.outputSoFar() == "first\n" })
      #expect(try ask(directory, ["drain", "300"]).status == 0)
      #expect(
        try eventually {
          try runTool("python3", ["-c", RelayScripts.question, port]).outputText == "refused\n"
        })
      #expect(try ask(directory, ["drain"]).errorText == "crimp: it drains already\n")
      #expect(try ask(directory, ["show"]).outputText.contains(", draining: 1 connections"))
      try write("", to: "\(directory)/end")
      #expect(try client.end().outputText == "first\nlast\n")
      #expect(try running.end().status == 0)
    }
  }

  @Test func aDrainIsOverAtItsDeadline() throws {
    try withTemporaryDirectory { directory in
      let (server, target) = try echoServer()
      defer { server.send(signal: SIGTERM) }
      let running = try relay(directory, ["127.0.0.1:0", "127.0.0.1:\(target)"])
      let client = try RunningTool(
        "python3", ["-c", RelayScripts.lasting, try port(of: running), "\(directory)/end"])
      #expect(try eventually { try client.outputSoFar() == "first\n" })
      #expect(try ask(directory, ["drain", "0.1"]).status == 0)
      let run = try running.end()
      #expect(run.status == 0)
      #expect(run.outputText.contains(#""ending":"stopped""#), "\(run.outputText)")
      try write("", to: "\(directory)/end")
      #expect(["first\nended\n", "first\ncut\n"].contains(try client.end().outputText))
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
      let load = try RunningTool("python3", ["-c", RelayScripts.load, port, "\(directory)/end"])
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
      #expect(try load.end(seconds: 120).outputLines.last == "0 20 True []")
      // All but the last have ended by themselves, or do so now that their connections have.
      for process in processes.dropLast() {
        let run = try process.end()
        #expect(run.status == 0)
        #expect(run.outputText.contains(#"{"event":"handed-over"}"#))
      }
      let last = try #require(processes.last)
      #expect(
        try ask(directory, ["show"]).outputLines.first?.hasPrefix("relay \(last.process)") == true)
      last.send(signal: SIGTERM)
      #expect(try last.end().status == 0)
      var status = stat()
      #expect(stat("\(directory)/r", &status) != 0)
    }
  }
}
