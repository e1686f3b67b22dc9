import Glibc
import Support
import Testing

/// `nc -x`: through proxies of each kind, beside Debian's.
@Suite(
  "nc through a proxy", .serialized, .enabled(if: geteuid() == 0, "network namespaces need root"))
struct NetcatProxyTests {
  /// A server that answers, and a proxy that answers as the case says, in a network of their own; the output of
  /// `nc` with its status behind it.
  private func run(_ program: String, _ options: String, answers: String) throws -> String {
    let script = """
      import socket, subprocess, sys, threading
      kind, answers, command = sys.argv[1], eval(sys.argv[2]), sys.argv[3:]
      proxy = socket.create_server(('127.0.0.1', 1080))
      asked = []
      def serve():
          client, _ = proxy.accept()
          for answer in answers:
              asked.append(client.recv(4096))
              client.sendall(answer)
          try:
              client.shutdown(socket.SHUT_WR)
              client.recv(4096)
          except OSError:  # It may have closed with something unread.
              pass
          client.close()
      thread = threading.Thread(target=serve, daemon=True)
      thread.start()
      done = subprocess.run(command, input=b'hello\\n', capture_output=True, timeout=30)
      print(done.returncode, done.stdout, done.stderr.replace(b'nc.openbsd:', b'nc:'))
      """
    return try withTemporaryDirectory { directory in
      guard symlink(program, "\(directory)/nc") == 0 else {
        throw ToolError.system(operation: "symlink", errno: errno)
      }
      try writeFile("\(directory)/proxy.py", Array(script.utf8))
      let words = "\(directory)/nc -x 127.0.0.1:1080 \(options)"
      let run = try runTool(
        "unshare",
        [
          "-n", "sh", "-c",
          "ip link set lo up; exec python3 \(directory)/proxy.py x \"$0\" \(words)", answers,
        ])
      return run.outputText.replacing("\(directory)/nc", with: "nc") + run.errorText
    }
  }

  @Test(
    .enabled(if: access("/bin/nc.openbsd", X_OK) == 0, "netcat-openbsd is not installed"),
    arguments: [
      // Granted, with an answer behind it.
      ("-X 4 192.0.2.1 80", #"[b'\x00\x5a\x00\x50\xc0\x00\x02\x01', b'answer\n']"#),
      ("-v -X 4 192.0.2.1 80", #"[b'\x00\x5a\x00\x50\xc0\x00\x02\x01', b'answer\n']"#),
      (
        "-v -X 5 name.example 80",
        #"[b'\x05\x00', b'\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00', b'answer\n']"#
      ),
      (
        "-v name.example 80",
        #"[b'\x05\x00', b'\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00answer\n']"#
      ),
      ("-v -X connect name.example 80", #"[b'HTTP/1.1 200 OK\r\n\r\n', b'answer\n']"#),
      // Refused.
      ("-X 4 192.0.2.1 80", #"[b'\x00\x5b\x00\x50\xc0\x00\x02\x01']"#),
      ("-X 4 192.0.2.1 80", #"[b'\x00\x5d\x00\x50\xc0\x00\x02\x01']"#),
      ("name.example 80", #"[b'\x05\x00', b'\x05\x02\x00\x01\x00\x00\x00\x00\x00\x00']"#),
      ("name.example 80", #"[b'\x05\x00', b'\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00']"#),
      ("name.example 80", #"[b'\x05\xff']"#),
      ("-X connect name.example 80", #"[b'HTTP/1.1 403 Forbidden\r\n\r\n']"#),
      ("-X connect name.example 80", #"[b'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n']"#),
    ])
  func `says and does what the original does`(_ options: String, _ answers: String) throws {
    let theirs = try run("/bin/nc.openbsd", options, answers: answers)
    #expect(try run(crimpPath, options, answers: answers) == theirs)
  }
}
