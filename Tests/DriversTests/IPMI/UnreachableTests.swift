import Drivers
import EventLoop
import Glibc
import IPMI
import LinkLayer
import Links
import Machines
import Sockets
import Support
import Testing

/// Needs root: in a network namespace with one link on which nobody else is.
@Suite(.enabled(if: geteuid() == 0), .serialized)
struct `Controllers out of reach` {
  @Test func `a host that no route leads to`() throws {
    let failure = try ask("198.51.100.1")
    #expect(failure == .unreachable(.noRoute))
  }

  @Test func `a neighbour that nobody answers for`() throws {
    let failure = try ask("192.0.2.9")
    #expect(failure == .unreachable(.deadNeighbor))
  }

  /// What became of a call to a controller at `address`.
  private func ask(_ address: String) throws -> BMCFailure? {
    let name = "crimp-\(getpid())-bmc"
    try NetworkNamespace.create(name)
    defer {
      do { try NetworkNamespace.delete(name) } catch { Issue.record(error) }
    }
    for words in [
      "link add lan type veth peer name far", "address add 192.0.2.1/24 dev lan",
      "link set lan up", "link set far up", "link set lo up",
    ] {
      let run = try runTool("ip", ["-n", name] + words.split(separator: " ").map(String.init))
      #expect(run.status == 0, "ip \(words): \(run.errorText)")
    }
    let bench = try BMCBench()
    // The socket belongs to the namespace that it was opened in.
    _ = try NetworkNamespace(name).run { bench.sockets.safeWindow }
    let target = InternetAddress(try #require(IPAddress(address)), port: 623)
    let client = BMCClient(
      target, credentials: BMCCredentials(userName: .null, password: .empty), on: bench.sockets)
    var failure: BMCFailure?
    try bench.run {
      do throws(BMCFailure) { _ = try await client.request(GetDeviceID()) } catch {
        failure = error
      }
    }
    client.close()
    return failure
  }
}
