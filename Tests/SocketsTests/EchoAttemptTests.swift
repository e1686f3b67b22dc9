import EventLoop
import Glibc
import LinkLayer
import Links
import Sockets
import Support
import Testing

/// Needs root: raw sockets, and a network namespace of its own.
@Suite("An echo attempt", .serialized, .enabled(if: geteuid() == 0))
struct EchoAttemptTests {
  /// Lends a namespace whose loopback interface is up.
  private func withNamespace(_ body: (String, borrowing NetworkNamespace) throws -> Void) throws {
    let name = "crimp-\(getpid())-echo"
    try NetworkNamespace.create(name)
    defer {
      do { try NetworkNamespace.delete(name) } catch { Issue.record(error) }
    }
    let run = try runTool("ip", ["-n", name, "link", "set", "lo", "up"])
    #expect(run.status == 0, "\(run.errorText)")
    try body(name, try NetworkNamespace(name))
  }

  /// Whether the host answers before a second is over, by the loop's own clock.
  private func isAnswered(_ host: String, from source: String) throws -> Bool {
    let loop = try EventLoop()
    let answer = Completion<Bool>(on: loop)
    let attempt = try EchoAttempt(
      to: try #require(IPAddress(host)), from: try #require(IPAddress(source)), on: loop
    ) { answer.fulfil(true) }
    try attempt.start()
    loop.schedule(after: .seconds(1)) { answer.fulfil(false) }
    return withExtendedLifetime(attempt) {
      loop.run { await answer.valueThroughCancellation }
    }
  }

  private func isAnswered(
    _ host: String, from source: String, in namespace: borrowing NetworkNamespace
  ) throws -> Bool {
    try namespace.run { try isAnswered(host, from: source) }
  }

  @Test("is answered by a host that answers echoes, and by no other")
  func answers() throws {
    try withNamespace { name, namespace in
      let fromSelf = try isAnswered("127.0.0.1", from: "127.0.0.1", in: namespace)
      #expect(fromSelf)
      let fromOther = try isAnswered("127.0.0.1", from: "127.0.0.9", in: namespace)
      #expect(fromOther)
      let overIPv6 = try isAnswered("::1", from: "::1", in: namespace)
      #expect(overIPv6)
      for parameter in ["ipv4.icmp_echo_ignore_all", "ipv6.icmp.echo_ignore_all"] {
        let run = try runTool(
          "ip", ["netns", "exec", name, "sysctl", "-qw", "net.\(parameter)=1"])
        #expect(run.status == 0, "\(run.errorText)")
      }
      let ignored = try isAnswered("127.0.0.1", from: "127.0.0.1", in: namespace)
      #expect(!ignored)
      let ignoredOverIPv6 = try isAnswered("::1", from: "::1", in: namespace)
      #expect(!ignoredOverIPv6)
    }
  }

  @Test("is not put from an address that is not this host's, nor without a route")
  func refusals() throws {
    try withNamespace { _, namespace in
      try namespace.run {
        #expect(throws: SystemError(errno: EADDRNOTAVAIL, operation: "bind")) {
          _ = try isAnswered("127.0.0.1", from: "192.0.2.1")
        }
        #expect(throws: SystemError.self) {
          _ = try isAnswered("192.0.2.1", from: "127.0.0.1")
        }
      }
    }
  }
}
