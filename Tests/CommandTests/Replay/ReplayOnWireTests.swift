import CaptureFile
import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// `crimp replay` on wires between namespaces, seen by tcpdump. Needs root.
@Suite("crimp replay, on a wire", .serialized)
struct ReplayOnWireTests {
  /// Two namespaces and two wires between them: `left` sends by c0 and s0, `right` sees by c1 and s1.
  private func withWires(
    _ body: (_ left: String, _ right: String) throws -> Void
  ) throws {
    let name = "crimp-replay\(getpid())-\(UInt32.random(in: 0 ... .max))"
    let (left, right) = ("\(name)-l", "\(name)-r")
    let script = """
      for name in $0 $1; do
        ip netns add $name
        ip netns exec $name sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
          net.ipv6.conf.default.disable_ipv6=1
      done
      for link in c s; do
        ip -n $0 link add ${link}0 mtu 9000 type veth peer name ${link}1 mtu 9000 netns $1
        ip -n $0 link set ${link}0 up
        ip -n $1 link set ${link}1 up
      done
      """
    defer {
      for each in [left, right] { _ = try? runTool("ip", ["netns", "del", each]) }
    }
    let run = try runTool("sh", ["-euc", script, left, right])
    try #require(run.status == 0, "\(run.errorText)")
    try body(left, right)
  }

  /// What tcpdump sees by these interfaces while `body` runs, until it has as many frames as that says.
  private func seen(
    _ interfaces: [String], in namespace: String, _ body: () throws -> Int
  ) throws -> [ReadCapture] {
    try withTemporaryDirectory { directory in
      let tools = try interfaces.map { name in
        let tool = try RunningTool(
          "ip",
          [
            "netns", "exec", namespace, "tcpdump", "-U", "--immediate-mode", "-B", "16384", "-Z",
            "root", "-i", name, "-w", "\(directory)/\(name)",
          ])
        let isThere = try eventually {
          guard access("\(directory)/\(name)", F_OK) == 0 else { return false }
          return try readFile("\(directory)/\(name)").count >= 24
        }
        try #require(isThere)
        return tool
      }
      let wanted = try body()
      func captures() throws -> [ReadCapture] {
        try interfaces.map { try ReadCapture("\(directory)/\($0)") }
      }
      let came = try eventually { try captures().map(\.frames.count).reduce(0, +) >= wanted }
      for tool in tools {
        tool.send(signal: SIGINT)
        _ = try tool.end()
      }
      #expect(came)
      return try captures()
    }
  }

  @Test(arguments: [
    ["--speed", "100"], ["--top-speed"], ["--rate", "2000"], ["--top-speed", "--bypass-qdisc"],
  ])
  func sendsTheFramesOfTheCapture(pace: [String]) throws {
    let path = "\(Fixture.root)/captures/mixed-link.pcap"
    let before = try ReadCapture(path).frames.map(\.bytes)
    try withWires { left, right in
      let captures = try seen(["c1"], in: right) {
        let run = try runTool(
          crimpPath, ["replay", path, "--netns", left, "-i", "c0", "--max-gap", "1"] + pace)
        #expect(run.status == 0, "\(run.outputText) \(run.errorText)")
        #expect(run.outputLines.first?.hasPrefix("214 frames, 121831 bytes in ") == true)
        #expect(run.outputText.contains("late by") == !pace.contains("--top-speed"))
        return before.count
      }
      #expect(captures.first?.frames.map(\.bytes) == before)
    }
  }

