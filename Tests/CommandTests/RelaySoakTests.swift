import Support
import Testing

/// `make soak`, with few bytes: seeded random bytes through each pump, while relays are reloaded, hand over
/// and are killed, targets die, and descriptors run out.
@Suite("crimp relay, soaked")
struct RelaySoakTests {
  @Test func noByteIsWrongAndNothingIsLeftOpen() throws {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let run = try runTool(
      "/\(root)/Benchmarks/relay/soak.sh", [crimpPath],
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
