import Support
import Testing

/// Suites that start relays with control sockets, and ask them.
protocol RunningRelays {}

extension RunningRelays {
  /// A server that echoes, on a port of its own.
  func echoServer() throws -> (running: RunningTool, port: String) {
    let running = try RunningTool("python3", ["-c", RelayScripts.echo])
    #expect(try eventually { try running.outputSoFar().hasSuffix("\n") })
    return (running, String(try running.outputSoFar().dropLast()))
  }

  /// Starts a relay with a control socket in `directory`, and waits until it answers there.
  func relay(
    _ directory: String, _ arguments: [String], as name: String = "r"
  ) throws -> RunningTool {
    let running = try RunningTool(
      crimpPath, ["relay", "--json", "--control", "\(directory)/\(name)"] + arguments)
    #expect(try eventually { try running.outputSoFar().contains("listening") })
    return running
  }

  func port(of running: RunningTool) throws -> String {
    let words = try running.outputSoFar().split(separator: "\"")
    let word = try #require(words.first { $0.hasPrefix("127.0.0.1:") })
    return String(word.dropFirst(10))
  }

  func ask(
    _ directory: String, _ words: [String], _ options: [String] = []
  ) throws -> ToolRun {
    try runCrimp(["relay"] + words + ["--control", "\(directory)/r"] + options)
  }

  func write(_ text: String, to path: String) throws {
    try writeFile(path, Array(text.utf8))
  }

  /// What Wireshark puts together of a stream: the client's bytes, and the server's.
  func reassembled(
    _ stream: Int, of path: String
  ) throws -> (there: [UInt8], back: [UInt8]) {
    let followed = try runTool(
      "tshark", ["-r", path, "-q", "-z", "follow,tcp,raw,\(stream)"])
    var (there, back): ([UInt8], [UInt8]) = ([], [])
    for line in followed.outputLines {
      // The server's lines are indented, and those around the bytes are no digits.
      let isBack = line.hasPrefix("\t")
      let digits = Array(line.utf8.drop { $0 == 0x09 })
      let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap { index in
        UInt8(String(decoding: digits[index..<(index + 2)], as: UTF8.self), radix: 16)
      }
      guard !bytes.isEmpty, bytes.count * 2 == digits.count else { continue }
      if isBack { back += bytes } else { there += bytes }
    }
    return (there, back)
  }
}

/// Servers and clients of relays, for python.
enum RelayScripts {
  /// Prints its port, and echoes.
  static let echo = """
    import selectors, socket
    listener = socket.create_server(('127.0.0.1', 0), backlog=500)
    print(listener.getsockname()[1], flush=True)
    listener.setblocking(False)
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is listener:
                client, _ = listener.accept()
                selector.register(client, selectors.EVENT_READ)
                continue
            try: data = key.fileobj.recv(65536)
            except OSError: data = b''
            if data: key.fileobj.sendall(data)
            else:
                selector.unregister(key.fileobj)
                key.fileobj.close()
    """

  /// Asks again and again until told to end by a file, holds some connections all the while, and says how
  /// many were answered wrongly, how many of the lasting ones are alive, and whether any came through. By TLS,
  /// where a file of authorities is named.
  static let load = """
    import os, socket, ssl, sys, threading
    port, path = int(sys.argv[1]), sys.argv[2]
    context = ssl.create_default_context(cafile=sys.argv[3]) if len(sys.argv) > 3 else None
    def connected():
        client = socket.create_connection(('127.0.0.1', port), timeout=60)
        return context.wrap_socket(client, server_hostname='localhost') if context else client
    lasting = [connected() for _ in range(20)]
    for client in lasting:
        client.sendall(b'a')
        client.recv(1)
    right, wrong = [0], []
    def ask():
        while not os.path.exists(path):
            try:
                with connected() as client:
                    client.sendall(b'question')
                    # Python's TLS ends both ways at once.
                    if not context: client.shutdown(socket.SHUT_WR)
                    answer = b''
                    while not context or len(answer) < 8:
                        piece = client.recv(4096)
                        if not piece: break
                        answer += piece
                if answer == b'question': right[0] += 1
                else: wrong.append(repr(answer))
            except OSError as error: wrong.append(repr(error))
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads: thread.start()
    print('began', flush=True)
    for thread in threads: thread.join()
    alive = 0
    for client in lasting:
        client.sendall(b'z')
        if client.recv(1) == b'z': alive += 1
    print(len(wrong), alive, right[0] > 0, wrong[:3], flush=True)
    """

  /// Holds a connection until a file says so: prints what it gets of a last question then.
  static let lasting = """
    import os, socket, sys, time
    with socket.create_connection(('127.0.0.1', int(sys.argv[1])), timeout=60) as client:
        client.sendall(b'first')
        print(client.recv(5).decode(), flush=True)
        while not os.path.exists(sys.argv[2]): time.sleep(0.01)
        try:
            client.sendall(b'last')
            print(client.recv(4).decode() or 'ended', flush=True)
        except OSError: print('cut', flush=True)
    """

  /// What one question is answered; `refused` when nobody accepts it.
  static let question = """
    import socket, sys
    try:
        with socket.create_connection(('127.0.0.1', int(sys.argv[1])), timeout=60) as client:
            client.sendall(b'question')
            client.shutdown(socket.SHUT_WR)
            print(client.makefile().read())
    except ConnectionRefusedError: print('refused')
    except OSError: print('reset')
    """

  /// Echoes datagrams behind a word, and prints its port.
  static let datagrams = """
    import socket, sys
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(('127.0.0.1', 0))
    print(server.getsockname()[1], flush=True)
    while True:
        data, client = server.recvfrom(65536)
        server.sendto(sys.argv[1].encode() + b' ' + data, client)
    """

  /// Sends a datagram from one port for each line of its input, again until it is answered, and prints the
  /// answers.
  static let datagramClient = """
    import socket, sys
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.settimeout(1)
    for line in sys.stdin:
        for attempt in range(60):
            client.sendto(line.strip().encode(), ('127.0.0.1', int(sys.argv[1])))
            try:
                print(client.recv(65536).decode(), flush=True)
                break
            except OSError: pass
    """
}