  /// A frame never leaves before its time, by the kernel's clock at the other end.
  @Test func keepsTheGaps() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/paced.pcap"
      var bytes: [UInt8] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0] + [UInt8](repeating: 0, count: 8)
      bytes += [0, 0, 4, 0, 1, 0, 0, 0]
      for number in 0..<50 {
        let microseconds = UInt32(number * 3000)
        bytes += [1, 0, 0, 0] + (0..<4).map { UInt8(truncatingIfNeeded: microseconds >> (8 * $0)) }
        bytes += [60, 0, 0, 0, 60, 0, 0, 0, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5]
        bytes += [UInt8](repeating: UInt8(number), count: 46)
      }
      try writeFile(path, bytes)
      try withWires { left, right in
        let captures = try seen(["c1"], in: right) {
          let run = try runTool(crimpPath, ["replay", path, "--netns", left, "-i", "c0", "--json"])
          #expect(run.status == 0 && run.outputText.contains(#""lateness":{"max_us":"#))
          return 50
        }
        let frames = captures.first?.frames ?? []
        #expect(frames.count == 50)
        let times = frames.compactMap { $0.timestamp }.map {
          ($0.seconds - 1_700_000_000) * 1_000_000 + Int64($0.nanoseconds) / 1000
        }
        // However late one is: the fiftieth comes 147 ms after the first or later, if that was in time.
        let span = (times.last ?? 0) - (times.first ?? 0)
        #expect(times == times.sorted() && span > 0)
      }
    }
  }

  /// The clients' frames by the one wire, the servers' by the other, in the order of the capture.
  @Test(arguments: [[String](), ["--client", "192.0.2.1"], ["--client", "02:00:00:00:00:01"]])
  func splitsClientsFromServers(options: [String]) throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/talk.pcap"
      let (client, server) = (
        "src=02:00:00:00:00:01 dst=02:00:00:00:00:02", "src=02:00:00:00:00:02 dst=02:00:00:00:00:01"
      )
      var lines = [
        "eth \(client) / ip src=192.0.2.1 dst=192.0.2.2 / tcp sport=4000 dport=9000 flags=syn"
      ]
      lines.append(
        "eth \(server) / ip src=192.0.2.2 dst=192.0.2.1 / tcp sport=9000 dport=4000 flags=syn,ack")
      for number in 0..<40 {
        let (side, from, to) = number % 3 == 0 ? (server, 2, 1) : (client, 1, 2)
        lines.append(
          "eth \(side) / ip src=192.0.2.\(from) dst=192.0.2.\(to) id=\(number)"
            + " / tcp sport=\(from == 1 ? 4000 : 9000) dport=\(from == 1 ? 9000 : 4000) flags=ack")
      }
      let made = try runTool(
        crimpPath, ["craft", "-w", path, "--file", "-", "--interval", "0.001"],
        input: Array(lines.joined(separator: "\n").utf8))
      try #require(made.status == 0, "\(made.errorText)")
      let all = try ReadCapture(path).frames.map(\.bytes)
      try withWires { left, right in
        let captures = try seen(["c1", "s1"], in: right) {
          let run = try runTool(
            crimpPath,
            ["replay", path, "--netns", left, "-i", "c0", "-i", "s0"] + options)
          #expect(run.status == 0, "\(run.errorText)")
          #expect(run.outputText.contains("clients by c0: 27 frames, servers by s0: 15 frames"))
          return all.count
        }
        #expect(captures[0].frames.map(\.bytes) == all.filter { $0[11] == 1 })
        #expect(captures[1].frames.map(\.bytes) == all.filter { $0[11] == 2 })
        // The kernel's clock stamps both: merged, they have the capture's order.
        let merged = (captures[0].frames + captures[1].frames).sorted {
          ($0.timestamp ?? .now) < ($1.timestamp ?? .now)
        }
        #expect(merged.map(\.bytes) == all)
      }
    }
  }

  /// Longer frames than the interface takes are left out and told; the others go.
  @Test func leavesOutWhatDoesNotFit() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/long.pcap"
      let made = try runTool(
        crimpPath, ["craft", "-w", path, "--file", "-", "--interval", "0"],
        input: Array(
          "eth type=0x88b5 / data zeros=9000\neth type=0x88b5 / data zeros=9001\neth type=0x88b5 / data zeros=9\n"
            .utf8))
      try #require(made.status == 0, "\(made.errorText)")
      try withWires { left, right in
        let captures = try seen(["c1"], in: right) {
          let run = try runTool(crimpPath, ["replay", path, "--netns", left, "-i", "c0"])
          #expect(run.status == 1 && run.outputText.contains("left out: 1 frame of a length"))
          return 2
        }
        #expect(captures.first?.frames.map(\.bytes.count) == [9014, 23])
      }
    }
  }

  /// A replay without an end says how it stands when it is asked, and ends at a signal with its figures.
  @Test func endsAtASignal() throws {
    let path = "\(Fixture.root)/captures/mixed-link.pcap"
    try withWires { left, _ in
      let running = try RunningTool(
        crimpPath,
        [
          "replay", path, "arp", "--netns", left, "-i", "c0", "--loop", "0", "--rate", "100",
          "--json",
        ])
      #expect(try eventually { try running.isCapturing() })
      #expect(
        try eventually {
          running.send(signal: SIGUSR1)
          return try running.outputSoFar().contains(#""event":"progress""#)
        })
      running.send(signal: SIGTERM)
      let end = try running.end()
      #expect(end.status == 0 && end.outputLines.last?.contains(#""event":"summary""#) == true)
    }
  }

  /// A person at a terminal sees how far it is, and the figures in place of that at the end.
  @Test func showsAtATerminalHowFarItIs() throws {
    let path = "\(Fixture.root)/captures/mixed-link.pcap"
    try withWires { left, _ in
      let replay = try TerminalTool(
        crimpPath,
        ["replay", path, "--netns", left, "-i", "c0", "--loop", "0", "--rate", "50", "-c", "9000"],
        argumentZero: "crimp")
      #expect(replay.shows(" of 9000 frames, "))
      replay.send(signal: SIGUSR1)
      #expect(replay.shows("late by "))
      replay.send(signal: SIGTERM)
      #expect(try replay.end() == 0)
      // The line was taken back before the figures.
      let lines = replay.shown.split(separator: "\r\n").map(String.init)
      let figures = lines.filter { $0.contains(" frames/s, ") }
      #expect(figures.count == 2, "\(replay.shown)")
      #expect(figures.first?.contains("\r\u{1b}[K") == true, "\(replay.shown)")
      let last = figures.last?.split(separator: "\u{1b}[K").last.map(String.init) ?? ""
      #expect(last.contains(" frames, ") && !last.contains("9000"), "\(replay.shown)")
    }
  }

  /// What comes through a pipe is played as it comes, and one that has nothing to say holds up no signal.
  @Test func endsAtASignalWhileAPipeIsSilent() throws {
    let script = """
      mkfifo "$3/pipe"; exec 3<>"$3/pipe"; head -c 50000 "$0" >&3
      exec "$1" replay - --netns "$2" -i c0 --top-speed --json <&3
      """
    try withTemporaryDirectory { directory in
      try withWires { left, _ in
        let running = try RunningTool(
          "bash",
          ["-c", script, "\(Fixture.root)/captures/mixed-link.pcap", crimpPath, left, directory])
        #expect(try eventually { try running.isCapturing() })
        #expect(
          try eventually {
            running.send(signal: SIGUSR1)
            return try running.outputSoFar().contains(#""frames":127,"#)
          })
        running.send(signal: SIGTERM)
        let end = try running.end()
        #expect(end.status == 0 && end.outputText.contains(#""event":"summary""#))
      }
    }
  }
}
