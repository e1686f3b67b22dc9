import Glibc
import Support
import Testing

/// What `nc -z` finds across a router with packet filters, beside Debian's; and where it is more honest.
@Suite(
  "nc's scans", .serialized, .enabled(if: geteuid() == 0, "network namespaces need root"),
  .timeLimit(.minutes(3)))
struct NetcatScanTests {
  private static let original = "/bin/nc.openbsd"
  private let server = CheckNetwork.server

  private func scan(_ network: CheckNetwork, _ program: [String], _ words: [String]) throws
    -> ToolRun
  {
    var run = try network.run(["env", "LC_ALL=C"] + program + words)
    run.errorOutput = Array(run.errorText.replacing(/(?m)^nc.openbsd:/, with: "nc:").utf8)
    return run
  }

  private func own(_ network: CheckNetwork, _ words: String...) throws -> ToolRun {
    try scan(network, [crimpPath, "nc"], words)
  }

  @Test(.enabled(if: access("/bin/nc.openbsd", X_OK) == 0))
  func `say of TCP what the original says`() throws {
    let network = try CheckNetwork("nc-tcp")
    try network.serve(["python3", "-m", "http.server", "8000"])
    #expect(try eventually { try own(network, "-z", server, "8000").status == 0 })
    try network.set("net.ipv4.icmp_ratelimit=0")
    for words in [
      ["-zv", server, "8000"], ["-zv", "-w", "1", server, "7998-8002"],
      ["-zv", "-w", "1", server, "8002-7998", "8000", "http"],
      ["-zvn", "-w", "2", server, "1001-1002", "1004-1008"],
      ["-zv", "-w", "1", server, "2000-2001"],
      ["-z", "-w", "1", server, "7999", "8000"], ["-z", "-w", "1", server, "2000", "2001"],
      ["-v", "-w", "1", server, "2000"], ["-v", server, "1006"],
      ["-zv", "-w", "1", "192.0.2.77", "80"],
      ["-zv", "-s", "192.0.2.1", server, "8000-8001"],
    ] {
      let (theirs, ours) = try (
        scan(network, [Self.original], words), scan(network, [crimpPath, "nc"], words)
      )
      #expect(ours.errorText == theirs.errorText, "\(words)")
      #expect(ours.status == theirs.status, "\(words)")
    }
  }

  @Test func `never call silence success`() throws {
    let network = try CheckNetwork("nc-udp")
    try network.set("net.ipv4.icmp_ratelimit=0")
    try network.serve([
      "python3", "-c",
      """
      import socket
      server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      server.bind(('', 123))
      while True:
          data, peer = server.recvfrom(2048)
          server.sendto(data, peer)
      """,
    ])
    let answered = "Connection to \(server) 123 port [udp/ntp] succeeded!\n"
    #expect(try eventually { try own(network, "-zuv", server, "123").errorText == answered })
    let dropped = try own(network, "-zuv", "-w", "1", server, "1009")
    #expect(
      dropped.errorText
        == "Connection to \(server) 1009 port [udp/*]: no answer, open or filtered\n")
    // Nothing says that it is closed: the original's status.
    #expect(dropped.status == 0)
    let closed = try own(network, "-zuv", server, "1010")
    #expect(closed.errorText == "")
    #expect(closed.status == 1)
    let range = try own(network, "-zuv", "-w", "1", server, "120-124")
    #expect(range.errorText == answered)
    #expect(range.status == 1)
    let rejected = try own(network, "-zuv", "-w", "1", server, "1007")
    #expect(
      rejected.errorText == "nc: connect to \(server) port 1007 (udp) failed: No route to host\n")
    #expect(rejected.status == 1)
  }

  @Test func `ask sixty silent ports in the time of one`() throws {
    let network = try CheckNetwork("nc-sixty")
    let run = try own(network, "-zv", "-w", "2", server, "2000-2059")
    let lines = (2000...2059).map {
      "nc: connect to \(server) port \($0) (tcp) timed out: Operation now in progress\n"
    }
    #expect(run.errorText == lines.joined())
    #expect(run.status == 1)
  }
}

