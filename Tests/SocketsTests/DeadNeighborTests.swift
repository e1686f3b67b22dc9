import EventLoop
import Glibc
import LinkLayer
import Links
import Sockets
import Support
import Testing

/// Needs root: a network namespace with a link on which nobody is.
@Suite(.enabled(if: geteuid() == 0)) struct `A neighbour that nobody answers for` {
  @Test func `is told by this host itself`() throws {
    let name = "crimp-\(getpid())-dead"
    try NetworkNamespace.create(name)
    defer {
      do { try NetworkNamespace.delete(name) } catch { Issue.record(error) }
    }
    for words in [
      "link add lan type veth peer name far", "address add 192.0.2.1/24 dev lan",
      "link set lan up", "link set far up", "link set lo up",
    ] {
      try ip(name, words)
    }
    let socket = try NetworkNamespace(name).run { try bound(.v4, address: "192.0.2.1") }
    let dead = InternetAddress(try #require(IPAddress("192.0.2.9")), port: 623)
    try socket.send([1], to: dead)
    let failures = try socket.failures(1)
    #expect(failures.map(\.destination) == [dead])
    #expect(failures.map(\.errno) == [EHOSTUNREACH])
    #expect(failures.first?.reporter?.address == IPAddress("192.0.2.1"))
  }

  @Test func `a host without a route is refused at once`() throws {
    let name = "crimp-\(getpid())-alone"
    try NetworkNamespace.create(name)
    defer {
      do { try NetworkNamespace.delete(name) } catch { Issue.record(error) }
    }
    let socket = try NetworkNamespace(name).run { try DatagramSocket(.v4) }
    let far = InternetAddress(try #require(IPAddress("198.51.100.1")), port: 623)
    #expect(throws: SystemError(errno: ENETUNREACH, operation: "sendmsg")) {
      try socket.send([1], to: far)
    }
  }

  private func ip(_ namespace: String, _ words: String) throws {
    let run = try runTool("ip", ["-n", namespace] + words.split(separator: " ").map(String.init))
    #expect(run.status == 0, "ip \(words): \(run.errorText)")
  }
}
