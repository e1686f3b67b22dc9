import Glibc
import LinkLayer
import Support
import Testing

/// `crimp watch` among kernels. Needs root.
@Suite("crimp watch", .serialized)
struct WatchTests {
  private func start(
    _ network: ScanNetwork, _ arguments: [String]
  ) throws -> RunningTool {
    let running = try RunningTool(
      "ip",
      [
        "netns", "exec", network.namespace("scanner"), crimpPath, "watch", "-i", "eth0",
        "--no-vendor",
      ]
        + arguments)
    return running
  }

  private func ping(_ network: ScanNetwork, from host: String) throws {
    _ = try runTool(
      "ip", ["netns", "exec", network.namespace(host), crimpPath, "ping", "-c", "1", "192.0.2.1"])
  }

  /// Lets the hosts speak until the watch has told so.
  private func hears(
    _ running: RunningTool, _ network: ScanNetwork, from host: String, _ words: String
  ) throws -> Bool {
    try eventually {
      try ping(network, from: host)
      return try running.outputSoFar().contains(words)
    }
  }

  @Test func tellsNewStationsAndAChangeInArpwatchsWords() throws {
    let network = try ScanNetwork()
    let running = try start(network, ["--json"])
    #expect(
      try hears(
        running, network, from: "one",
        #""address":"192.0.2.2","event":"new station","interface":"eth0","mac":"02:00:00:00:00:0b""#
      ))
    try network.configure("one", "addr", "del", "192.0.2.2/24", "dev", "eth0")
    try network.configure("two", "addr", "del", "192.0.2.3/24", "dev", "eth0")
    try network.configure("two", "addr", "add", "192.0.2.2/24", "dev", "eth0")
    #expect(try hears(running, network, from: "two", "changed ethernet address"))
    running.send(signal: SIGTERM)
    let end = try running.end()
    #expect(end.status == 0 && end.errorText == "", "\(end.errorText)")
    #expect(
      end.outputText.contains(
        #""event":"changed ethernet address","interface":"eth0","mac":"00:00:0c:07:ac:0c""#))
  }

