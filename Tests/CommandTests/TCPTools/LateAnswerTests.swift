import Glibc
import Support
import Testing

/// A client that ends its question gets an answer that is late, whichever programs are at both ends of a relay:
/// most relays lose it. Needs root, for the namespaces.
@Suite(.serialized, .enabled(if: geteuid() == 0, "network namespaces need root"))
struct LateAnswerTests {
  /// Servers at port 2345 that answer a while after the question's end. (A listening `nc` does not: it ends
  /// with its client.)
  private static let servers = [
    """
    exec python3 -c "
    import socket, threading, time
    def serve(client):
        while client.recv(65536): pass
        time.sleep(0.3)
        client.sendall(b'late\\n')
        client.close()
    listener = socket.create_server(('127.0.0.1', 2345))
    while True: threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
    "
    """,
    "exec socat -t 20 TCP-LISTEN:2345,fork,reuseaddr SYSTEM:'cat >/dev/null; sleep 0.3; echo late'",
  ]

  /// Clients that say something, end it, and show what comes.
  private static let clients = [
    "nc.openbsd -N 127.0.0.1 1234", "\(crimpPath) nc -N 127.0.0.1 1234",
    "socat -t 20 - TCP4:127.0.0.1:1234", "\(crimpPath) socat -t 20 - TCP4:127.0.0.1:1234",
    "ncat 127.0.0.1 1234",
  ]

  /// Relays from port 1234 to port 2345.
  private static let relays = [
    ["\(crimpPath) relay --quiet 1234 127.0.0.1:2345"],
    ["\(crimpPath) relay --quiet --copy 1234 127.0.0.1:2345"],
    [
      "listentwo -s 1234 -d 1235 --hello-dst",
      "connecttwo -s 127.0.0.1:1235 -d 127.0.0.1:2345 --hello-from-src",
    ],
    ["\(crimpPath) socat -t 20 TCP-LISTEN:1234,fork,reuseaddr TCP4:127.0.0.1:2345"],
  ]

  @Test(.timeLimit(.minutes(4)), arguments: relays)
  func `it comes through`(_ commands: [String]) throws {
    let machines = try ThreeMachines()
    let relays = try commands.map { try machines.start(on: "b", "exec \($0)") }
    #expect(try machines.waitForListener(on: "b", port: 1234))
    for command in Self.servers {
      let server = try machines.start(on: "b", command)
      for client in Self.clients {
        #expect(try machines.waitForListener(on: "b", port: 2345))
        let run = try machines.run(on: "b", "printf question | \(client)")
        #expect(run.outputText == "late\n", "\(client), \(command): \(run.errorText)")
      }
      server.sendToAll(signal: SIGKILL)
      _ = try server.end()
      #expect(
        try eventually {
          try machines.run(on: "b", "ss -Hltn sport = :2345").output.isEmpty
        })
    }
    for relay in relays {
      relay.send(signal: SIGTERM)
      _ = try relay.end()
    }
  }
}
