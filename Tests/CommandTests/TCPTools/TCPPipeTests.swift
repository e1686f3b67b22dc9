import Glibc
import Support
import Testing

/// `tcppipe` as its readme has it, between machines. Needs root, for the namespaces.
@Suite(.serialized, .enabled(if: geteuid() == 0, "network namespaces need root"))
struct TCPPipeTests {
  /// Both ways that bytes may take, and their own choice.
  static let modes = ["--copy", "--splice", ""]

  /// A server that tells who connected, and keeps what it is sent.
  private static let sink = """
    import socket, sys
    listener = socket.create_server(('', int(sys.argv[1])))
    client, address = listener.accept()
    data = b''
    while True:
        piece = client.recv(65536)
        if not piece: break
        data += piece
    open(sys.argv[2], 'wb').write(data)
    print(address[0])
    """

  /// The files of the readme's examples.
  private func writeFiles(_ machines: ThreeMachines) throws -> [String] {
    var contents: [String] = []
    for number in 1...3 {
      let text = (0..<5000).map { "line \($0) of file \(number)\n" }.joined()
      try machines.write(text, to: "file\(number)")
      contents.append(text)
    }
    return contents
  }

  /// Whether an archive that came over holds the files.
  private func check(_ machines: ThreeMachines, _ archive: String, _ contents: [String]) throws {
    let run = try machines.run(
      on: "b", "mkdir -p out && cd out && tar xf ../\(archive) && cat file1 file2 file3")
    #expect(run.outputText == contents.joined(), "\(run.errorText)")
  }

  @Test(arguments: modes)
  func `tcppipe -p -l 102400 :1234 - | tar xv`(_ mode: String) throws {
    let machines = try ThreeMachines()
    let contents = try writeFiles(machines)
    let receiving = try machines.start(
      on: "b", "mkdir out; cd out; tcppipe \(mode) -p -l 102400 :1234 - | tar xv")
    #expect(try machines.waitForListener(on: "b", port: 1234))
    let sending = try machines.run(on: "a", "tar c file1 file2 file3 | tcppipe - machine_b 1234")
    #expect(sending.status == 0 && sending.errorText == "", "\(sending.errorText)")
    let received = try receiving.end()
    #expect(received.outputLines == ["file1", "file2", "file3"])
    let meter = received.errorText.split(separator: "\n")
    #expect(meter.last?.contains(" KiB in ") == true, "\(received.errorText)")
    #expect(meter.allSatisfy { $0.hasSuffix("/s") }, "\(received.errorText)")
    let run = try machines.run(on: "b", "cd out && cat file1 file2 file3")
    #expect(run.outputText == contents.joined())
  }

  @Test(arguments: modes)
  func `tar cv *files* | tcppipe -b default - targethost targetport`(_ mode: String) throws {
    let machines = try ThreeMachines()
    let contents = try writeFiles(machines)
    try machines.run(
      on: "a", "mkdir .stt; printf '10.77.1.2 1024\\n10.77.1.3 512\\n' >.stt/default")
    let sink = try machines.start(on: "b", "exec python3 -c \"$SINK\" 2345 got".withSink(Self.sink))
    #expect(try machines.waitForListener(on: "b", port: 2345))
    let sending = try machines.run(
      on: "a", "tar cv *file* | tcppipe \(mode) -b ~/.stt/default - targethost 2345")
    #expect(sending.status == 0 && sending.errorText == "file1\nfile2\nfile3\n")
    #expect(try sink.end().outputText == "10.77.1.3\n")
    try check(machines, "got", contents)
    let count = try readFile("\(machines.directory)/got").count
    #expect(try machines.read(".stt/default") == "10.77.1.2 1024\n10.77.1.3 \(512 + count)\n")
  }

  @Test(arguments: modes)
  func `tar cv *FILES* | tcppipe -n hostfile -l 102400 - . port`(_ mode: String) throws {
    let machines = try ThreeMachines()
    let contents = try writeFiles(machines)
    try machines.write("# mine\nmachine_a 1000\nmachine_b 0\n", to: "hostfile")
    let sink = try machines.start(on: "b", "exec python3 -c \"$SINK\" 2345 got".withSink(Self.sink))
    #expect(try machines.waitForListener(on: "b", port: 2345))
    let sending = try machines.run(
      on: "a", "tar cv file1 file2 file3 | tcppipe \(mode) -n hostfile -l 102400 - . 2345")
    #expect(sending.status == 0, "\(sending.errorText)")
    #expect(try sink.end().outputText == "10.77.1.2\n")
    try check(machines, "got", contents)
    let count = try readFile("\(machines.directory)/got").count
    #expect(try machines.read("hostfile") == "# mine\nmachine_a 1000\nmachine_b \(count)\n")
  }

