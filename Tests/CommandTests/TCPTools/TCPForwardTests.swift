import Glibc
import Support
import Testing

/// `tcp-pf` as its readme has it, between machines. Needs root, for the namespaces.
@Suite(.serialized, .enabled(if: geteuid() == 0, "network namespaces need root"))
struct TCPForwardTests {
  /// A server that answers each connection's question when it has heard its end, and tells who asked.
  private static let server = """
    import socket, sys, threading
    listener = socket.create_server(('', int(sys.argv[1])))
    def serve(client, address):
        data = b''
        while not data.endswith(b'\\n'):
            piece = client.recv(65536)
            if not piece: break
            data += piece
        print(address[0], flush=True)
        client.sendall(sys.argv[2].encode() + b' heard ' + data)
        client.close()
    while True:
        threading.Thread(target=serve, args=listener.accept(), daemon=True).start()
    """

  /// Asks from an address, and prints the answer or the error.
  private static let client = """
    import socket, sys
    try:
        client = socket.create_connection((sys.argv[2], int(sys.argv[3])), 20, (sys.argv[1], 0))
        client.sendall(b'question\\n')
        data = b''
        while True:
            piece = client.recv(65536)
            if not piece: break
            data += piece
        print(data.decode(), end='')
    except OSError as error:
        print(error)
    """

  private func write(_ machines: ThreeMachines) throws {
    try machines.write(Self.server, to: "server.py")
    try machines.write(Self.client, to: "client.py")
  }

  @Test(arguments: TCPPipeTests.modes)
  func `tcp-pf -s 1234 -a myfriend.org -d goes.here.org:2345`(_ mode: String) throws {
    let machines = try ThreeMachines()
    try write(machines)
    let server = try machines.start(on: "a", "exec python3 server.py 2345 a")
    #expect(try machines.waitForListener(on: "a", port: 2345))
    let relay = try machines.start(
      on: "b", "exec tcp-pf \(mode) -s 1234 -a myfriend.org -d goes.here.org:2345")
    #expect(try machines.waitForListener(on: "b", port: 1234))
    let friend = try machines.run(on: "c", "python3 client.py 10.77.2.2 machine_b 1234")
    #expect(friend.outputText == "a heard question\n")
    let other = try machines.run(on: "c", "python3 client.py 10.77.2.3 machine_b 1234")
    #expect(other.outputText == "[Errno 104] Connection reset by peer\n")
    #expect(try server.outputSoFar() == "10.77.1.1\n")
    relay.send(signal: SIGTERM)
    let run = try relay.end()
    #expect(run.status == 0)
    #expect(run.errorText.hasPrefix("tcp-pf: 10.77.2.3:"), "\(run.errorText)")
    #expect(run.errorText.hasSuffix(": refused: its address is not allowed\n"))
    #expect(run.outputText.hasPrefix("10.77.2.2:"), "\(run.outputText)")
    #expect(run.outputText.contains(" -> goes.here.org:2345: 9 B, "), "\(run.outputText)")
    #expect(run.outputText.contains("/s there, 17 B, "), "\(run.outputText)")
  }

