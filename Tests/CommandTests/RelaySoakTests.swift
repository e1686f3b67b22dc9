import Glibc
import Support
import Testing

/// `make soak`, with few bytes: seeded random bytes through each pump, while relays are reloaded, hand over
/// and are killed, targets die, and descriptors run out.
///
/// In a network of its own, where nobody else has the ports.
@Suite("crimp relay, soaked", .enabled(if: geteuid() == 0, "network namespaces need root"))
struct RelaySoakTests {
  @Test func noByteIsWrongAndNothingIsLeftOpen() throws {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let script = "ip link set lo up && exec \"$0\" \"$1\""
    let run = try runTool(
      "unshare", ["-n", "bash", "-c", script, "/\(root)/Benchmarks/relay/soak.sh", crimpPath],
      environment: ["BYTES": "10000000", "CONNECTIONS": "6", "DISORDER": "4"], seconds: 900)
    #expect(run.status == 0, "\(run.outputText)\(run.errorText)")
    let quiet = run.outputLines.filter { $0.hasSuffix("none cut, none wrong") }
    #expect(quiet.count == 12)
    let disorder = run.outputLines.filter {
      $0.contains(" in disorder: ") && $0.hasSuffix("none wrong")
    }
    #expect(disorder.count == 6)
  }
}
