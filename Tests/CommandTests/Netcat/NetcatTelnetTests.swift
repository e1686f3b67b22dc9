import Glibc
import Support
import Testing

/// `nc -t` among peers that ask much.
///
/// Needs root: the peer has a port in a network of its own.
@Suite("nc's telnet", .enabled(if: geteuid() == 0, "network namespaces need root"))
struct NetcatTelnetTests {
  /// A peer that asks and does not listen is not heard either, as by the original, which waits for its answers to
  /// leave. Once it listens it has an answer to each question.
  @Test func `answers that nobody takes hold the questions back`() throws {
    let script = """
      import select, socket, subprocess, sys
      server = socket.create_server(('127.0.0.1', 23))
      nc = subprocess.Popen(sys.argv[1:] + ['-t', '-N', '127.0.0.1', '23'], stdin=subprocess.PIPE,
                            stdout=subprocess.DEVNULL)
      peer, _ = server.accept()
      peer.setblocking(False)
      questions = b'\\xff\\xfb\\x01' * 21845
      asked = 0
      while asked < 1 << 25 and select.select([], [peer], [], 0.5)[1]:
          asked += peer.send(questions[asked % 3:])
      print('held back' if asked < 1 << 25 else 'asked all')
      peer.setblocking(True)
      # The last one is sent whole. What is written meanwhile may have to wait for what is read.
      wanted = (asked + 2) // 3 * 3
      answers = bytearray()
      while len(answers) < asked // 3 * 3: answers += peer.recv(1 << 20) or sys.exit('too few')
      peer.sendall(questions[asked % 3:3] if asked % 3 else b'')
      peer.shutdown(socket.SHUT_WR)
      while len(answers) < wanted: answers += peer.recv(1 << 20) or sys.exit('too few')
      print(answers == b'\\xff\\xfe\\x01' * (wanted // 3))
      nc.stdin.close(); peer.close(); print(nc.wait())
      """
    let run = try withTemporaryDirectory { directory in
      try writeFile("\(directory)/ask.py", Array(script.utf8))
      return try runTool(
        "unshare",
        ["-n", "sh", "-c", "ip link set lo up; exec python3 \"$@\"", "sh", "\(directory)/ask.py"]
          + [crimpPath, "nc"])
    }
    #expect(run.outputText == "held back\nTrue\n0\n", "\(run.errorText)")
  }
}
