import Glibc
import Support
import Testing

/// What `crimp listen` does with clients, says and refuses.
@Suite("crimp listen") struct ListenTests {
  /// A program that says on its first line of JSON where it listens.
  private func listen(_ arguments: [String]) throws -> (running: RunningTool, port: String) {
    let running = try RunningTool(
      crimpPath, ["listen", "--json"] + arguments + ["127.0.0.1:0"])
    var port = ""
    #expect(
      try eventually {
        let words = try running.outputSoFar().split(separator: "\"")
        port = words.first { $0.hasPrefix("127.0.0.1:") }.map { String($0.dropFirst(10)) } ?? ""
        return !port.isEmpty
      })
    return (running, port)
  }

  /// Sends so many bytes at once, ends, and tells how many came back, and whether they are those.
  private let client = """
    import random, socket, sys, threading
    data = random.Random(7).randbytes(int(sys.argv[2]))
    client = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
    def send():
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
    threading.Thread(target=send).start()
    back = b''
    while piece := client.recv(1 << 18):
        back += piece
    print(len(back), back == data)
    """

  @Test func `an echo is whole, and the end comes back behind it`() throws {
    let (running, port) = try listen(["--echo"])
    let asked = try runTool("python3", ["-c", client, port, "5000000"])
    #expect(asked.outputText == "5000000 True\n", "\(asked.errorText)")
    let run = try running.end()
    #expect(run.status == 0)
    let ended = run.outputLines.first { $0.contains(#""event":"ended""#) } ?? ""
    #expect(ended.contains(#""bytes_in":5000000"#), "\(run.outputText)")
    #expect(ended.contains(#""bytes_out":5000000"#))
    #expect(ended.contains(#""ending":"completed""#))
    #expect(run.outputLines.last?.contains(#""event":"finished""#) == true)
  }

  @Test func `what is discarded is counted`() throws {
    let (running, port) = try listen(["--discard", "--count", "2"])
    for _ in 0..<2 {
      #expect(
        try runTool("python3", ["-c", client, port, "100000"]).outputText == "0 False\n")
    }
    let run = try running.end()
    #expect(run.outputLines.last?.contains(#""bytes_in":200000"#) == true, "\(run.outputText)")
    #expect(run.outputLines.last?.contains(#""clients":2"#) == true)
  }

  @Test func `each client gets the file`() throws {
    try withTemporaryDirectory { directory in
      try writeFile("\(directory)/file", Array(repeating: 7, count: 300_000))
      let (running, port) = try listen(["--file", "\(directory)/file", "--keep"])
      for _ in 0..<3 {
        #expect(
          try runTool("python3", ["-c", client, port, "10"]).outputText == "300000 False\n")
      }
      running.send(signal: SIGTERM)
      let run = try running.end()
      #expect(run.status == 0)
      #expect(run.outputLines.last?.contains(#""bytes_out":900000"#) == true, "\(run.outputText)")
    }
  }

  @Test func `standard input's answer may be late`() throws {
    let script = """
      port=7711; exec 3>&1
      (sleep 1; echo answer) | "$0" listen --quiet 127.0.0.1:$port >heard &
      until echo question | "$0" nc -N 127.0.0.1 $port; do sleep 0.05; done
      wait; cat heard
      """
    try withTemporaryDirectory { directory in
      let run = try runTool(
        "unshare", ["-n", "bash", "-c", "cd \(directory); ip link set lo up\n" + script, crimpPath])
      #expect(run.outputText == "answer\nquestion\n", "\(run.errorText)")
    }
  }

  @Test func `datagrams are echoed from the address that was asked`() throws {
    let (running, port) = try listen(["--udp", "--echo", "--count", "3"])
    let script = """
      import socket, sys
      client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      client.connect(('127.0.0.1', int(sys.argv[1])))
      for length in (1, 0, 60000):
          client.send(b'x' * length)
          print(len(client.recv(65536)))
      """
    #expect(try runTool("python3", ["-c", script, port]).outputText == "1\n0\n60000\n")
    #expect(try running.end().status == 0)
  }

  @Test func `a file answers datagrams from the address that was asked`() throws {
    try withTemporaryDirectory { directory in
      try writeFile("\(directory)/file", Array("answer".utf8))
      let running = try RunningTool(
        crimpPath, ["listen", "--json", "--udp", "--file", "\(directory)/file", "0.0.0.0:0"])
      #expect(try eventually { try running.outputSoFar().contains("listening") })
      let words = try running.outputSoFar().split(separator: "\"")
      let port = try #require(words.first { $0.hasPrefix("0.0.0.0:") }).dropFirst(8)
      let script = """
        import socket, sys
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        client.connect(('127.0.0.2', int(sys.argv[1])))
        client.settimeout(60)
        client.send(b'question')
        print(client.recv(100).decode())
        """
      #expect(try runTool("python3", ["-c", script, String(port)]).outputText == "answer\n")
      #expect(try running.end().status == 0)
    }
  }

  @Test(arguments: [[], ["--count", "2"]])
  func `a file that has gone ends it in words`(_ options: [String]) throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/file"
      try writeFile(path, [1, 2, 3])
      let (running, port) = try listen(["--file", path] + options)
      #expect(unlink(path) == 0)
      // Who is reset may not have heard that it was connected.
      let client = """
        import socket, sys
        for _ in range(int(sys.argv[2])):
            try: socket.create_connection(('127.0.0.1', int(sys.argv[1]))).recv(1)
            except OSError: pass
        """
      _ = try runTool("python3", ["-c", client, port, options.last ?? "1"])
      let run = try running.end()
      #expect(run.status == 74)
      #expect(run.errorText == "crimp: --file \(path): No such file or directory\n")
    }
  }

  @Test func `others wait, and who is not allowed is reset`() throws {
    let (running, port) = try listen(["--echo", "--keep", "--max-connections", "1"])
    let script = """
      import socket, sys
      place = ('127.0.0.1', int(sys.argv[1]))
      first, second = socket.create_connection(place), socket.create_connection(place)
      second.sendall(b'second'); first.sendall(b'first'); print(first.recv(5))
      second.settimeout(0.3)
      try: print(second.recv(6))
      except TimeoutError: print('waits')
      first.close(); second.settimeout(20); print(second.recv(6))
      """
    let asked = try runTool("python3", ["-c", script, port])
    #expect(asked.outputText == "b'first'\nwaits\nb'second'\n", "\(asked.errorText)")
    running.send(signal: SIGINT)
    #expect(try running.end().status == 0)
    let (refusing, other) = try listen(["--echo", "--deny", "127.0.0.0/8", "--keep"])
    let refused = try runTool("python3", ["-c", client, other, "1"])
    #expect(refused.outputText != "1 True\n")
    #expect(try eventually { try refusing.outputSoFar().contains(#""event":"refused""#) })
    refusing.send(signal: SIGTERM)
    #expect(try refusing.end().status == 0)
  }

  @Test func `nobody came`() throws {
    let run = try runCrimp(["listen", "--timeout", "0.1", "--echo", "127.0.0.1:0"])
    #expect(run.status == 1)
    #expect(run.errorText.contains("0 clients, 0 bytes in, 0 out in "))
  }

  /// Sends until nobody takes any more, or as much as it was told, and tells how that ended.
  private let sender = """
    import socket, struct, sys, time
    for _ in range(2000):
        try: client = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
        except ConnectionRefusedError: time.sleep(0.01)
        else: break
    if sys.argv[2] == 'all':
        try:
            while True: client.sendall(bytes(65536))
        except ConnectionResetError: print('reset')
        except BrokenPipeError: print('reset')
    else:
        client.sendall(bytes(10))
        print('sent', flush=True)
        while sys.argv[2] == 'wait': time.sleep(60)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        client.close()
    """

  @Test(arguments: [
    ("<&3 > /dev/full", [String](), "No space left on device"),
    ("</dev/null > /dev/full", ["--keep"], "No space left on device"),
    ("</dev/null | head -c 10 > /dev/null", [], "Broken pipe"),
  ])
  func `output that cannot be written is told, and who sends is reset`(
    _ place: String, _ options: [String], _ reason: String
  ) throws {
    let script = """
      ip link set lo up
      exec 3<> <(:)
      { "$0" listen --quiet 127.0.0.1:7712 "${@:2}"; echo status $? >&2; } \(place) &
      python3 -c "$1" 7712 all
      wait
      """
    let run = try runTool(
      "unshare", ["-n", "bash", "-c", script, crimpPath, sender] + options)
    #expect(run.outputText == "reset\n", "\(run.errorText)")
    #expect(run.errorText.contains("crimp: standard output could not be written: \(reason)\n"))
    #expect(run.errorText.contains("status 74\n"), "\(run.errorText)")
  }

  @Test(arguments: [([String](), 1), (["--keep"], 0)])
  func `a client that is lost is no success, if it is awaited`(
    _ options: [String], _ status: Int
  ) throws {
    let (running, port) = try listen(["--discard"] + options)
    #expect(try runTool("python3", ["-c", sender, port, "lose"]).outputText == "sent\n")
    #expect(try eventually { try running.outputSoFar().contains(#""ending":"lost""#) })
    if !options.isEmpty { running.send(signal: SIGTERM) }
    #expect(try running.end().status == Int32(status))
  }

  @Test func `a client that is interrupted is no success`() throws {
    let (running, port) = try listen(["--discard"])
    let client = try RunningTool("python3", ["-c", sender, port, "wait"])
    #expect(try eventually { try running.outputSoFar().contains(#""event":"connected""#) })
    running.send(signal: SIGTERM)
    let run = try running.end()
    #expect(run.outputText.contains(#""ending":"stopped""#), "\(run.outputText)")
    #expect(run.status == 1)
    client.send(signal: SIGTERM)
    _ = try client.end()
  }

  @Test(arguments: [[], ["--udp"]])
  func `an address in use is told with its owner`(_ options: [String]) throws {
    let (running, port) = try listen(["--echo", "--keep"] + options)
    let run = try runCrimp(["listen", "--echo"] + options + ["127.0.0.1:\(port)"])
    #expect(run.status == 69)
    #expect(
      run.errorText
        == "crimp: 127.0.0.1:\(port): in use by crimp (process \(running.process))\n")
    running.send(signal: SIGTERM)
    #expect(try running.end().status == 0)
  }

  @Test(.enabled(if: geteuid() == 0, "capabilities are dropped by root"))
  func `a low port is told with its remedy`() throws {
    let run = try runTool(
      "unshare",
      ["-n", "setpriv", "--bounding-set", "-net_bind_service", crimpPath, "listen", "80"])
    #expect(run.status == 77)
    #expect(
      run.errorText
        == "crimp: 0.0.0.0:80: permission missing for a port below 1024: `setcap cap_net_bind_service+ep` "
        + "the program, or lower net.ipv4.ip_unprivileged_port_start to 80\n")
  }

  @Test(arguments: [
    (
      ["x"], 64,
      "crimp: listen x: expected PORT, ADDRESS:PORT, [IPv6]:PORT, unix:PATH or unix:@NAME\n"
    ),
    (["65536"], 64, "crimp: listen 65536: expected a port from 0 to 65535\n"),
    ([":99999"], 64, "crimp: listen :99999: expected a port from 0 to 65535\n"),
    (
      ["--limit-rate", "1.5M", "1"], 64,
      "crimp: The value '1.5M' is invalid for '--limit-rate <rate>': expected bytes a second, such as "
        + "100k or 10M\n"
    ),
    (["unix:/etc/passwd"], 69, "crimp: unix:/etc/passwd: is there already, and is no socket\n"),
    (
      ["--echo", "--discard", "1"], 64,
      "crimp: --echo, --discard and --file: expected one of them\n"
    ),
    (["--keep", "--count", "1", "1"], 64, "crimp: --keep and --count: expected one of them\n"),
    (["--count", "0", "1"], 64, "crimp: --count 0: expected 1 or more\n"),
    (["--file", "/nowhere", "1"], 66, "crimp: --file /nowhere: no file that can be read\n"),
    (["--udp", "unix:/x"], 64, "crimp: listen unix:/x: --udp expected PORT or ADDRESS:PORT\n"),
    (
      ["--udp", "--limit-rate", "1", "1"], 64,
      "crimp: --udp and --limit-rate: expected one of them\n"
    ),
    (
      ["--udp", "--max-connections", "1", "1"], 64,
      "crimp: --udp and --max-connections: expected one of them\n"
    ),
    (
      ["--udp", "--idle-timeout", "1", "1"], 64,
      "crimp: --udp and --idle-timeout: expected one of them\n"
    ),
    (["192.0.2.1:1"], 69, "crimp: 192.0.2.1:1: no interface of this host has this address\n"),
    (["unix:/nowhere/x"], 69, "crimp: unix:/nowhere/x: there is no such directory\n"),
  ])
  func `a wrong argument gets one line`(_ arguments: [String], _ status: Int, _ line: String) throws
  {
    let run = try runCrimp(["listen"] + arguments)
    #expect(run.errorText == line)
    #expect(run.status == Int32(status))
  }

  /// Speaks TLS: sends and hears what the mode is about, and ends as TLS has it.
  private let secureClient = """
    import socket, ssl, sys
    port, root, mode, *certificate = sys.argv[1:]
    context = ssl.create_default_context(cafile=root)
    if certificate: context.load_cert_chain(certificate[0])
    client = context.wrap_socket(
        socket.create_connection(('127.0.0.1', int(port))), server_hostname='localhost')
    def hear(count):
        heard = b''
        while len(heard) < count and (piece := client.recv(count - len(heard))): heard += piece
        return heard
    data = bytes(range(256)) * 100
    if mode == 'echo':
        for _ in range(40):
            client.sendall(data)
            assert hear(len(data)) == data
    else:
        client.sendall(data[:1000])
    if mode == 'file': print(len(hear(300000)))
    client.unwrap()
    print('done')
    """

  @Test(arguments: [["--echo"], ["--discard"], ["--file"], []])
  func `TLS is spoken with a certificate`(_ options: [String]) throws {
    let certificates = try TestCertificates()
    try withTemporaryDirectory { directory in
      try writeFile("\(directory)/file", Array(repeating: 7, count: 300_000))
      let mode = options.first.map { String($0.dropFirst(2)) } ?? "input"
      let arguments = options == ["--file"] ? ["--file", "\(directory)/file"] : options
      let (running, port) = try listenTLS(certificates, arguments)
      let asked = try runTool(
        "python3", ["-c", secureClient, port, certificates("root.crt"), mode])
      #expect(
        asked.outputText == (mode == "file" ? "300000\ndone\n" : "done\n"), "\(asked.errorText)")
      let run = try running.end()
      #expect(run.status == 0, "\(run.errorText)")
      if mode == "input" { #expect(run.output == (0..<1000).map { UInt8($0 & 0xff) }) }
    }
  }

  /// Without a mode what is heard has standard output for itself, and the events are not looked at.
  private func listenTLS(
    _ certificates: TestCertificates, _ options: [String]
  ) throws -> (RunningTool, String) {
    let tls = ["--tls-certificate", certificates("server.pem")]
    guard options.isEmpty else { return try listen(options + tls) }
    let script =
      "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1])"
    let port = String(try runTool("python3", ["-c", script]).outputText.dropLast())
    let running = try RunningTool(
      crimpPath, ["listen", "--quiet", "127.0.0.1:\(port)"] + tls)
    #expect(
      try eventually {
        try !runTool("ss", ["-Hltn", "sport = :\(port)"]).output.isEmpty
      })
    return (running, port)
  }

  @Test func `who speaks no TLS, or shows no certificate, is told and not counted`() throws {
    let certificates = try TestCertificates()
    let (running, port) = try listen([
      "--echo", "--tls-certificate", certificates("server.pem"), "--tls-clients",
      certificates("root.crt"),
    ])
    let plain = """
      import socket, sys
      client = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
      client.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n')
      client.settimeout(20)
      try:
          while client.recv(4096): pass
      except OSError: pass
      """
    _ = try runTool("python3", ["-c", plain, port])
    #expect(try eventually { try running.outputSoFar().contains("no TLS is spoken there") })
    let root = certificates("root.crt")
    _ = try runTool("python3", ["-c", secureClient, port, root, "echo"])
    #expect(try eventually { try running.outputSoFar().contains("no certificate was shown") })
    let answered = try runTool(
      "python3", ["-c", secureClient, port, root, "echo", certificates("client.pem")])
    #expect(answered.outputText == "done\n", "\(answered.errorText)")
    #expect(try running.end().status == 0)
  }
}
