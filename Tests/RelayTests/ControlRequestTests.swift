import Relay
import Support
import Testing

@Suite struct `Requests to a running relay` {
  private static let all: [ControlRequest] =
    ControlRequest.Subject.allCases.map { .show($0) } + [
      .reload, .drain(nil), .drain(2.5), .enable("web:80", true),
      .enable("[2001:db8::1]:80", false),
      .handOver, .taken,
    ]

  @Test(arguments: all)
  func `a request is what its line says`(_ request: ControlRequest) throws {
    #expect(try ControlRequest(parsing: Array(request.line.utf8)) == request)
  }

  @Test(arguments: [
    "", " ", "show me", "show targets now", "reload all", "drain 0", "drain -1", "drain nan",
    "drain 1e9", "drain 1 2", "enable", "disable", "disable a b", "hand-over now", "SHOW", "\tshow",
    "show\u{0}", "Ünsinn",
  ])
  func `a line that is none is refused in words`(_ line: String) {
    let bytes = Array(line.utf8)
    #expect(throws: ControlRequestError.self) { _ = try ControlRequest(parsing: bytes) }
  }

  /// Whatever comes is a request that says itself again, or refused.
  @Test(arguments: [1 as UInt64, 2, 3])
  func `random bytes are read without a trap`(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let words = Self.all.map(\.line) + ["", " ", "\u{ff}", "1e400", "-0", "infinity"]
    for _ in 0..<2000 {
      var line: [UInt8] = []
      for _ in 0..<Int.random(in: 0...3, using: &generator) {
        line += Array((words.randomElement(using: &generator) ?? "").utf8)
        if Bool.random(using: &generator) {
          line.append(UInt8.random(in: 0...255, using: &generator))
        }
      }
      guard let request = try? ControlRequest(parsing: line) else { continue }
      #expect((try? ControlRequest(parsing: Array(request.line.utf8))) == request)
    }
  }
}
