import HostFiles
import Support
import Testing

@Suite struct `Host files` {
  /// The readme's own example of a multiplex file.
  private let example = """
    # file starts
    host1.mydomain.com 1000000000
    host2.mydomain.com 0

    """

  private func parsed(_ text: String) throws -> HostFile {
    try HostFile(parsing: Array(text.utf8))
  }

  private func text(_ file: HostFile) -> String {
    String(decoding: file.bytes, as: UTF8.self)
  }

  @Test func `the readme's example is read, and its second host chosen`() throws {
    let file = try parsed(example)
    #expect(file.entries.map(\.host) == ["host1.mydomain.com", "host2.mydomain.com"])
    #expect(file.entries.map(\.byteCount) == [1_000_000_000, 0])
    #expect(file.least?.host == "host2.mydomain.com")
    #expect(text(file) == example)
  }

  @Test func `of several with the fewest bytes it is the first`() throws {
    #expect(try parsed("a 7\nb 3\nc 3\n").least?.host == "b")
    #expect(try parsed("# nobody\n\n").least == nil)
    #expect(HostFile().least == nil)
  }

  @Test func `counting changes the numbers and nothing else`() throws {
    var file = try parsed("# mine\n\n  a\t 9  # fast\r\nb\n2001:db8::1 18446744073709551614")
    file.add(991, to: "a")
    file.add(5, to: "b")
    file.add(1, to: "2001:db8::1")
    #expect(
      text(file) == "# mine\n\n  a\t 1000  # fast\r\nb 5\n2001:db8::1 18446744073709551615")
    file.set(0, for: "a")
    #expect(text(file).hasPrefix("# mine\n\n  a\t 0  # fast\r\nb 5\n"))
  }

  @Test func `a count holds at the largest number of 64 bits`() throws {
    var file = try parsed("a 18446744073709551615\n")
    file.add(.max, to: "a")
    #expect(file.byteCount(of: "a") == .max)
  }

  @Test func `a new host gets a line at the end`() throws {
    var file = try parsed("a 1")
    file.add(2, to: "b")
    #expect(text(file) == "a 1\nb 2\n")
    for host in ["", "x y", "#x", "x\ny", "x\u{7}"] {
      let isAdded = file.add(1, to: host)
      #expect(!isAdded, "\(host)")
    }
    #expect(text(file) == "a 1\nb 2\n")
  }

  @Test(arguments: [
    ("a 1\nb x\n", "line 2, column 3: expected a number of bytes"),
    ("a -1", "line 1, column 3: expected a number of bytes"),
    ("a 1#2", "line 1, column 3: expected a number of bytes"),
    ("a 18446744073709551616", "line 1, column 3: the number does not fit into 64 bits"),
    (" a 1 2", "line 1, column 6: expected a host and a number of bytes, and nothing else"),
    ("a\u{1}b 1", "line 1, column 1: not a host"),
  ])
  func `what is no host file is refused where it goes wrong`(_ text: String, _ words: String) {
    let error = #expect(throws: HostFileError.self) { try parsed(text) }
    #expect(error?.description == words)
  }

  @Test func `a file that is too long is refused before it is read`() {
    let bytes = [UInt8](repeating: UInt8(ascii: "\n"), count: HostFile.longestByteCount + 1)
    let error = #expect(throws: HostFileError.self) { try HostFile(parsing: bytes) }
    #expect(error?.reason == .tooLong)
  }

  /// Any file of these words, counted in any order, is what adding the numbers says.
  @Test func `counts are sums, whatever stands around them`() throws {
    var generator = SeededGenerator(seed: 7)
    let fillers = ["# note", "", "  ", "\t#"]
    for _ in 0..<300 {
      let hosts = (0..<Int.random(in: 1...6, using: &generator)).map { "host\($0).example" }
      var expected = hosts.map { _ in UInt64.random(in: 0...1_000_000, using: &generator) }
      var lines: [String] = []
      for (host, count) in zip(hosts, expected) {
        if Bool.random(using: &generator), let filler = fillers.randomElement(using: &generator) {
          lines.append(filler)
        }
        lines.append("\(host) \(count)")
      }
      var file = try parsed(lines.joined(separator: "\n"))
      for _ in 0..<10 {
        let index = Int.random(in: 0..<hosts.count, using: &generator)
        let count = UInt64.random(in: 0...UInt64(1 << 40), using: &generator)
        file.add(count, to: hosts[index])
        expected[index] += count
      }
      let again = try HostFile(parsing: file.bytes)
      #expect(again.entries.map(\.byteCount) == expected)
      #expect(again.entries.map(\.host) == hosts)
      #expect(
        text(again).split(separator: "\n", omittingEmptySubsequences: false).count == lines.count)
    }
  }
}
