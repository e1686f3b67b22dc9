import Glibc
import Support
import Testing

/// What `crimp relay` joins, says and refuses.
@Suite("crimp relay")
struct RelayCommandTests {
  /// A program that says on its first line of JSON where it listens.
  private func relay(
    _ arguments: [String], descriptors: Int = 1024
  ) throws -> (running: RunningTool, port: String) {
    // Whatever else this process has open, the program has not.
    let script = """
      import os, resource, sys
      os.closerange(3, 4096)
      limit = int(sys.argv[1])
      resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
      os.execv(sys.argv[2], sys.argv[2:])
      """
    let running = try RunningTool(
      "python3",
      ["-c", script, "\(descriptors)", crimpPath, "relay", "--json"] + arguments)
    var port = ""
    let isThere = try eventually {
      let words = try running.outputSoFar().split(separator: "\"")
      guard let word = words.first(where: { $0.hasPrefix("127.0.0.1:") }) else { return false }
      port = String(word.dropFirst(10))
      return true
    }
    #expect(isThere)
    return (running, port)
  }

  private let server = """
    import socket, sys
    listener = socket.create_server(('127.0.0.1', 0))
    print(listener.getsockname()[1], flush=True)
    client, _ = listener.accept()
    data = b''
    while True:
        piece = client.recv(65536)
        if not piece: break
        data += piece
    client.sendall(b'answer to ' + data)
    """

  private let client = """
    import socket, sys
    client = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
    client.sendall(b'question')
    client.shutdown(socket.SHUT_WR)
    while True:
        piece = client.recv(65536)
        if not piece: break
        sys.stdout.write(piece.decode())
    """

  @Test(arguments: [[], ["--copy"]])
  func passesTheEndOnAndBringsTheAnswer(_ options: [String]) throws {
    let serving = try RunningTool("python3", ["-c", server])
    #expect(try eventually { try serving.outputSoFar().hasSuffix("\n") })
    let target = try serving.outputSoFar().dropLast()
    let (running, port) = try relay(options + ["127.0.0.1:0", "127.0.0.1:\(target)"])
    let asked = try runTool("python3", ["-c", client, port])
    #expect(asked.outputText == "answer to question", "\(asked.errorText)")
    #expect(try eventually { try running.outputSoFar().contains(#""event":"ended""#) })
    running.send(signal: SIGTERM)
    let run = try running.end()
    #expect(run.status == 0)
    let ended = run.outputLines.last ?? ""
    for words in [
      #""bytes_from_client":8"#, #""bytes_from_target":18"#, #""ending":"completed""#,
      #""target":"127.0.0.1:\#(target)""#,
    ] {
      #expect(ended.contains(words), "\(ended)")
    }
  }

  private let echoServer = """
    import socket, threading
    listener = socket.create_server(('127.0.0.1', 0), backlog=200)
    print(listener.getsockname()[1], flush=True)
    def serve(client):
        while True:
            piece = client.recv(65536)
            if not piece: break
            client.sendall(piece)
        client.close()
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
    """

  private let manyClients = """
    import socket, sys, threading
    right = []
    def ask(number):
        client = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
        client.sendall(b'%d' % number)
        client.shutdown(socket.SHUT_WR)
        data = b''
        while True:
            piece = client.recv(65536)
            if not piece: break
            data += piece
        if data == b'%d' % number: right.append(number)
    threads = [threading.Thread(target=ask, args=(n,)) for n in range(60)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    print(len(right))
    """

  @Test func servesAllInTheEndWhenDescriptorsRunOut() throws {
    let serving = try RunningTool("python3", ["-c", echoServer])
    #expect(try eventually { try serving.outputSoFar().hasSuffix("\n") })
    let target = try serving.outputSoFar().dropLast()
    let (running, port) = try relay(["127.0.0.1:0", "127.0.0.1:\(target)"], descriptors: 17)
    let asked = try runTool("python3", ["-c", manyClients, port])
    #expect(asked.outputText == "60\n", "\(asked.errorText)")
    let events = try running.outputSoFar()
    #expect(!events.contains(#""event":"failed""#))
    running.send(signal: SIGTERM)
    #expect(try running.end().status == 0)
  }

