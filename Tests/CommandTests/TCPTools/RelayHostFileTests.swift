import Glibc
import Support
import Testing

/// `crimp relay --host-file`: the target whose host has moved the fewest bytes, as several processes count.
/// Needs root, for the namespaces.
@Suite(.serialized, .enabled(if: geteuid() == 0, "network namespaces need root"))
struct RelayHostFileTests {
  /// Tells each client which of its addresses it reached, after all that the client has said.
  private static let server = """
    import socket, threading
    listener = socket.create_server(('', 2345))
    def serve(client):
        while client.recv(65536): pass
        client.sendall(client.getsockname()[0].encode())
        client.close()
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
    """

  /// Says so many bytes, and who answered.
  private func ask(_ machines: ThreeMachines, byteCount: Int) throws -> String {
    try machines.run(
      on: "b", "head -c \(byteCount) /dev/zero | \(crimpPath) nc -N 127.0.0.1 1234"
    ).outputText
  }

  private func begin(_ machines: ThreeMachines, _ options: String) throws -> RunningTool {
    let relay = try machines.start(
      on: "b",
      "exec \(crimpPath) relay --quiet \(options) --policy least-bytes --host-file hosts 1234 .:2345"
    )
    #expect(try machines.waitForListener(on: "b", port: 1234))
    return relay
  }

  @Test(arguments: ["", "--copy", "--workers 2"])
  func `the next is who has moved the fewest bytes, and all is written`(_ options: String) throws {
    let machines = try ThreeMachines()
    try machines.write("# mine\n10.77.1.2 100000\n10.77.1.3 50000\n", to: "hosts")
    try machines.write(Self.server, to: "server.py")
    let server = try machines.start(on: "a", "exec python3 server.py")
    #expect(try machines.waitForListener(on: "a", port: 2345))
    let relay = try begin(machines, options)
    #expect(try ask(machines, byteCount: 70_000) == "10.77.1.3")
    // 120,009 by now.
    #expect(try ask(machines, byteCount: 1) == "10.77.1.2")
    // Another process has moved much for the one.
    #expect(try machines.run(on: "b", "tcppipe-least -a hosts 10.77.1.2 1000000").status == 0)
    #expect(try eventually { try ask(machines, byteCount: 1) == "10.77.1.3" })
    relay.send(signal: SIGTERM)
    #expect(try relay.end().status == 0)
    let lines = try machines.read("hosts").split(separator: "\n").map(String.init)
    try #require(lines.count == 3, "\(lines)")
    #expect(lines[0] == "# mine")
    let counts = lines.compactMap { $0.split(separator: " ").last.flatMap { UInt64($0) } }
    // A byte and nine of the answer for each time that it was asked; the other host's share is a lot more.
    let (two, three) = (counts[0], counts[1])
    #expect(two >= 1_100_010 && (two - 1_100_000).isMultiple(of: 10), "\(lines)")
    #expect(three >= 120_019 && (three - 120_009).isMultiple(of: 10), "\(lines)")
    server.send(signal: SIGKILL)
  }

  @Test func `connections that go on count too, and new hosts come with a reload`() throws {
    let machines = try ThreeMachines()
    try machines.write("10.77.1.2 0\n10.77.1.3 1\n", to: "hosts")
    try machines.write(Self.server, to: "server.py")
    let server = try machines.start(on: "a", "exec python3 server.py")
    #expect(try machines.waitForListener(on: "a", port: 2345))
    let relay = try begin(machines, "")
    let long = try machines.start(
      on: "b",
      """
      exec python3 -c '
      import socket
      client = socket.create_connection(("127.0.0.1", 1234))
      client.sendall(bytes(500000)); client.recv(1)
      '
      """)
    #expect(
      try eventually { try !machines.run(on: "b", "ss -Hnt dport = :2345").output.isEmpty })
    #expect(try eventually { try ask(machines, byteCount: 1) == "10.77.1.3" })
    // The file has them after ten seconds.
    #expect(
      try eventually(within: 60) {
        let line = try machines.read("hosts").split(separator: "\n")[0]
        return line.split(separator: " ").last.flatMap { UInt64($0) } ?? 0 >= 500_000
      })
    #expect(try machines.run(on: "b", "tcppipe-least -s hosts 10.77.1.4 0").status == 0)
    relay.send(signal: SIGHUP)
    #expect(try eventually { try ask(machines, byteCount: 1) == "10.77.1.4" })
    relay.send(signal: SIGINT)
    #expect(try relay.end().status == 0)
    _ = try long.end()
    server.send(signal: SIGKILL)
  }

  @Test func `what is wrong with the file is told`() throws {
    let machines = try ThreeMachines()
    try machines.write("# nobody\n", to: "empty")
    try machines.write("x y z\n", to: "malformed")
    for (arguments, status, line) in [
      ("--policy least-bytes --host-file empty", 66, "--host-file empty: it has no host\n"),
      (
        "--policy least-bytes --host-file malformed", 64,
        "--host-file malformed: line 1, column 3: expected a number of bytes\n"
      ),
      (
        "--policy least-bytes --host-file nothing", 66,
        "--host-file nothing: No such file or directory\n"
      ),
      ("--host-file empty", 64, "--host-file: expected --policy least-bytes beside it\n"),
    ] as [(String, Int32, String)] {
      let run = try machines.run(on: "b", "\(crimpPath) relay 1234 .:2345 \(arguments)")
      #expect(run.errorText == "crimp: \(line)", "\(arguments)")
      #expect(run.status == status, "\(arguments)")
    }
  }
}
