import Glibc
import Support
import Testing

/// `crimp check` within this host, without privilege.
@Suite("crimp check")
struct CheckTests {
  private func check(_ arguments: String...) throws -> ToolRun {
    try runTool(crimpPath, ["check"] + arguments)
  }

  @Test func `tells open ports from closed ones`() throws {
    let open = try ListeningSockets(1)
    let port = open.ports[0]
    let run = try check("127.0.0.1", "\(port)")
    #expect(run.status == 0, "\(run.errorText)")
    #expect(run.outputText.hasPrefix("127.0.0.1 \(port)/tcp"))
    #expect(run.outputText.contains(" open, "))
    withExtendedLifetime(open) {}
    let closed = try freePort()
    let refused = try check("127.0.0.1", "\(closed)")
    #expect(refused.status == 1)
    #expect(refused.outputText.contains(" closed: connection refused, "))
  }

  @Test func `every port must be open`() throws {
    let open = try ListeningSockets(2)
    let closed = try freePort()
    let all = try check("127.0.0.1", "\(open.ports[0]),\(open.ports[1])", "--quiet")
    #expect(all.status == 0 && all.output.isEmpty)
    let some = try check("127.0.0.1", "\(open.ports[0]),\(closed)", "--quiet")
    #expect(some.status == 1 && some.output.isEmpty)
  }

