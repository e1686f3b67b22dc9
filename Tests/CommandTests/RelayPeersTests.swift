import Glibc
import Support
import Testing

/// `crimp relay` with other programs at both its ends: curl, socat, nc, ncat, microsocks, openssl.
@Suite("crimp relay among other programs")
struct RelayPeersTests {
  /// A relay, and the port on which it listens.
  private func relay(_ arguments: [String]) throws -> (running: RunningTool, port: String) {
    let running = try RunningTool(
      crimpPath, ["relay", "--json", "127.0.0.1:0"] + arguments)
    var port = ""
    let isThere = try eventually {
      let words = try running.outputSoFar().split(separator: "\"")
      guard let word = words.first(where: { $0.hasPrefix("127.0.0.1:") }) else { return false }
      port = String(word.dropFirst(10))
      return true
    }
    #expect(isThere)
    return (running, port)
  }

  /// A program that prints its port first.
  private func serve(_ script: String, _ arguments: [String] = []) throws -> (RunningTool, String) {
    let running = try RunningTool("python3", ["-c", script] + arguments)
    #expect(try eventually { try running.outputSoFar().hasSuffix("\n") })
    return (running, String(try running.outputSoFar().dropLast()))
  }

  /// Serves a directory's files by HTTP.
  private let files = """
    import functools, http.server, sys
    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *words): pass
    handler = functools.partial(Handler, directory=sys.argv[1])
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
    print(server.server_port, flush=True)
    server.serve_forever()
    """

  /// Answers only after the end of the question, and late.
  private let late = """
    import socket, sys, time
    listener = socket.create_server(('127.0.0.1', 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        client, _ = listener.accept()
        data = b''
        while True:
            piece = client.recv(65536)
            if not piece: break
            data += piece
        time.sleep(0.3)
        client.sendall(b'late answer to ' + data)
        client.close()
    """

  /// A file of seeded bytes in a directory of its own.
  private func withContent(_ body: (_ directory: String, _ content: [UInt8]) throws -> Void) throws
  {
    var generator = SeededGenerator(seed: 11)
    let content = (0..<400_000).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    try withTemporaryDirectory { directory in
      try writeFile("\(directory)/content", content)
      try body(directory, content)
    }
  }

  @Test(arguments: [[], ["--copy"]])
  func curlGoesThroughAsThroughAnyProxy(_ options: [String]) throws {
    try withContent { directory, content in
      let (serving, target) = try serve(files, [directory])
      let (running, port) = try relay(
        options + [
          "--serve", "all", "--allow-target", "127.0.0.0/8", "--allow-target", "localhost",
        ])
      for way in [
        ["--socks4", "127.0.0.1:\(port)"], ["--socks4a", "127.0.0.1:\(port)"],
        ["--socks5", "127.0.0.1:\(port)"], ["--socks5-hostname", "127.0.0.1:\(port)"],
        ["--proxytunnel", "--proxy", "http://127.0.0.1:\(port)"],
      ] {
        let run = try runTool(
          "curl", ["-sS", "--noproxy", ""] + way + ["http://localhost:\(target)/content"])
        #expect(run.status == 0, "\(way): \(run.errorText)")
        #expect(run.output == content, "\(way)")
      }
      // What it may not reach it is told by each protocol's own word.
      let denied = try runTool(
        "curl", ["-sS", "--socks5-hostname", "127.0.0.1:\(port)", "http://192.0.2.1/"])
      #expect(denied.status == 97, "\(denied.errorText)")
      #expect(denied.errorText.contains("(2)"), "\(denied.errorText)")
      let forbidden = try runTool(
        "curl", ["-sS", "-p", "--proxy", "http://127.0.0.1:\(port)", "http://192.0.2.1/"])
      #expect(forbidden.errorText.contains("403"), "\(forbidden.errorText)")
      running.send(signal: SIGTERM)
      #expect(try running.end().status == 0)
      serving.send(signal: SIGKILL)
    }
  }