  @Test(arguments: TCPPipeTests.modes)
  func `the host that has moved the fewest bytes is next, and all is counted`(_ mode: String) throws
  {
    let machines = try ThreeMachines()
    try write(machines)
    try machines.write(
      "# file starts\n10.77.1.2 1000\n10.77.2.2 0\n", to: "multiplex")
    let first = try machines.start(on: "a", "exec python3 server.py 2345 a")
    let second = try machines.start(on: "c", "exec python3 server.py 2345 c")
    #expect(try machines.waitForListener(on: "a", port: 2345))
    #expect(try machines.waitForListener(on: "c", port: 2345))
    let relay = try machines.start(
      on: "b", "exec tcp-pf \(mode) -s 1234 -l multiplex -p 2345 -i 3600")
    #expect(try machines.waitForListener(on: "b", port: 1234))
    var answers: [String] = []
    for _ in 0..<3 {
      answers.append(
        try machines.run(on: "c", "python3 client.py 10.77.2.3 machine_b 1234").outputText)
      // Another process counts in between: the relay looks at the file for each connection.
      try machines.run(on: "b", "tcppipe-least -a multiplex 10.77.2.2 600")
    }
    #expect(answers == ["c heard question\n", "c heard question\n", "a heard question\n"])
    relay.send(signal: SIGTERM)
    #expect(try relay.end().status == 0)
    #expect(
      try machines.read("multiplex")
        == "# file starts\n10.77.1.2 1026\n10.77.2.2 \(3 * 600 + 2 * 26)\n")
    _ = (first, second)
  }

  @Test func `a host that joins the file gets connections`() throws {
    let machines = try ThreeMachines()
    try write(machines)
    try machines.write("10.77.1.2 1000\n", to: "multiplex")
    let first = try machines.start(on: "a", "exec python3 server.py 2345 a")
    let second = try machines.start(on: "c", "exec python3 server.py 2345 c")
    #expect(try machines.waitForListener(on: "a", port: 2345))
    #expect(try machines.waitForListener(on: "c", port: 2345))
    let relay = try machines.start(on: "b", "exec tcp-pf -s 1234 -l multiplex -p 2345")
    #expect(try machines.waitForListener(on: "b", port: 1234))
    let ask = "python3 client.py 10.77.2.3 machine_b 1234"
    #expect(try machines.run(on: "c", ask).outputText == "a heard question\n")
    try machines.run(on: "b", "tcppipe-least -s multiplex 10.77.2.2 0")
    #expect(try eventually { try machines.run(on: "c", ask).outputText == "c heard question\n" })
    relay.send(signal: SIGINT)
    #expect(try relay.end().status == 0)
    _ = (first, second)
  }

  /// Names are asked for now and then, not for each connection.
  @Test func `a host that nobody can look up is left alone`() throws {
    let machines = try ThreeMachines()
    try write(machines)
    try machines.write("10.77.1.2 0\n", to: "multiplex")
    let server = try machines.start(on: "a", "exec python3 server.py 2345 a")
    #expect(try machines.waitForListener(on: "a", port: 2345))
    let relay = try machines.start(on: "b", "exec tcp-pf -s 1234 -l multiplex -p 2345")
    #expect(try machines.waitForListener(on: "b", port: 1234))
    try machines.write("10.77.1.2 0\nnowhere.invalid 0\n", to: "multiplex")
    let many = "for i in $(seq 20); do python3 client.py 10.77.2.3 machine_b 1234; done | uniq -c"
    let answers = try machines.run(on: "c", many).outputText
    #expect(answers.split(separator: " ").first == "20", "\(answers)")
    relay.send(signal: SIGINT)
    let run = try relay.end()
    #expect(run.status == 0)
    let complaints = run.errorText.split(separator: "\n").count { $0.contains("nowhere.invalid") }
    #expect((1...14).contains(complaints), "\(run.errorText)")
    _ = server
  }

  @Test(arguments: TCPPipeTests.modes)
  func `the first end closes both, and with --lazy the answer still comes`(_ mode: String) throws {
    let machines = try ThreeMachines()
    // The client ends its question; the server answers then.
    let server = """
      import socket
      listener = socket.create_server(('', 2345))
      while True:
          client, _ = listener.accept()
          try:
              client.settimeout(3)
              said = client.recv(100)
              while client.recv(100): pass
              client.sendall(b'after the end')
          except OSError:
              client.sendall(b'without an end')
          client.close()
      """
    try machines.write(server, to: "server.py")
    let client = """
      import socket
      client = socket.create_connection(('machine_b', 1234), 20)
      client.sendall(b'x')
      client.shutdown(socket.SHUT_WR)
      print(client.recv(100).decode())
      """
    try machines.write(client, to: "client.py")
    let serving = try machines.start(on: "a", "exec python3 server.py")
    #expect(try machines.waitForListener(on: "a", port: 2345))
    for (options, answer) in [("", "\n"), ("--lazy", "without an end\n")] {
      let relay = try machines.start(
        on: "b", "exec tcp-pf \(mode) \(options) -s 1234 -d machine_a:2345")
      #expect(try machines.waitForListener(on: "b", port: 1234))
      #expect(try machines.run(on: "c", "python3 client.py").outputText == answer)
      relay.send(signal: SIGTERM)
      #expect(try relay.end().status == 0)
    }
    _ = serving
  }

  @Test func `INADDR_DEFAULT is where it listens and connects from, and a file goes first`() throws
  {
    let machines = try ThreeMachines()
    try write(machines)
    try machines.write("hello ", to: "prefix")
    let server = try machines.start(on: "c", "exec python3 server.py 2345 c")
    #expect(try machines.waitForListener(on: "c", port: 2345))
    let relay = try machines.start(
      on: "a",
      "INADDR_DEFAULT=10.77.1.4 exec tcp-pf -s 1234 -d myfriend.org:2345 --insert prefix -r 10k")
    #expect(try machines.waitForListener(on: "a", port: 1234))
    let listening = try machines.run(on: "a", "ss -Hltn sport = :1234").outputText
    #expect(listening.contains(" 10.77.1.4:1234 "), "\(listening)")
    let run = try machines.run(on: "b", "python3 client.py 10.77.1.1 10.77.1.4 1234")
    #expect(run.outputText == "c heard hello question\n")
    #expect(try server.outputSoFar() == "10.77.1.4\n")
    relay.send(signal: SIGTERM)
    #expect(try relay.end().status == 0)
  }

  @Test(arguments: [
    ("-d a:1", "tcp-pf: -s PORT is missing: where to listen\n"),
    ("-s 1", "tcp-pf: expected either -d HOST:PORT, or -l FILE and -p PORT\n"),
    ("-s 1 -d a:1 -p 2", "tcp-pf: expected either -d HOST:PORT, or -l FILE and -p PORT\n"),
    ("-s 1 -d a", "tcp-pf: -d a: expected HOST:PORT or [IPv6]:PORT\n"),
    ("-s 99999 -d a:1", "tcp-pf: -s 99999: expected a port from 0 to 65535\n"),
    ("-s x -d a:1", "tcp-pf: -s x: expected PORT or ADDRESS:PORT\n"),
    ("-s 1 -l f -p 0", "tcp-pf: -p 0: expected a port from 1 to 65535\n"),
    ("-s 1 -d a:1 more", "tcp-pf: more: expected options only\n"),
  ])
  func `a wrong argument gets one line and the way to help`(
    _ arguments: String, _ line: String
  ) throws {
    let run = try runCrimp(arguments.split(separator: " ").map(String.init), as: "tcp-pf")
    #expect(run.errorText == line + "Try 'tcp-pf -h'.\n")
    #expect(run.status == 1)
  }
}
