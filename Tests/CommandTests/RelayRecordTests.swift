import Glibc
import Support
import Testing

/// What `crimp relay --record`, `--hexdump` and `--insert` show and add.
@Suite("crimp relay, watched")
struct RelayRecordTests: RunningRelays {
  /// Answers the first client when its question has ended, and resets the second.
  private static let server = """
    import socket, struct, sys
    kind = socket.AF_INET6 if sys.argv[1] == 'v6' else socket.AF_INET
    listener = socket.create_server(('::1' if sys.argv[1] == 'v6' else '127.0.0.1', 0), family=kind)
    print(listener.getsockname()[1], flush=True)
    for turn in range(2):
        client, _ = listener.accept()
        data = b''
        while len(data) < 8 or turn == 0:
            piece = client.recv(65536)
            if not piece: break
            data += piece
        if turn == 0: client.sendall(b'answer to ' + data)
        else: client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        client.close()
    """

  private static let client = """
    import socket, sys
    host, port, length = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    for turn in range(2):
        with socket.create_connection((host, port)) as client:
            client.sendall(b'question' + b'.' * (0 if turn else length))
            if turn == 0: client.shutdown(socket.SHUT_WR)
            count = 0
            try:
                while True:
                    piece = client.recv(65536)
                    if not piece: break
                    count += len(piece)
                print(count)
            except ConnectionResetError: print('reset')
    """

  /// Runs both connections through a relay with `options`, and returns what the relay printed.
  private func relayed(
    _ options: [String], listen: String = "127.0.0.1:0", length: Int = 0, copy: Bool = false
  ) throws -> (run: ToolRun, port: String, answers: String) {
    let isV6 = listen.hasPrefix("[")
    let host = isV6 ? "::1" : "127.0.0.1"
    let serving = try RunningTool("python3", ["-c", Self.server, isV6 ? "v6" : "v4"])
    #expect(try eventually { try serving.outputSoFar().hasSuffix("\n") })
    let target = try serving.outputSoFar().dropLast()
    let bracketed = isV6 ? "[::1]" : host
    let running = try RunningTool(
      crimpPath, ["relay", listen, "\(bracketed):\(target)"] + options)
    #expect(try eventually { try running.outputSoFar().contains(" -> ") })
    let first = try running.outputSoFar().prefix { $0 != " " }
    let port = String(
      first[(first.lastIndex(of: ":").map(first.index(after:)) ?? first.startIndex)...])
    let asked = try runTool("python3", ["-c", Self.client, host, port, "\(length)"])
    _ = try serving.end()
    running.send(signal: SIGTERM)
    return (try running.end(), port, asked.outputText)
  }