  @Test func onlyThoseWithAPasswordMayUseIt() throws {
    try withContent { directory, content in
      try writeFile("\(directory)/users", Array("# users\nfred:secret\n".utf8))
      chmod("\(directory)/users", 0o600)
      let (serving, target) = try serve(files, [directory])
      let (running, port) = try relay(
        ["--serve", "all", "--allow-target", "127.0.0.1", "--users", "\(directory)/users"])
      for scheme in ["socks5h", "http"] {
        for (password, isRight) in [("secret", true), ("wrong", false)] {
          let run = try runTool(
            "curl",
            [
              "-sS", "-p", "--noproxy", "", "--proxy",
              "\(scheme)://fred:\(password)@127.0.0.1:\(port)",
              "http://127.0.0.1:\(target)/content",
            ])
          #expect((run.status == 0) == isRight, "\(scheme) \(password): \(run.errorText)")
          if isRight { #expect(run.output == content) }
        }
      }
      running.send(signal: SIGTERM)
      let run = try running.end()
      #expect(run.outputText.contains("wrong user or password"))
      #expect(!run.outputText.contains("secret"))
      serving.send(signal: SIGKILL)
    }
  }

  @Test(arguments: [[], ["--copy"]])
  func socatAndNcEndTheirQuestionAndGetTheAnswer(_ options: [String]) throws {
    let (serving, target) = try serve(late)
    let (running, port) = try relay(
      options + ["--serve", "all", "--allow-target", "127.0.0.1:\(target)"])
    let commands = [
      "socat -t 5 - SOCKS4A:127.0.0.1:127.0.0.1:\(target),socksport=\(port)",
      "socat -t 5 - PROXY:127.0.0.1:127.0.0.1:\(target),proxyport=\(port)",
      "nc -N -X 4 -x 127.0.0.1:\(port) 127.0.0.1 \(target)",
      "nc -N -X 5 -x 127.0.0.1:\(port) 127.0.0.1 \(target)",
      "nc -N -X connect -x 127.0.0.1:\(port) 127.0.0.1 \(target)",
    ]
    for command in commands {
      let run = try runTool("sh", ["-c", "printf question | \(command)"])
      #expect(run.outputText == "late answer to question", "\(command): \(run.errorText)")
    }
    running.send(signal: SIGTERM)
    #expect(try running.end().status == 0)
    serving.send(signal: SIGKILL)
  }

  @Test
  func targetsAreReachedThroughNcat() throws {
    let (serving, target) = try serve(late)
    try withTemporaryDirectory { directory in
      try writeFile("\(directory)/password", Array("secret\n".utf8))
      chmod("\(directory)/password", 0o600)
      let proxyPort = try freePort()
      let proxy = try RunningTool(
        "ncat",
        ["-l", "127.0.0.1", proxyPort, "--proxy-type", "http", "--proxy-auth", "fred:secret", "-k"])
      #expect(try isListening(proxyPort))
      let (running, port) = try relay([
        "127.0.0.1:\(target)", "--via", "connect://fred@127.0.0.1:\(proxyPort)",
        "--via-password-file", "\(directory)/password",
      ])
      let run = try runTool("sh", ["-c", "printf question | nc -N 127.0.0.1 \(port)"])
      // ncat's proxy does not pass an end on: that the question arrived is in the answer, if any.
      #expect(run.status == 0, "\(run.errorText)")
      running.send(signal: SIGTERM)
      let output = try running.end().outputText
      #expect(output.contains(#""event":"connected""#), "\(output)")

      let (refused, other) = try relay([
        "127.0.0.1:\(target)", "--via", "connect://127.0.0.1:\(proxyPort)",
      ])
      _ = try runTool("sh", ["-c", "printf question | nc -N 127.0.0.1 \(other)"])
      #expect(
        try eventually {
          try refused.outputSoFar().contains("the proxy wants a user and a password")
        })
      refused.send(signal: SIGTERM)
      _ = try refused.end()
      proxy.send(signal: SIGKILL)
    }
    serving.send(signal: SIGKILL)
  }

