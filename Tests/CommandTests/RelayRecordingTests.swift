import Glibc
import Support
import Testing

/// The file of `crimp relay --record`: when it is begun, who writes into it, and what a full disk leaves.
@Suite("crimp relay, recording again")
struct RelayRecordingTests: RunningRelays {
  /// How many packets Wireshark finds, by their TCP stream, in a file whose blocks are all whole.
  private func packetCounts(of path: String) throws -> [String: Int] {
    let read = try runTool("tshark", ["-r", path, "-T", "fields", "-e", "tcp.stream"])
    #expect(read.status == 0, "\(read.errorText)")
    #expect(!read.errorText.contains("cut short"), "\(read.errorText)")
    return Dictionary(grouping: read.outputLines) { $0 }.mapValues(\.count)
  }

  @Test func aStartThatFailsLeavesTheRecordingOfTheRelayThatRuns() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/relay.pcapng"
      let (server, target) = try echoServer()
      defer { server.send(signal: SIGTERM) }
      let running = try relay(
        directory, ["127.0.0.1:0", "127.0.0.1:\(target)", "--record", path])
      let port = try port(of: running)
      #expect(
        try runTool("python3", ["-c", RelayScripts.question, port]).outputText == "question\n")
      #expect(try eventually { try running.outputSoFar().contains(#""event":"ended""#) })
      let before = try readFile(path)
      let sameAddress = try runCrimp(["relay", "127.0.0.1:\(port)", "1", "--record", path])
      #expect(sameAddress.status == 69)
      let sameFile = try runCrimp(["relay", "127.0.0.1:0", "1", "--record", path])
      #expect(sameFile.status == 69)
      #expect(
        sameFile.errorText
          == "crimp: --record \(path): another process records into it: expected another file\n")
      #expect(try readFile(path) == before)
      running.send(signal: SIGTERM)
      #expect(try running.end().status == 0)
      // The next run begins it anew.
      let next = try relay(directory, ["127.0.0.1:0", "1", "--record", path])
      #expect(try packetCounts(of: path) == [:])
      next.send(signal: SIGTERM)
      #expect(try next.end().status == 0)
    }
  }

  /// The first relay still records a connection when the next one has begun.
  @Test func aRelayThatTakesOverRecordsBehindTheOneBefore() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/relay.pcapng"
      let (server, target) = try echoServer()
      defer { server.send(signal: SIGTERM) }
      let options = ["127.0.0.1:\(target)", "--record", path, "--take-over", "--drain", "300"]
      let first = try relay(directory, ["127.0.0.1:0"] + options)
      let port = try port(of: first)
      let lasting = try RunningTool(
        "python3", ["-c", RelayScripts.lasting, port, "\(directory)/end"])
      #expect(try eventually { try lasting.outputSoFar() == "first\n" })
      let second = try relay(directory, ["127.0.0.1:\(port)"] + options)
      #expect(try eventually { try first.outputSoFar().contains("handed-over") })
      #expect(
        try runTool("python3", ["-c", RelayScripts.question, port]).outputText == "question\n")
      #expect(try eventually { try second.outputSoFar().contains(#""event":"ended""#) })
      try write("", to: "\(directory)/end")
      #expect(try lasting.end().outputText == "first\nlast\n")
      #expect(try first.end().status == 0)
      second.send(signal: SIGTERM)
      #expect(try second.end().status == 0)
      #expect(try packetCounts(of: path).keys.sorted() == ["0", "1"])
      let earlier = try reassembled(0, of: path)
      #expect(earlier.there == Array("firstlast".utf8))
      #expect(earlier.back == earlier.there)
      #expect(try reassembled(1, of: path).back == Array("question".utf8))
      #expect(try runCrimp(["decode", path]).status == 0)
    }
  }

  /// Relays, on a file system of 64 KiB, more than it holds.
  private let full = """
    set -e
    mount -t tmpfs -o size=64k none "$1"
    python3 -c "$server" >"$1.port" &
    until [ -s "$1.port" ]; do sleep 0.02; done
    "$0" relay --json 127.0.0.1:0 "127.0.0.1:$(cat "$1.port")" --record "$1/r" >"$1.out" 2>"$1.err" &
    relay=$!
    until grep -q listening "$1.out"; do sleep 0.02; done
    python3 -c "$client" "$(grep -o '127.0.0.1:[0-9]*' "$1.out" | head -1 | cut -d: -f2)"
    kill $relay
    status=0
    wait $relay || status=$?
    echo "status $status"
    "$0" decode "$1/r" >"$1.decoded"
    [ -s "$1.decoded" ]
    cat "$1.err"
    kill %1
    """

  private let client = """
    import socket, sys
    with socket.create_connection(('127.0.0.1', int(sys.argv[1]))) as client:
        for _ in range(40):
            client.sendall(b'x' * 5000)
            count = 0
            while count < 5000: count += len(client.recv(5000))
    """

  @Test(.enabled(if: geteuid() == 0, "needs root"))
  func aFullDiskLeavesWholeBlocksAndIsTold() throws {
    try withTemporaryDirectory { directory in
      #expect(mkdir("\(directory)/disk", 0o700) == 0)
      let run = try runTool(
        "unshare",
        [
          "-m", "env", "server=\(RelayScripts.echo)", "client=\(client)", "bash", "-c", full,
          crimpPath, "\(directory)/disk",
        ])
      #expect(
        run.outputText == """
          status 74
          crimp: the recording ends here, the relay goes on: No space left on device

          """, "\(run.errorText)")
      #expect(run.status == 0, "\(run.errorText)")
    }
  }
}
