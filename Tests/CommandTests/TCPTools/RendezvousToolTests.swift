import Glibc
import Support
import Testing

/// `listentwo` and `connecttwo` as their readme has them: a user reaches a server to which nobody can connect.
/// Needs root, for the namespaces.
@Suite(.serialized, .enabled(if: geteuid() == 0, "network namespaces need root"))
struct RendezvousToolTests {
  /// An OpenSSH server on a machine, for root with a key that is in the directory.
  private func startServer(_ machines: ThreeMachines) throws -> RunningTool {
    try machines.run(
      on: "a",
      """
      ssh-keygen -q -t ed25519 -N '' -f hostkey && ssh-keygen -q -t ed25519 -N '' -f key
      { grep -v ^root: /etc/passwd | grep -v ^sshd:; echo 'root:*:0:0::/root:/bin/sh'; echo 'sshd:*:33:33::/:/bin/false'; } >passwd
      echo 'root:*:19000:0:99999:7:::' >shadow
      printf '%s\\n' "HostKey $PWD/hostkey" "AuthorizedKeysFile $PWD/key.pub" 'ListenAddress 127.0.0.1:22' \
        'PidFile none' 'StrictModes no' 'UsePAM no' 'UseDNS no' 'PermitRootLogin yes' >sshd_config
      """)
    let server = try machines.start(
      on: "a",
      """
      mount --bind passwd /etc/passwd; mount --bind shadow /etc/shadow
      mount -t tmpfs none /run; mkdir /run/sshd
      exec "$(realpath "$(command -v sshd)")" -D -e -f "$PWD/sshd_config"
      """)
    #expect(try machines.waitForListener(on: "a", port: 22))
    return server
  }

  private func ssh(_ machines: ThreeMachines, _ command: String) throws -> ToolRun {
    try machines.run(
      on: "c",
      """
      ssh -F none -i key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
        -o BatchMode=yes -p 1234 root@machine_b '\(command)'
      """)
  }

  @Test(arguments: TCPPipeTests.modes)
  func `ssh -p 1234 user@machine_b`(_ mode: String) throws {
    let machines = try ThreeMachines()
    let server = try startServer(machines)
    let listening = try machines.start(
      on: "b", "exec listentwo \(mode) -s 1234 -d 1235 --hello-dst")
    #expect(try machines.waitForListener(on: "b", port: 1234))
    #expect(try machines.waitForListener(on: "b", port: 1235))
    let connecting = try machines.start(
      on: "a",
      "exec connecttwo \(mode) -s machine_b:1235 -d 127.0.0.1:22 --hello-from-src --hello-log")
    #expect(try ssh(machines, "echo hello; id -un").outputText == "hello\nroot\n")
    // The next user, and a megabyte there and back.
    let bulk = try machines.run(
      on: "c",
      """
      head -c 1000000 /dev/urandom >sent
      ssh -F none -i key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
        -p 1234 root@machine_b cat <sent >back
      cmp sent back && echo same
      """)
    #expect(bulk.outputText == "same\n", "\(bulk.errorText)")
    connecting.send(signal: SIGTERM)
    let agent = try connecting.end()
    #expect(agent.status == 0 && agent.errorText == "", "\(agent.errorText)")
    let hellos = agent.outputLines.filter { $0.hasSuffix(": hello") }
    #expect(hellos.count == 2 && hellos.allSatisfy { $0.hasPrefix("10.77.2.2:") })
    #expect(agent.outputLines.contains { $0.contains(" -> 127.0.0.1:22: ") })
    listening.send(signal: SIGTERM)
    let rendezvous = try listening.end()
    #expect(rendezvous.status == 0 && rendezvous.errorText == "", "\(rendezvous.errorText)")
    #expect(rendezvous.outputLines.count == 2)
    server.send(signal: SIGTERM)
    _ = try server.end()
  }

  @Test func `without a hello too, and when machine_b comes later`() throws {
    let machines = try ThreeMachines()
    let server = try startServer(machines)
    let connecting = try machines.start(
      on: "a", "exec connecttwo -s machine_b:1235 -d 127.0.0.1:22 -n 2")
    let listening = try machines.start(on: "b", "exec listentwo -s 1234 -d 1235")
    #expect(try machines.waitForListener(on: "b", port: 1234))
    for _ in 0..<3 { #expect(try ssh(machines, "echo hello").outputText == "hello\n") }
    connecting.send(signal: SIGTERM)
    #expect(try connecting.end().status == 0)
    listening.send(signal: SIGTERM)
    #expect(try listening.end().status == 0)
    server.send(signal: SIGTERM)
    _ = try server.end()
  }

  @Test func `connecttwo says once what it cannot reach`() throws {
    let machines = try ThreeMachines()
    let connecting = try machines.start(
      on: "a", "exec connecttwo -s machine_b:1235 -d 127.0.0.1:22 --hello-from-src")
    #expect(
      try eventually {
        try machines.run(on: "b", "nstat -az TcpOutRsts | tail -1")
          .outputText.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0 >= 2
      })
    connecting.send(signal: SIGTERM)
    let run = try connecting.end()
    #expect(
      run.errorText == "connecttwo: 10.77.1.1:1235: connection refused: nobody listens there\n")
    #expect(run.status == 0)
  }

  @Test(arguments: [
    ("listentwo", "-s 1", "expected -s PORT, where users connect to, and -d PORT, for connecttwo"),
    ("listentwo", "-s 81234 -d 91235", "-s 81234: expected a port from 0 to 65535"),
    ("listentwo", "-s 1 -d y", "-d y: expected PORT or ADDRESS:PORT"),
    (
      "connecttwo", "-s a:1",
      "expected -s HOST:PORT, where listentwo is, and -d HOST:PORT, the service"
    ),
    ("connecttwo", "-s a -d b:1", "-s a: expected HOST:PORT or [IPv6]:PORT"),
    ("connecttwo", "-n 0 -s a:1 -d b:1", "-n 0: expected a number from 1 on"),
  ])
  func `a wrong argument gets one line and the way to help`(
    _ name: String, _ arguments: String, _ words: String
  ) throws {
    let run = try runCrimp(arguments.split(separator: " ").map(String.init), as: name)
    #expect(run.errorText == "\(name): \(words)\nTry '\(name) -h'.\n")
    #expect(run.status == 1)
  }
}
