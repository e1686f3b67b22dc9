import Support
import Testing

@testable import crimp

@Suite("Lists of hosts")
struct HostRangeTests {
  @Test(arguments: [
    ("node1", ["node1"]),
    ("node[1-3,7]", ["node1", "node2", "node3", "node7"]),
    ("node[08-11]", ["node08", "node09", "node10", "node11"]),
    ("r[1-2]n[1-2]-bmc", ["r1n1-bmc", "r1n2-bmc", "r2n1-bmc", "r2n2-bmc"]),
    ("a,b c\nd", ["a", "b", "c", "d"]),
    ("192.0.2.[1-2]:9001", ["192.0.2.1:9001", "192.0.2.2:9001"]),
    ("[2001:db8::1]:623,2001:db8::2", ["[2001:db8::1]:623", "2001:db8::2"]),
    ("[2001:db8::1]", ["2001:db8::1"]),
  ])
  func names(_ text: String, _ expected: [String]) throws {
    #expect(try HostRange.hosts(in: text).map(\.description) == expected)
  }

  @Test(arguments: [
    ("node[1-3", HostRangeError.unbalancedBracket(in: "node[1-3")),
    ("node1-3]", .unbalancedBracket(in: "node1-3]")),
    ("n[[1]]", .unbalancedBracket(in: "n[[1]]")),
    ("node[a-b]", .notARange("a-b", in: "node[a-b]")),
    ("node[]", .notARange("", in: "node[]")),
    ("node[1-]", .notARange("1-", in: "node[1-]")),
    ("node[9-1]", .backwards("9-1", in: "node[9-1]")),
    ("node:0", .notAPort("0", in: "node:0")),
    ("node:65536", .notAPort("65536", in: "node:65536")),
    ("node:", .notAPort("", in: "node:")),
    (",", .empty(in: ",")),
    (":623", .empty(in: ":623")),
    ("n[0-99999999]", .tooMany(limit: HostRange.limit)),
    ("n[0-9999]x[0-9999]", .tooMany(limit: HostRange.limit)),
    (
      "n[1-99999999999999999999]",
      .notARange("1-99999999999999999999", in: "n[1-99999999999999999999]")
    ),
  ])
  func refuses(_ text: String, _ expected: HostRangeError) {
    #expect(throws: expected) { try HostRange.hosts(in: text) }
  }

  @Test(arguments: [
    (["node3", "node1", "node2", "node7"], ["node[1-3,7]"]),
    (["node08", "node09", "node10", "node11"], ["node[08-11]"]),
    (["node1", "node01"], ["node1", "node01"]),
    (["b", "a"], ["a", "b"]),
    (["192.0.2.1:9001", "192.0.2.2:9001"], ["192.0.2.[1-2]:9001"]),
    (["2001:db8::1", "2001:db8::2"], ["2001:db8::1", "2001:db8::2"]),
    (["r1n1", "r1n2", "r2n1"], ["r1n[1-2]", "r2n1"]),
    (["x1", "x1"], ["x1"]),
    (["r1n1", "r1n2", "r2n1", "r2n2", "r4n1", "r4n2"], ["r[1-2,4]n[1-2]"]),
    (["r1n1x", "r2n1x"], ["r[1-2]n1x"]),
    (["r01n1", "r02n1", "r1n1"], ["r[01-02]n1", "r1n1"]),
    (["192.0.2.1:1", "192.0.2.2:1", "192.0.3.1:1", "192.0.3.2:1"], ["192.0.[2-3].[1-2]:1"]),
  ])
  func folds(_ names: [String], _ expected: [String]) {
    #expect(HostFolding.fold(names) == expected)
  }

  @Test func unfoldingGivesTheSameHosts() throws {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<200 {
      let names = Set(
        (0..<Int.random(in: 1...40, using: &random)).map { _ in
          let number = Int.random(in: 0...120, using: &random)
          let digits = Bool.random(using: &random) && number < 10 ? "0\(number)" : "\(number)"
          let rack = Int.random(in: 8...11, using: &random)
          return ["node", "rack\(rack)-", "0\(rack)x", ""].randomElement(using: &random)! + digits
            + ["", ".example", "-bmc:9001"].randomElement(using: &random)!
        })
      let unfolded = try HostFolding.fold(names).flatMap { try HostRange.hosts(in: $0) }
      #expect(Set(unfolded.map(\.description)) == names, "folded: \(HostFolding.fold(names))")
      #expect(unfolded.count == names.count)
    }
  }
}