  @Test func `the address to listen at comes from a bind file, and else from INADDR_DEFAULT`()
    throws
  {
    let machines = try ThreeMachines()
    try machines.write("10.77.1.2 7\n10.77.1.4 3\n", to: "mine")
    for (command, address) in [
      ("INADDR_DEFAULT=10.77.1.3 tcppipe -b mine :2345 -", "10.77.1.4"),
      ("INADDR_DEFAULT=10.77.1.3 tcppipe :2345 -", "10.77.1.3"),
      ("INADDR_DEFAULT=machine_a tcppipe :2345 -", "10.77.1.2"),
    ] {
      let receiving = try machines.start(on: "a", "exec env \(command)")
      #expect(try machines.waitForListener(on: "a", port: 2345))
      let listening = try machines.run(on: "a", "ss -Hltn sport = :2345").outputText
      #expect(listening.contains(" \(address):2345 "), "\(listening)")
      try machines.run(on: "b", "echo hello | tcppipe - \(address) 2345")
      #expect(try receiving.end().outputText == "hello\n")
    }
    #expect(try machines.read("mine") == "10.77.1.2 7\n10.77.1.4 9\n")
    let sink = try machines.start(on: "b", "exec python3 -c \"$SINK\" 2345 got".withSink(Self.sink))
    #expect(try machines.waitForListener(on: "b", port: 2345))
    try machines.run(on: "a", "echo x | INADDR_DEFAULT=10.77.1.4 tcppipe - machine_b 2345")
    #expect(try sink.end().outputText == "10.77.1.4\n")
  }

  @Test(arguments: modes)
  func `what a file holds goes first, and a throttle needs no socket`(_ mode: String) throws {
    let machines = try ThreeMachines()
    try machines.write("first\n", to: "prefix")
    let run = try machines.run(
      on: "a", "echo second | tcppipe \(mode) --insert prefix -l 1k - - | cat")
    #expect(run.outputText == "first\nsecond\n", "\(run.errorText)")
  }

  @Test func `a transfer that is ended keeps its accounts`() throws {
    let machines = try ThreeMachines()
    try machines.write("machine_b 5\n", to: "hostfile")
    let sink = try machines.start(on: "b", "exec tcppipe :2345 -")
    #expect(try machines.waitForListener(on: "b", port: 2345))
    let sending = try machines.start(
      on: "a",
      """
      mkfifo input; (printf 12345; exec sleep 1000) >input & speaker=$!
      tcppipe -n hostfile - . 2345 <input & echo $! >number
      wait $!; echo $?; kill $speaker
      """)
    #expect(try eventually { try sink.outputSoFar() == "12345" })
    try machines.run(on: "a", "kill -TERM $(cat number)")
    #expect(try sending.end().outputText == "143\n")
    #expect(try machines.read("hostfile") == "machine_b 10\n")
  }

  @Test(arguments: [
    (": -", "tcppipe: SOURCE :: expected a port from 0 to 65535 behind the colon\n"),
    (
      ":1 host 2",
      "tcppipe: SOURCE and DESTINATION may not both be sockets: one of them must be '-'\n"
    ),
    ("- . 5", "tcppipe: the host '.' needs a network host file: -n FILE\n"),
    ("-", "tcppipe: DESTINATION is missing: expected '-', 'host port' or ':port'\n"),
    ("- host", "tcppipe: DESTINATION host: expected a port behind the host\n"),
    ("- host x", "tcppipe: DESTINATION host: expected a port behind the host\n"),
    ("- - -", "tcppipe: -: expected nothing behind DESTINATION\n"),
    ("-l 0 - -", "tcppipe: -l 0: expected bytes a second, such as 102400 or 100k\n"),
    ("-w -1 - -", "tcppipe: -w -1: expected a number of seconds\n"),
    ("-b f - -", "tcppipe: -b needs a socket: neither SOURCE nor DESTINATION is one\n"),
    ("-x - -", "tcppipe: invalid option -- 'x'\n"),
  ])
  func `a wrong argument gets one line and the way to help`(
    _ arguments: String, _ line: String
  ) throws {
    let run = try runCrimp(arguments.split(separator: " ").map(String.init), as: "tcppipe")
    #expect(run.errorText == line + "Try 'tcppipe -h'.\n")
    #expect(run.status == 1)
  }

  @Test func `what fails is told with its address`() throws {
    let machines = try ThreeMachines()
    try machines.write("# nobody\n", to: "empty")
    try machines.write("x y z\n", to: "malformed")
    for (command, line) in [
      ("- 10.77.1.1 1", "tcppipe: 10.77.1.1:1: connection refused: nobody listens there\n"),
      ("- nobody.invalid 1", "tcppipe: nobody.invalid: "),
      ("- 10.77.1.99 1", "tcppipe: 10.77.1.99:1: the host cannot be reached\n"),
      ("-n empty - . 1", "tcppipe: empty: it has no host\n"),
      ("-n malformed - . 1", "tcppipe: malformed: line 1, column 3: expected a number of bytes\n"),
      ("-n nothing - . 1", "tcppipe: nothing: No such file or directory\n"),
      ("--insert nothing - -", "tcppipe: --insert nothing: No such file or directory\n"),
    ] {
      let run = try machines.run(on: "a", "tcppipe \(command) </dev/null")
      #expect(run.errorText.hasPrefix(line), "\(run.errorText)")
      #expect(run.errorText.split(separator: "\n").count == 1 && run.status == 1)
    }
    let bound = try machines.run(on: "a", "INADDR_DEFAULT=10.9.9.9 tcppipe :1 -")
    #expect(bound.errorText == "tcppipe: 10.9.9.9:1: no interface of this host has this address\n")
  }
}

extension String {
  /// A command with a program of Python in `$SINK`.
  fileprivate func withSink(_ program: String) -> String {
    "SINK=$(cat <<'END'\n\(program)\nEND\n)\n" + self
  }
}