  /// What was known before SIGKILL is known after it, and a line that was cut does no harm.
  @Test func keepsItsStateThroughAKill() throws {
    let network = try ScanNetwork()
    try withTemporaryDirectory { directory in
      let state = "\(directory)/state"
      let first = try start(network, ["--state", state])
      #expect(try hears(first, network, from: "one", "new station 192.0.2.2 02:00:00:00:00:0b"))
      #expect(
        try eventually {
          let text = String(decoding: try readFile(state), as: UTF8.self)
          return text.contains("192.0.2.2 02:00:00:00:00:0b ")
        })
      first.send(signal: SIGKILL)
      _ = try first.end()
      let kept = try readFile(state)
      try writeFile(state, kept + Array("192.0.2.2 00:00:00".utf8))

      let second = try start(network, ["--state", state])
      #expect(try hears(second, network, from: "two", "new station 192.0.2.3 00:00:0c:07:ac:0c"))
      try ping(network, from: "one")
      // Two that keep one state would each undo the other's.
      let rival = try runTool(
        "ip",
        [
          "netns", "exec", network.namespace("scanner"), crimpPath, "watch", "-i", "eth0",
          "--state",
          state,
        ])
      #expect(rival.status == 69 && rival.errorText.contains("another watch"))
      second.send(signal: SIGTERM)
      let end = try second.end()
      #expect(!end.outputText.contains("new station 192.0.2.2 "), "\(end.outputText)")
      let text = String(decoding: try readFile(state), as: UTF8.self)
      #expect(text.hasPrefix("crimp watch 1\n") && text.hasSuffix("\n"))
      #expect(text.contains("\n192.0.2.2 02:00:00:00:00:0b "))
      #expect(text.contains("\n192.0.2.3 00:00:0c:07:ac:0c "))
    }
  }

  @Test func refusesAStateThatIsNone() throws {
    let network = try ScanNetwork()
    try withTemporaryDirectory { directory in
      let state = "\(directory)/state"
      try writeFile(state, Array("root:x:0:0\n".utf8))
      let run = try runTool(
        "ip",
        [
          "netns", "exec", network.namespace("scanner"), crimpPath, "watch", "-i", "eth0",
          "--state",
          state,
        ])
      #expect(run.status == 66 && run.errorText.contains("it is not the state of a watch"))
      #expect(try readFile(state) == Array("root:x:0:0\n".utf8))
    }
  }

  /// The program sees the event and a path, and nothing of this process's environment.
  @Test func runsAProgramWithTheEventAlone() throws {
    let network = try ScanNetwork()
    try withTemporaryDirectory { directory in
      let (program, log) = ("\(directory)/hook", "\(directory)/log")
      try writeFile(program, Array("#!/bin/sh\nenv >>\(log)\necho end >>\(log)\n".utf8))
      chmod(program, 0o755)
      let running = try RunningTool(
        "ip",
        [
          "netns", "exec", network.namespace("scanner"), "env", "SECRET=much", crimpPath, "watch",
          "-i", "eth0", "--no-vendor", "--exec", program,
        ])
      #expect(try hears(running, network, from: "one", "new station 192.0.2.2"))
      #expect(
        try eventually {
          guard access(log, F_OK) == 0 else { return false }
          let text = String(decoding: try readFile(log), as: UTF8.self)
          return text.contains("CRIMP_ADDRESS=192.0.2.2")
        })
      running.send(signal: SIGTERM)
      #expect(try running.end().status == 0)
      let text = String(decoding: try readFile(log), as: UTF8.self)
      for line in [
        "CRIMP_EVENT=new station", "CRIMP_MAC=02:00:00:00:00:0b", "CRIMP_INTERFACE=eth0",
        "CRIMP_COUNT=1",
      ] {
        #expect(text.contains("\(line)\n"), "\(text)")
      }
      #expect(!text.contains("SECRET") && !text.contains("HOME="))
    }
  }

  @Test func watchesACaptureByItsOwnTimes() throws {
    let network = try ScanNetwork()
    try withTemporaryDirectory { directory in
      let path = "\(directory)/scan.pcapng"
      let scan = try network.scan("192.0.2.0/28", "--record", path, "--quiet")
      #expect(scan.status == 0)
      let run = try runCrimp(["watch", "--read", path, "--no-vendor"])
      #expect(run.status == 0)
      let events = run.outputLines.map { line in
        line.split(separator: " ").dropFirst().joined(separator: " ")
      }
      for line in [
        "new station 192.0.2.1 02:00:00:00:00:0a", "new station 192.0.2.2 02:00:00:00:00:0b",
        "new station 192.0.2.3 00:00:0c:07:ac:0c",
      ] {
        #expect(events.contains(line), "\(events)")
      }
      #expect(events.contains { $0.hasPrefix("changed ethernet address 192.0.2.9 ") })
      let bogons = try runCrimp(
        ["watch", "--read", path, "--network", "198.51.100.0/24", "--json", "--no-vendor"])
      #expect(bogons.outputLines.filter { $0.contains(#""event":"bogon""#) }.count >= 4)
    }
  }

  @Test(arguments: [
    (["--silent", "0"], 64, "--silent 0.0: expected seconds"),
    (["--memory", "0"], 64, "--memory 0: expected a whole number"),
    (["--network", "2001:db8::/64"], 64, "expected a network of IPv4"),
    (["--read", "/nowhere"], 66, "/nowhere"),
    (["--read", "x", "--record", "y"], 64, "--read: expected without --record"),
    (["-i", "no-such-link"], 69, "no interface named no-such-link"),
  ])
  func aWrongArgumentGetsOneLine(_ arguments: [String], _ status: Int, _ words: String) throws {
    let run = try runCrimp(["watch"] + arguments)
    #expect(Int(run.status) == status && run.errorText.contains(words), "\(run.errorText)")
    #expect(run.errorText.split(separator: "\n").count == 1)
  }

  @Test func aProgramMustBeThere() throws {
    let network = try ScanNetwork()
    let run = try runTool(
      "ip",
      [
        "netns", "exec", network.namespace("scanner"), crimpPath, "watch", "-i", "eth0", "--exec",
        "/nowhere/hook",
      ])
    #expect(run.status == 64 && run.errorText.contains("--exec /nowhere/hook"))
  }
}