  @Test func saysWhichTargetCannotBeReached() throws {
    let (running, port) = try relay(["127.0.0.1:0", "127.0.0.1:1"])
    #expect(try runTool("python3", ["-c", client, port]).outputText == "")
    #expect(try eventually { try running.outputSoFar().contains(#""event":"failed""#) })
    #expect(
      try running.outputSoFar().contains(
        #""reason":"127.0.0.1:1: connection refused: nobody listens there""#))
    running.send(signal: SIGINT)
    #expect(try running.end().status == 0)
  }

  @Test(arguments: [
    (
      ["x", "y:1"], 64,
      "crimp: listen x: expected PORT, ADDRESS:PORT, [IPv6]:PORT, unix:PATH, unix:@NAME, or activated\n"
    ),
    (
      ["1", "y"], 64,
      "crimp: target y: expected HOST:PORT, [IPv6]:PORT, PORT on this host, or unix:PATH\n"
    ),
    (
      ["--allow", "z", "0", "1"], 64,
      "crimp: --allow z: expected an address such as 192.0.2.1, or a network such as 192.0.2.0/24\n"
    ),
    (["65536", "1"], 64, "crimp: listen 65536: expected a port from 0 to 65535\n"),
    (["0", "67001"], 64, "crimp: target 67001: expected a port from 0 to 65535\n"),
    (["--udp", "70053", "1"], 64, "crimp: listen 70053: expected a port from 0 to 65535\n"),
    (
      ["--tls-minimum", "1.9", "0", "1"], 64,
      "crimp: The value '1.9' is invalid for '--tls-minimum <version>': expected 1.0, 1.1, 1.2 or 1.3\n"
    ),
    (
      ["--workers", "9999", "0", "1"], 64,
      "crimp: The value '9999' is invalid for '--workers <count>': expected auto, or a whole number from "
        + "1 to 64\n"
    ),
    (["--drain", "0", "0", "1"], 64, "crimp: --drain 0.0: expected seconds, more than 0\n"),
    (["activated", "1"], 69, "crimp: listen activated: LISTEN_FDS hands over no socket\n"),
    (["192.0.2.1:0", "1"], 69, "crimp: 192.0.2.1:0: no interface of this host has this address\n"),
  ])
  func aWrongArgumentGetsOneLine(_ arguments: [String], _ status: Int, _ line: String) throws {
    let run = try runCrimp(["relay"] + arguments)
    #expect(run.errorText == line)
    #expect(run.status == Int32(status))
  }

  /// Clients are as many as there is room for, and who asks the relay about it still gets in.
  @Test func datagramsFindRoomAndSoDoesTheControlSocket() throws {
    try withTemporaryDirectory { directory in
      let serving = try RunningTool("python3", ["-c", RelayScripts.datagrams, "one"])
      #expect(try eventually { try serving.outputSoFar().hasSuffix("\n") })
      let target = try serving.outputSoFar().dropLast()
      let (running, port) = try relay(
        ["--udp", "127.0.0.1:0", "127.0.0.1:\(target)", "--control", "\(directory)/r"],
        descriptors: 40)
      let many = """
        import socket, sys
        clients = []
        for number in range(80):
            client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            client.settimeout(1)
            client.connect(('127.0.0.1', int(sys.argv[1])))
            clients.append(client)
            for attempt in range(60):
                client.send(b'%d' % number)
                try: answer = client.recv(100)
                except TimeoutError: continue
                break
            assert answer == b'one %d' % number, answer
        print('all')
        """
      let asked = try runTool("python3", ["-c", many, port])
      #expect(asked.outputText == "all\n", "\(asked.errorText)")
      let shown = try runCrimp(["relay", "show", "--control", "\(directory)/r"])
      #expect(shown.status == 0, "\(shown.errorText)")
      #expect(shown.outputText.contains(" clients evicted"), "\(shown.outputText)")
      running.send(signal: SIGTERM)
      let run = try running.end()
      #expect(run.status == 0)
      #expect(run.outputLines.filter { $0.contains("exhausted") }.count == 1, "\(run.outputText)")
    }
  }
}