  @Test(arguments: [("127.0.0.1:0", 0), ("[::1]:0", 0), ("127.0.0.1:0", 300_000)])
  func recordsConversationsThatWiresharkFollows(_ listen: String, _ length: Int) throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/relay.pcapng"
      let (run, port, answers) = try relayed(["--record", path], listen: listen, length: length)
      #expect(run.status == 0, "\(run.errorText)")
      #expect(answers == "\(18 + length)\nreset\n")
      let remarks = try runTool(
        "tshark",
        [
          "-r", path, "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-Y",
          "tcp.checksum.status != 1 || tcp.analysis.flags || (ip && ip.checksum.status != 1)",
        ])
      #expect(remarks.outputText == "", "\(remarks.errorText)")
      let fields = try runTool(
        "tshark",
        [
          "-r", path, "-Y", "tcp.len == 0 || tcp.len < 100", "-T", "fields", "-e", "tcp.stream",
          "-e",
          "tcp.dstport", "-e", "tcp.flags", "-e", "tcp.len",
        ])
      let packets = fields.outputLines.map { line in
        let words = line.split(separator: "\t").map(String.init)
        return "\(words[0]) \(words[1] == port ? "there" : "back") \(words[2]) \(words[3])"
      }
      var expected = [
        "0 there 0x0002 0", "0 back 0x0012 0", "0 there 0x0010 0", "0 there 0x0018 8",
        "0 there 0x0011 0", "0 back 0x0010 0", "0 back 0x0018 18", "0 back 0x0011 0",
        "0 there 0x0010 0", "1 there 0x0002 0", "1 back 0x0012 0", "1 there 0x0010 0",
        "1 there 0x0018 8", "1 back 0x0014 0",
      ]
      // The long pieces are left out of the list.
      if length > 0 { expected.removeAll { $0 == "0 there 0x0018 8" || $0 == "0 back 0x0018 18" } }
      #expect(packets == expected, "\(packets)")
      let question = Array("question".utf8) + [UInt8](repeating: UInt8(ascii: "."), count: length)
      let (there, back) = try reassembled(0, of: path)
      #expect(there == question)
      #expect(back == Array("answer to ".utf8) + question)
    }
  }

  /// Asks by TLS, by SOCKS, or behind a PROXY header of somebody else.
  private static let wrapped = """
    import socket, ssl, sys
    kind, port, target, root = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    client = socket.create_connection(('127.0.0.1', port))
    if kind == 'tls':
        client = ssl.create_default_context(cafile=root).wrap_socket(client, server_hostname='localhost')
    if kind == 'socks':
        client.sendall(b'\\x05\\x01\\x00')
        assert client.recv(2) == b'\\x05\\x00'
        # The question's first half comes with the request.
        client.sendall(b'\\x05\\x01\\x00\\x01\\x7f\\0\\0\\x01' + target.to_bytes(2, 'big') + b'ques')
        reply = b''
        while len(reply) < 10: reply += client.recv(10 - len(reply))
        client.sendall(b'tion')
    elif kind == 'proxied':
        client.sendall(b'PROXY TCP4 192.0.2.1 192.0.2.2 1111 80\\r\\nquestion')
    else:
        client.sendall(b'question')
    answer = b''
    while True:
        piece = client.recv(65536)
        if not piece: break
        answer += piece
    print(answer.decode())
    """

  /// Answers eight bytes.
  private static let answering = """
    import socket
    listener = socket.create_server(('127.0.0.1', 0))
    print(listener.getsockname()[1], flush=True)
    client, _ = listener.accept()
    data = b''
    while len(data) < 8: data += client.recv(8 - len(data))
    client.sendall(b'answer to ' + data)
    client.close()
    """

  /// What client and server say to each other, and nothing of what is around it.
  @Test(arguments: ["tls", "socks", "proxied"])
  func recordsWhatIsInside(_ kind: String) throws {
    let certificates = try TestCertificates()
    try withTemporaryDirectory { directory in
      let path = "\(directory)/relay.pcapng"
      let serving = try RunningTool("python3", ["-c", Self.answering])
      #expect(try eventually { try serving.outputSoFar().hasSuffix("\n") })
      let target = String(try serving.outputSoFar().dropLast())
      let options = [
        "tls": ["127.0.0.1:\(target)", "--tls-certificate", certificates("server.pem")],
        "socks": ["--serve", "socks5", "--allow-target", "127.0.0.0/8"],
        "proxied": ["127.0.0.1:\(target)", "--proxy-protocol", "in"],
      ]
      let running = try relay(
        directory, ["127.0.0.1:0", "--record", path] + (options[kind] ?? []))
      let asked = try runTool(
        "python3",
        [
          "-c", Self.wrapped, kind, try port(of: running), target, certificates("root.crt"),
        ])
      #expect(asked.outputText == "answer to question\n", "\(asked.errorText)")
      #expect(try eventually { try running.outputSoFar().contains(#""event":"ended""#) })
      running.send(signal: SIGTERM)
      #expect(try running.end().status == 0)
      let (there, back) = try reassembled(0, of: path)
      #expect(there == Array("question".utf8))
      #expect(back == Array("answer to question".utf8))
      guard kind == "proxied" else { return }
      let ends = try runTool(
        "tshark", ["-r", path, "-T", "fields", "-e", "ip.src", "-e", "tcp.srcport", "-c", "1"])
      #expect(ends.outputText == "192.0.2.1\t1111\n")
    }
  }

  @Test func showsAllBytes() throws {
    let run = try relayed(["--hexdump"]).run
    let tables = run.outputLines.filter { $0.hasPrefix("0000") }
    #expect(
      tables == [
        "00000000  71 75 65 73 74 69 6f 6e                           |question|",
        "00000000  61 6e 73 77 65 72 20 74  6f 20 71 75 65 73 74 69  |answer to questi|",
        "00000010  6f 6e                                             |on|",
        "00000000  71 75 65 73 74 69 6f 6e                           |question|",
      ])
    #expect(run.outputLines.contains { $0.hasSuffix(", 18 bytes") })
  }

  @Test func aFileThatCannotBeWrittenIsNamed() throws {
    let full = try runCrimp(["relay", "127.0.0.1:0", "1", "--record", "/dev/full"])
    #expect(full.status == 74)
    #expect(full.errorText == "crimp: --record /dev/full: No space left on device\n")
  }

  @Test func putsAFileBeforeTheQuestion() throws {
    try withTemporaryDirectory { directory in
      try writeFile("\(directory)/insertion", Array("HELLO ".utf8))
      let answers = try relayed(["--insert", "\(directory)/insertion"]).answers
      #expect(answers == "24\nreset\n")
      let missing = try runCrimp(["relay", "0", "1", "--insert", "\(directory)/missing"])
      #expect(missing.status == 66)
      #expect(missing.errorText == "crimp: \(directory)/missing: No such file or directory\n")
    }
  }
}
