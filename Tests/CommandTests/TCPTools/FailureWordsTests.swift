import Glibc
import Support
import Testing

/// Every relay says in words why a connection or a listener cannot be, with the address that failed.
/// Needs root, for the namespaces.
@Suite(.serialized, .enabled(if: geteuid() == 0, "network namespaces need root"))
struct FailureWordsTests {
  /// A command, and whether it goes on after the failure.
  struct Tool: CustomTestStringConvertible {
    var command: String
    var goesOn = false

    var testDescription: String { command }
  }

  /// Commands that connect to TARGET, and for which a client comes to port 1234 if they listen there.
  private static let connecting = [
    Tool(command: "tcppipe - TARGET-APART </dev/null"),
    Tool(command: "tcp-pf -s 1234 -d TARGET", goesOn: true),
    Tool(command: "connecttwo -s TARGET -d 127.0.0.1:1 --hello-from-src", goesOn: true),
    Tool(command: "\(crimpPath) relay 1234 TARGET", goesOn: true),
  ]

  @Test(arguments: connecting)
  func `who cannot be connected to is told, and why`(_ tool: Tool) throws {
    let machines = try ThreeMachines()
    // Who drops what comes does not answer; the kernel asks once more, and gives up after three seconds. A
    // neighbour that is not there it gives up much sooner.
    try machines.run(
      on: "a",
      "nft add table ip t; nft 'add chain ip t c { type filter hook input priority 0; }'; "
        + "nft add rule ip t c tcp dport 9 drop")
    try machines.run(
      on: "b",
      """
      echo 1 >/proc/sys/net/ipv4/tcp_syn_retries
      echo 100 >/proc/sys/net/ipv4/neigh/toa/retrans_time_ms
      ip route add unreachable 10.99.0.0/16
      """)
    for (host, port, words) in [
      ("10.77.1.2", 1, "10.77.1.2:1: connection refused: nobody listens there"),
      ("10.77.1.2", 9, "10.77.1.2:9: no answer in time"),
      ("10.77.1.99", 1, "10.77.1.99:1: the host cannot be reached"),
      ("10.99.0.1", 1, "10.99.0.1:1: the host cannot be reached"),
      ("192.0.2.1", 1, "192.0.2.1:1: no route to the network"),
      ("2001:db8::1", 1, "[2001:db8::1]:1: no route to the network"),
      ("nobody.invalid", 1, "nobody.invalid: "),
    ] {
      let target = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
      let command =
        tool.command.replacing("TARGET-APART", with: "\(host) \(port)")
        .replacing("TARGET", with: target)
      try machines.write("", to: "errors")
      let running = try machines.start(on: "b", "exec \(command) 2>errors")
      if command.contains("1234"), !host.contains("nobody") {
        #expect(try machines.waitForListener(on: "b", port: 1234))
        try machines.run(
          on: "b",
          "python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", 1234)).recv(1)' || true"
        )
      }
      let isTold = try eventually { try machines.read("errors").contains(words) }
      let errors = try machines.read("errors")
      #expect(isTold, "\(command): \(errors)")
      if tool.goesOn { running.send(signal: SIGTERM) }
      _ = try running.end()
    }
  }

  /// Commands that listen at PORT, behind `crimp`.
  private static let listening = [
    Tool(command: "tcppipe :PORT -"), Tool(command: "tcp-pf -s PORT -d 127.0.0.1:1"),
    Tool(command: "listentwo -s PORT -d 1235"), Tool(command: "listentwo -s 1235 -d PORT"),
    Tool(command: "relay PORT 127.0.0.1:1"), Tool(command: "listen PORT"),
  ]

  /// Nobody may listen at a low port.
  private static let unprivileged = "setpriv --bounding-set -net_bind_service"

  @Test(arguments: listening)
  func `where nobody can listen is told, and why`(_ tool: Tool) throws {
    let machines = try ThreeMachines()
    let other = try machines.start(
      on: "b", "exec python3 -m http.server -b 10.77.1.1 8080 2>/dev/null")
    #expect(try machines.waitForListener(on: "b", port: 8080))
    let first = String(tool.command.prefix { $0 != " " })
    let isNative = first == "relay" || first == "listen"
    let name = isNative ? "crimp" : first
    func complaint(_ prefix: String, _ port: String) throws -> String {
      let command = tool.command.replacing("PORT", with: port)
      let run = try machines.run(on: "b", "exec \(prefix) \(crimpPath) \(command)")
      #expect(run.status != 0)
      return run.errorText
    }
    #expect(
      try complaint("", "8080")
        == "\(name): 0.0.0.0:8080: in use by python3 (process \(other.process))\n")
    #expect(
      try complaint(Self.unprivileged, "80")
        == "\(name): 0.0.0.0:80: permission missing for a port below 1024: "
        + "`setcap cap_net_bind_service+ep` the program, or lower "
        + "net.ipv4.ip_unprivileged_port_start to 80\n")
    guard !isNative else { return }
    let words = try complaint("env INADDR_DEFAULT=10.9.9.9", "80")
    #expect(words.hasPrefix("\(name): 10.9.9.9:"), "\(words)")
    #expect(words.hasSuffix(": no interface of this host has this address\n"), "\(words)")
  }

  /// `nc` has the original's words.
  @Test(.enabled(if: access("/bin/nc.openbsd", X_OK) == 0, "netcat-openbsd is not installed"))
  func `where nc cannot listen it says as the original does`() throws {
    let machines = try ThreeMachines()
    let other = try machines.start(
      on: "b", "exec python3 -m http.server -b 10.77.1.1 8080 2>/dev/null")
    #expect(try machines.waitForListener(on: "b", port: 8080))
    for words in [
      "-l 8080", "-l 10.77.1.1 8080", "-lv 10.9.9.9 80", "-lu 10.9.9.9 80", "-lU /nowhere/socket",
      "-s 10.9.9.9 10.77.1.2 1", "-l nobody.invalid 80",
    ] {
      let runs = try ["nc.openbsd", "\(crimpPath) nc"].map { program in
        let run = try machines.run(on: "b", "\(Self.unprivileged) \(program) \(words) </dev/null")
        let text = run.errorText.replacing("nc.openbsd:", with: "nc:")
        return "\(text)\(run.status)"
      }
      #expect(runs[0] == runs[1], "\(words)")
      #expect(!runs[0].hasSuffix("\n0"), "\(words)")
    }
    other.send(signal: SIGKILL)
  }
}
