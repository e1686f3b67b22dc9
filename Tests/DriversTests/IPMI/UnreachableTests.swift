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

/// Needs root: in a network namespace with one link and one neighbour on it.
@Suite(.enabled(if: geteuid() == 0), .serialized)
struct `Controllers out of reach` {
  @Test func `a host that no route leads to`() throws {
    let failure = try ask("198.51.100.1")
    #expect(failure == .unreachable(.noRoute))
  }

  @Test func `a neighbour that nobody answers for, by the kernel's word`() throws {
    let failure = try ask("192.0.2.9")
    #expect(failure == .unreachable(.deadNeighbor))
  }

  @Test func `a neighbour that nobody answers for, by our own question`() throws {
    // The kernel would say so after three seconds: by then the call is over.
    let failure = try ask("192.0.2.9") { bench in
      bench.sockets.scout = NeighborScout(on: bench.loop)
    } options: {
      $0.deadline = .seconds(2)
    }
    #expect(failure == .unreachable(.deadNeighbor))
  }

  @Test func `a neighbour that is there and silent is not called dead`() throws {
    let failure = try ask("192.0.2.2") { bench in
      bench.sockets.scout = NeighborScout(on: bench.loop)
    } options: {
      $0.deadline = .seconds(2)
    }
    // The port is closed there.
    #expect(failure == .portClosed)
  }

  /// What became of a call to a controller at `address`.
  private func ask(
    _ address: String, prepare: (BMCBench) throws -> Void = { _ in },
    options change: (inout SessionOptions) -> Void = { _ in }
  ) throws -> BMCFailure? {
    let name = "crimp-\(getpid())-bmc"
    let neighbor = name + "-far"
    for each in [name, neighbor] { try NetworkNamespace.create(each) }
    defer {
      for each in [name, neighbor] {
        do { try NetworkNamespace.delete(each) } catch { Issue.record(error) }
      }
    }
    for (place, words) in [
      (name, "link add lan type veth peer name far netns \(neighbor)"),
      (name, "address add 192.0.2.1/24 dev lan"), (name, "link set lan up"),
      (name, "link set lo up"), (neighbor, "address add 192.0.2.2/24 dev far"),
      (neighbor, "link set far up"), (neighbor, "link set lo up"),
    ] {
      let run = try runTool("ip", ["-n", place] + words.split(separator: " ").map(String.init))
      #expect(run.status == 0, "ip \(words): \(run.errorText)")
    }
    let bench = try BMCBench()
    // The socket belongs to the namespace that it was opened in.
    return try NetworkNamespace(name).run {
      _ = bench.sockets.safeWindow
      try prepare(bench)
      let target = InternetAddress(try #require(IPAddress(address)), port: 623)
      var options = SessionOptions()
      change(&options)
      let client = BMCClient(
        target, credentials: BMCCredentials(userName: .null, password: .empty), options: options,
        on: bench.sockets)
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
}
