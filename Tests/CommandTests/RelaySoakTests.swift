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
      environment: ["BYTES": "40000000", "CONNECTIONS": "8"], seconds: 300)
    #expect(run.status == 0, "\(run.outputText)\(run.errorText)")
    let quiet = run.outputLines.filter { $0.hasSuffix("none cut, none wrong") }
    #expect(quiet.count == 6)
    #expect(
      run.outputLines.contains { $0.hasPrefix("in disorder: ") && $0.hasSuffix("none wrong") })
  }
}
