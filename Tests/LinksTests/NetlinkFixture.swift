import Support
import Testing

/// Datagrams that Linux sent, from `Fixtures/netlink`: hexadecimal, `#` begins a comment, an empty
/// line parts two datagrams.
func netlinkFixture(_ name: String) throws -> [[UInt8]] {
  let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
  let text = String(decoding: try readFile("/\(root)/Fixtures/netlink/\(name).hex"), as: UTF8.self)
  var datagrams: [[UInt8]] = [[]]
  for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
    if line.hasPrefix("#") { continue }
    if line.isEmpty { datagrams.append([]) }
    for digits in line.split(separator: " ") {
      datagrams[datagrams.count - 1].append(try #require(UInt8(digits, radix: 16)))
    }
  }
  return datagrams.filter { !$0.isEmpty }
}

/// Every fixture.
let netlinkFixtureNames = [
  "addresses", "configuration", "forwarding", "links", "neighbors", "no-such-device",
  "notifications", "refusal-with-words", "routes",
]