  @Test(arguments: [[], ["--copy"]])
  func targetsAreReachedThroughMicrosocks(_ options: [String]) throws {
    try withContent { directory, content in
      let (serving, target) = try serve(files, [directory])
      let proxyPort = try freePort()
      let proxy = try RunningTool(
        "microsocks", ["-i", "127.0.0.1", "-p", proxyPort])
      #expect(try isListening(proxyPort))
      let (running, port) = try relay(
        options + ["localhost:\(target)", "--via", "socks5://127.0.0.1:\(proxyPort)"])
      let run = try runTool("curl", ["-sS", "--noproxy", "*", "http://127.0.0.1:\(port)/content"])
      #expect(run.output == content, "\(run.errorText)")
      running.send(signal: SIGTERM)
      _ = try running.end()
      // Nobody listens at the target: the proxy says so, and the relay says it after it.
      let (dead, deadPort) = try relay(
        ["127.0.0.1:\(try freePort())", "--via", "socks5://127.0.0.1:\(proxyPort)"])
      _ = try runTool("curl", ["-sS", "--noproxy", "*", "http://127.0.0.1:\(deadPort)/"])
      #expect(
        try eventually {
          try dead.outputSoFar().contains("connection refused at the target")
        })
      dead.send(signal: SIGTERM)
      _ = try dead.end()
      proxy.send(signal: SIGKILL)
      serving.send(signal: SIGKILL)
    }
  }

  @Test func opensslTalksToAServerBehindIt() throws {
    let certificates = try TestCertificates()
    let (serving, target) = try serve(late)
    // The certificate's file is replaced while it runs.
    let current = certificates("current.pem")
    _ = try runTool("cp", [certificates("server.pem"), current])
    let (running, port) = try relay(["127.0.0.1:\(target)", "--tls-certificate", current])
    func shown() throws -> String {
      let run = try runTool(
        "sh",
        [
          "-c",
          "openssl s_client -connect 127.0.0.1:\(port) -CAfile \(certificates("root.crt")) "
            + "-verify_return_error -verify_hostname localhost </dev/null 2>&1",
        ])
      return run.outputText
    }
    #expect(try shown().contains("subject=CN = server.test"))
    _ = try runTool("cp", [certificates("renewed.pem"), current])
    running.send(signal: SIGHUP)
    #expect(try eventually { try shown().contains("subject=CN = renewed.test") })
    let command =
      "printf question | socat -t 5 - OPENSSL:localhost:\(port),pf=ip4,cafile=\(certificates("root.crt"))"
    let run = try runTool("sh", ["-c", command])
    #expect(run.outputText == "late answer to question", "\(run.errorText)")
    running.send(signal: SIGTERM)
    #expect(try running.end().status == 0)
    serving.send(signal: SIGKILL)
  }

  @Test func targetsAreReachedByTLSAndTheirCertificatesChecked() throws {
    let certificates = try TestCertificates()
    let serverPort = try freePort()
    let server = try RunningTool(
      "openssl",
      [
        "s_server", "-accept", "127.0.0.1:\(serverPort)", "-rev", "-cert",
        certificates("server.crt"), "-key", certificates("server.key"), "-Verify", "1",
        "-verify_return_error", "-CAfile", certificates("root.crt"),
      ])
    #expect(try isListening(serverPort))
    let common = ["localhost:\(serverPort)", "--target-tls"]
    let (running, port) = try relay(
      common + [
        "--target-ca", certificates("root.crt"), "--target-certificate", certificates("client.pem"),
      ])
    let question = "(echo abc; sleep 1) | nc -q 2 127.0.0.1"
    let run = try runTool("sh", ["-c", "\(question) \(port) | head -1"])
    #expect(run.outputText == "cba\n", "\(run.errorText)")
    running.send(signal: SIGTERM)
    _ = try running.end()
    for (options, words) in [
      (
        ["--target-ca", certificates("stranger.crt")], "ends at /CN=Test Root, who is not trusted"
      ),
      (
        ["--target-ca", certificates("root.crt"), "--target-name", "other.test"],
        "is not for other.test, but for localhost, 127.0.0.1, ::1"
      ),
    ] {
      let (running, port) = try relay(common + options)
      _ = try runTool("sh", ["-c", "echo abc | nc -N 127.0.0.1 \(port)"])
      #expect(try eventually { try running.outputSoFar().contains(words) }, "\(words)")
      running.send(signal: SIGTERM)
      _ = try running.end()
    }
    server.send(signal: SIGKILL)
  }

  @Test func whatIsWrongIsNamed() throws {
    try withTemporaryDirectory { directory in
      try writeFile("\(directory)/users", Array("fred\n".utf8))
      chmod("\(directory)/users", 0o600)
      try writeFile("\(directory)/shared", Array("fred:secret\n".utf8))
      chmod("\(directory)/shared", 0o640)
      let missing = "\(directory)/missing.pem"
      for (arguments, status, words) in [
        (["1", "2", "--serve", "socks5"], 64, "--serve"),
        (["1"], 64, "target"),
        (["1", "2", "--users", "x"], 64, "--serve"),
        (["1", "2", "--tls-key", "x"], 64, "--tls-certificate"),
        (["1", "2", "--target-ca", "x"], 64, "--target-tls"),
        (["1", "2", "--via", "socks5://a:b@c"], 64, "--via"),
        (["1", "2", "--via", "ftp://c"], 64, "--via"),
        (["1", "--serve", "socks5", "--allow-target", "a/b"], 64, "--allow-target a/b"),
        (
          ["127.0.0.1:0", "--serve", "socks5", "--users", "\(directory)/users"], 64,
          "users:1: expected user:password"
        ),
        (
          ["127.0.0.1:0", "--serve", "socks5", "--users", "\(directory)/shared"], 77,
          "shared holds a secret that others can read"
        ),
        (["127.0.0.1:0", "2", "--tls-certificate", missing], 66, "\(missing): No such file"),
        (["127.0.0.1:0", "2", "--tls-minimum", "1.4", "--target-tls"], 64, "--tls-minimum"),
        (["127.0.0.1:0", "2", "--udp", "--target-tls"], 64, "--udp"),
      ] as [([String], Int32, String)] {
        let run = try runCrimp(["relay"] + arguments)
        #expect(run.status == status, "\(arguments): \(run.errorText)")
        #expect(run.errorText.contains(words), "\(arguments): \(run.errorText)")
      }
    }
  }

  /// A port on which nobody listens, for a program that cannot be given none.
  private func freePort() throws -> String {
    let script =
      "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1])"
    return String(try runTool("python3", ["-c", script]).outputText.dropLast())
  }

  /// Whether somebody listens there, soon.
  private func isListening(_ port: String) throws -> Bool {
    try eventually { try runTool("nc", ["-z", "127.0.0.1", port]).status == 0 }
  }
}
