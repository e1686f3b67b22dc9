import Glibc
import Support
import Testing

/// Who ends first and how, through every relay: what each end sees, against what it sees without a relay.
///
/// The cases are those of `Fixtures/peers/closing.py`. Needs root, for the namespaces.
@Suite(.serialized, .enabled(if: geteuid() == 0, "network namespaces need root"))
struct ClosingTableTests {
  /// What TCP does by itself (RFC 9293, sections 3.5.3 and 3.6; the kernel resets a connection that is
  /// closed with bytes unread, RFC 2525, section 2.17). It is the same for the client and the server.
  private static let direct = [
    "half: end, then 100000 bytes and end", "close: end, then reset", "close-unread: reset",
    "reset: reset", "kill: end, then reset", "kill-unread: reset",
  ]

  /// A relay that closes both as soon as one ends: a late answer has no way back.
  private static let closing = [
    "half: end, then 0 bytes and end", "close: end, then reset", "close-unread: reset",
    "reset: reset", "kill: end, then reset", "kill-unread: reset",
  ]

  /// A relay that leaves the other one open until a write fails.
  private static let lazy = [
    "half: nothing, then 100000 bytes and end", "close: nothing, then reset",
    "close-unread: reset", "reset: reset", "kill: nothing, then reset", "kill-unread: reset",
  ]

  /// A relay from port 1234 to port 2345, and what is seen through it.
  struct Row: CustomTestStringConvertible {
    var commands: [String]
    var seen: [String]

    var testDescription: String { commands.joined(separator: " + ") }

    static let all =
      [Row(commands: [], seen: direct)]
      + ["--copy", "--splice", ""].flatMap { mode in
        [
          Row(
            commands: ["tcp-pf \(mode) -s 1234 -d 127.0.0.1:2345"], seen: closing),
          Row(
            commands: ["tcp-pf --lazy \(mode) -s 1234 -d 127.0.0.1:2345"], seen: lazy),
          Row(
            commands: [
              "listentwo \(mode) -s 1234 -d 1235",
              "connecttwo \(mode) -s 127.0.0.1:1235 -d 127.0.0.1:2345",
            ], seen: direct),
          Row(
            commands: [
              "listentwo \(mode) -s 1234 -d 1235 --hello-dst",
              "connecttwo \(mode) -s 127.0.0.1:1235 -d 127.0.0.1:2345 --hello-from-src",
            ], seen: direct),
        ]
      }
      + ["--copy", ""].map { mode in
        Row(commands: ["\(crimpPath) relay --quiet \(mode) 1234 127.0.0.1:2345"], seen: direct)
      }
  }

  private static let fixtures =
    #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined() + "/Fixtures"

  @Test(arguments: Row.all)
  func `each end sees of the other what it would without a relay`(_ row: Row) throws {
    let machines = try ThreeMachines()
    let script = "\(Self.fixtures)/peers/closing.py"
    let port = row.commands.isEmpty ? 2345 : 1234
    let table = try machines.start(on: "b", "exec python3 \(script) \(port) 2345")
    #expect(try machines.waitForListener(on: "b", port: 2345))
    let relays = try row.commands.map { try machines.start(on: "b", "exec \($0)") }
    let run = try table.end(seconds: 100)
    #expect(run.outputLines.filter { $0.hasPrefix("client") } == row.seen.map { "client \($0)" })
    #expect(run.outputLines.filter { $0.hasPrefix("server") } == row.seen.map { "server \($0)" })
    #expect(run.errorText == "", "\(run.errorText)")
    for relay in relays {
      relay.send(signal: SIGINT)
      #expect(try relay.end().status == 0)
    }
  }

  /// A pipe between two of `tcppipe` has no word for a loss: it is their statuses that tell.
  @Test(arguments: TCPPipeTests.modes)
  func `what goes one way ends with its source, and is refused when nobody takes it`(
    _ mode: String
  ) throws {
    let machines = try ThreeMachines()
    let run = try machines.run(
      on: "b",
      """
      python3 \(Self.fixtures)/peers/closing-oneway.py 2345 \
        'tcppipe \(mode) :1234 - | tcppipe \(mode) - 127.0.0.1 2345; echo ${PIPESTATUS[*]}'
      """)
    #expect(
      run.outputLines == [
        "sender half: 0 bytes and end, then 0 0", "sender close: 0 bytes and end, then 0 0",
        "sender reset: 0 bytes and end, then 1 0", "sender kill: 0 bytes and end, then 0 0",
        "receiver half: 100000 bytes and end, then 0 0", "receiver close: reset, then 1 1",
        "receiver reset: reset, then 1 1", "receiver kill: reset, then 1 1",
      ], "\(run.errorText)")
  }
}
