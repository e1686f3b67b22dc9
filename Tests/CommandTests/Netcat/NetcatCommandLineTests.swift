import Glibc
import Support
import Testing

/// What `nc` says of command lines and returns, held to what Debian's was recorded to say
/// (`Fixtures/originals/record-nc.py`), and to what an installed one says now.
///
/// Needs root: each command line runs in a network that has nothing but the loopback.
@Suite("nc's command lines", .enabled(if: geteuid() == 0, "network namespaces need root"))
struct NetcatCommandLineTests {
  /// A command line, and what comes of it.
  struct Case: Hashable {
    var line: String
    var status: Int32 = 0
    var errorText = ""
  }

  private static let repository =
    #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined()

  private func cases(_ directory: String) throws -> [Case] {
    let path = "\(Self.repository)/Fixtures/\(directory)/nc/command-lines.txt"
    var result: [Case] = []
    for line in String(decoding: try readFile(path), as: UTF8.self).split(separator: "\n") {
      if line.hasPrefix("$ nc") {
        result.append(Case(line: String(line.dropFirst(4))))
      } else if line.hasPrefix("status: ") {
        result[result.count - 1].status = try #require(Int32(line.dropFirst(8)))
      } else if line.hasPrefix("  ") {
        result[result.count - 1].errorText += String(line.dropFirst(2)) + "\n"
      }
    }
    return result
  }

  /// Runs each line with the program, in a session without a terminal.
  private func outcomes(of program: String, _ lines: [String]) throws -> [Case] {
    try withTemporaryDirectory { directory in
      let name = "\(directory)/nc"
      guard symlink(program, name) == 0 else {
        throw ToolError.system(operation: "symlink", errno: errno)
      }
      return try lines.map { line in
        let script = "ip link set lo up; exec \"$0\" \(line)"
        let run = try runTool(
          "setsid", ["-w", "unshare", "-n", "sh", "-c", script, name],
          environment: ["LC_ALL": "C"])
        #expect(run.output.isEmpty, "nc\(line)")
        return Case(line: line, status: run.status, errorText: normalised(run.errorText, name))
      }
    }
  }

  private func normalised(_ text: String, _ program: String) -> String {
    let text = text.replacing(program, with: "nc")
      .replacing(#/\/tmp\/nc-[A-Za-z0-9]+/#, with: "/tmp/nc-<random>")
    guard let usage = text.firstRange(of: "usage:") else { return text }
    return text[..<usage.lowerBound] + "<usage>\n"
  }

  @Test func `are answered as Debian's nc answers them`() throws {
    let recorded = try cases("originals")
    let own = try cases("cli")
    #expect(recorded.count > 100)
    let outcomes = try outcomes(of: crimpPath, recorded.map(\.line))
    for (outcome, recorded) in zip(outcomes, recorded) {
      let expected = own.first { $0.line == recorded.line } ?? recorded
      #expect(outcome == expected)
    }
    for each in own { #expect(recorded.contains { $0.line == each.line && $0 != each }) }
  }

  @Test(.enabled(if: access("/bin/nc.openbsd", X_OK) == 0))
  func `were recorded as an installed nc still answers them`() throws {
    let recorded = try cases("originals")
    #expect(try outcomes(of: "/bin/nc.openbsd", recorded.map(\.line)) == recorded)
  }
}