/// The command lines that people paste, with the addresses that they have.
@Suite(
  "nc as it is pasted", .serialized, .enabled(if: geteuid() == 0, "network namespaces need root"))
struct NetcatPastedTests {
  private func shell(_ script: String) throws -> ToolRun {
    try withTemporaryDirectory { directory in
      guard symlink(crimpPath, "\(directory)/nc") == 0 else {
        throw ToolError.system(operation: "symlink", errno: errno)
      }
      let begin = """
        cd \(directory); PATH=\(directory):$PATH
        ip link set lo up; ip addr add 192.168.0.10/24 dev lo
        wait_for() { until nc -z 192.168.0.10 $1; do sleep 0.05; done; }

        """
      return try runTool("unshare", ["-n", "bash", "-c", begin + script])
    }
  }

  @Test func `a port is checked`() throws {
    let run = try shell(
      """
      python3 -m http.server 80 >/dev/null 2>&1 & server=$!
      wait_for 80
      nc -zv 192.168.0.10 80
      nc -zv 192.168.0.10 1-500 2>&1 | grep succeeded
      kill $server; wait $server 2>/dev/null
      """)
    let line = "Connection to 192.168.0.10 80 port [tcp/http] succeeded!\n"
    #expect(run.errorText == line)
    #expect(run.outputText == line)
  }

  @Test func `a UDP port is checked`() throws {
    let run = try shell(
      """
      nc -zuv 192.168.0.10 123; echo $?
      nc -l -u 192.168.0.10 123 >/dev/null & listener=$!
      until nc -zuv -w 1 192.168.0.10 123 2>&1 | grep -q 'no answer'; do sleep 0.05; done
      kill $listener; wait $listener 2>/dev/null; echo told
      """)
    #expect(run.outputText == "1\ntold\n", "\(run.errorText)")
  }

  @Test func `a pseudo-server is run`() throws {
    let run = try shell(
      """
      nc -l -p 3873 >heard & listener=$!
      until echo hello | nc -N 192.168.0.10 3873; do sleep 0.05; done
      wait $listener; echo $?; cat heard
      """)
    #expect(run.outputText == "0\nhello\n")
  }

  @Test func `a connected socket is handed over`() throws {
    let run = try shell(
      """
      cat >take.py <<'END'
      import array, socket, subprocess
      server = socket.create_server(('127.0.0.1', 7306))
      ours, theirs = socket.socketpair(socket.AF_UNIX)
      nc = subprocess.Popen(['nc', '-F', '127.0.0.1', '7306'], stdout=theirs)
      data, control, _, _ = ours.recvmsg(10, socket.CMSG_SPACE(4))
      numbers = array.array('i'); numbers.frombytes(control[0][2])
      passed = socket.socket(fileno=numbers[0])
      print(data, passed.getpeername(), nc.wait())
      accepted, _ = server.accept()
      accepted.sendall(b'through'); print(passed.recv(7))
      END
      python3 take.py
      nc -F 192.168.0.10 1 >refused; echo $?
      """)
    #expect(run.outputText == "b'\\x00' ('127.0.0.1', 7306) 0\nb'through'\n1\n")
    #expect(run.errorText == "")
  }

  @Test func `standard streams that are not there are no sockets`() throws {
    let run = try shell(
      """
      nc -lN 7401 <<<hello >heard & listener=$!
      until ss -ltn | grep -q ':7401 '; do sleep 0.05; done
      nc 127.0.0.1 7401 <&-; echo $?; wait $listener; cat heard
      """)
    #expect(run.outputText == "hello\n0\n")
  }

  @Test func `a terminal and a pipe are left as they were`() throws {
    let run = try shell(
      """
      python3 -c "
      import fcntl, os, subprocess
      reader, writer = os.pipe()
      nc = subprocess.Popen(['nc', '-l', '7501'], stdin=reader)
      while subprocess.call(['nc', '-z', '127.0.0.1', '7501']): pass
      print(fcntl.fcntl(reader, fcntl.F_GETFL) & os.O_NONBLOCK)
      nc.kill()
      "
      """)
    #expect(run.outputText == "0\n")
  }
}