  /// The kernel gives a connecting socket a port of this range: when that is the very port asked for,
  /// the socket is connected to itself, and nobody is there.
  @Test func `no phantom is open among all ports`() throws {
    let open = try ListeningSockets(3)
    let run = try check("127.77.0.1", "1-65535", "--json", "--open")
    // What other programs of this host serve at all addresses may be open too.
    let shown = run.outputLines.dropLast().map { $0.contains(#""state":"open""#) }
    #expect(shown.allSatisfy { $0 } && shown.count < 200)
    #expect(run.outputLines.last?.contains(#""ports":65535"#) == true)
    let own = try check("127.0.0.1", "1-65535", "--open")
    for port in open.ports { #expect(own.outputText.contains(" \(port)/tcp open")) }
  }

  @Test func `alike ports are told in one line, open ones in their own`() throws {
    let open = try ListeningSockets(1)
    let port = Int(open.ports[0])
    let run = try check("127.0.0.1", "\(port - 40)-\(port + 40)")
    let lines = run.outputLines
    #expect(
      lines.contains { $0.contains("/tcp closed: connection refused, ") && $0.hasSuffix(" ports") })
    #expect(lines.contains { $0.hasPrefix("127.0.0.1 \(port)/tcp open") })
    #expect(lines.last?.hasPrefix("81 ports: ") == true)
  }

  @Test func `a closed UDP port says so itself`() throws {
    let port = try freePort()
    let run = try check("127.0.0.1", "\(port)/udp", "--json")
    #expect(run.status == 1)
    #expect(
      run.outputLines[0].contains(#""icmp_code":3,"icmp_type":3,"port":\#(port),"protocol":"udp""#))
    #expect(run.outputLines[0].contains(#""reporter":"127.0.0.1""#))
    #expect(run.outputLines[0].contains(#""state":"closed""#))
  }

  @Test func `silence of UDP is never called open`() throws {
    let bmc = try RunningBMC(["--misbehave", "silent-ping"])
    // An empty datagram means nothing to a controller.
    let silent = try check(
      "127.0.0.1", "u:\(bmc.port)", "--timeout", "0.3", "--probe", "empty")
    #expect(silent.status == 1)
    #expect(silent.outputText == "127.0.0.1 \(bmc.port)/udp no answer: open or filtered\n")
    // This one answers no ping, but says what its channel offers.
    let asked = try check("127.0.0.1", "u:\(bmc.port)", "--timeout", "1", "--probe", "ipmi")
    #expect(asked.status == 0)
    #expect(asked.outputText.hasSuffix(", management controller, IPMI\n"))
  }

  @Test func `hosts in their order, each with its ports`() throws {
    let port = try freePort()
    let run = try check("127.0.0.[3-1]".replacing("3-1", with: "1-3"), "\(port)")
    #expect(
      run.outputLines.prefix(3).map { String($0.prefix(9)) } == [
        "127.0.0.1", "127.0.0.2", "127.0.0.3",
      ])
    #expect(run.outputLines.last?.hasPrefix("3 ports: 3 closed; ") == true)
    let network = try check("127.9.0.0/30", "\(port)", "--json")
    #expect(network.outputLines.count == 3)
  }

  @Test func `a greeting is shown, without what a terminal would obey`() throws {
    let script = """
      import socket
      s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(8)
      print(s.getsockname()[1], flush=True)
      while True:
          c, _ = s.accept()
          try:
              c.sendall(b"220 \\x1b[31mready\\r\\nmore\\r\\n"); c.recv(1)
          except OSError:
              pass
      """
    let server = try RunningTool("python3", ["-c", script])
    #expect(try eventually { try server.outputSoFar().hasSuffix("\n") })
    let port = try server.outputSoFar().filter(\.isNumber)
    let run = try check("127.0.0.1", port, "--banner")
    #expect(run.outputText.hasSuffix(", “220 [31mready”\n"), "\(run.outputText)")
    server.send(signal: 9)
    _ = try server.end()
  }

  @Test func `waits until a service is there`() throws {
    let port = try freePort()
    let script = """
      import socket, time
      time.sleep(1)
      s = socket.socket(); s.bind(("127.0.0.1", \(port))); s.listen(8)
      time.sleep(30)
      """
    let server = try RunningTool("python3", ["-c", script])
    let run = try check("127.0.0.1", "\(port)", "--wait", "25")
    #expect(run.status == 0)
    #expect(run.outputLines.count == 1, "only the last look is told")
    server.send(signal: 9)
    _ = try server.end()
    #expect(try check("127.0.0.1", "\(port)", "--wait", "0.7").status == 1)
  }

  @Test(.enabled(if: geteuid() == 0)) func `needs no privilege`() throws {
    let open = try ListeningSockets(1)
    let closed = try freePort()
    let run = try runTool(
      "setpriv",
      [
        "--bounding-set=-all", "--inh-caps=-all", crimpPath, "check", "127.0.0.1",
        "\(open.ports[0]),\(closed),u:\(closed)", "--json",
      ])
    #expect(run.errorText == "" && run.status == 1)
    #expect(run.outputText.contains(#""closed":2,"#) && run.outputText.contains(#""open":1,"#))
  }

  @Test func `works with few descriptors`() throws {
    let open = try ListeningSockets(1)
    let run = try runTool(
      "sh", ["-c", #"ulimit -n 64; exec "$0" check 127.0.0.1 1-65535 --open"#, crimpPath])
    #expect(run.errorText == "" && run.outputText.contains(" \(open.ports[0])/tcp open"))
  }

  @Test func `a name without an address is unavailable`() throws {
    let run = try check("no-such-host.invalid", "80")
    #expect(run.status == 69)
    #expect(run.errorText.hasPrefix("crimp: no-such-host.invalid: "))
  }

  @Test(arguments: [
    (
      ["h", "70000"],
      "ports: '70000': '70000' is neither a port (1 to 65535) nor a range such as 1-500"
    ),
    (
      ["h", "nosuch"],
      "ports: 'nosuch': 'nosuch' is neither a number nor a service of /etc/services"
    ),
    (["h:80", "80"], "hosts: 'h:80': expected the port as an argument of its own"),
    (["h", "80", "-4", "-6"], "-4 and -6: expected one of them"),
    (["h", "80", "--attempts", "0"], "--attempts 0: expected 1 to 16"),
    (["127.0.0.1", "80", "--rate", "0"], "--rate 0.0: expected more than 0"),
    (["h", "80", "--window", "0"], "--window 0: expected 1 or more"),
    (["h", "80", "--wait", "0"], "--wait 0.0: expected seconds, more than 0"),
  ])
  func `a wrong argument gets one line`(_ arguments: [String], _ line: String) throws {
    let run = try runTool(crimpPath, ["check"] + arguments)
    #expect(run.errorText == "crimp: \(line)\n" && run.status == 64)
  }

  @Test func `a source that this host lacks is unavailable`() throws {
    let run = try check("127.0.0.1", "80", "--source", "203.0.113.99")
    #expect(run.status == 69)
    #expect(run.errorText == "crimp: --source: this host has no such address\n")
    #expect(try check("127.0.0.1", "1", "--source", "127.3.3.3").status == 1)
  }
}
