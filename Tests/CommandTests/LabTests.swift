import Glibc
import Laboratory
import Links
import Support
import Testing

/// `crimp lab` takes down what it built, however it ends. Needs root.
@Suite("crimp lab", .serialized)
struct LabTests {
  private func namespaces(of process: pid_t) throws -> [String] {
    try NetworkNamespace.names().filter { $0.hasPrefix("crimp-lab-\(process)-") }
  }

  @Test("moves an address, says what happened, and leaves nothing")
  func measures() throws {
    let running = try RunningTool(
      crimpPath, ["lab", "address", "--alone", "--json", "--wait", "4"])
    let result = try running.end()
    #expect(result.status == 0, "\(result.errorText)")
    #expect(result.outputLines.count == 2)
    #expect(result.outputText.contains("\"announcer\":\"crimp announce\""))
    #expect(try namespaces(of: running.process).isEmpty)
  }

  @Test("is taken down at SIGINT")
  func interrupted() throws {
    let running = try RunningTool(crimpPath, ["lab", "address", "--alone"])
    #expect(try eventually { try namespaces(of: running.process).count == 4 })
    running.send(signal: SIGINT)
    let result = try running.end()
    #expect(result.status == 1)
    #expect(result.errorText.split(separator: "\n").count == 1, "\(result.errorText)")
    #expect(try namespaces(of: running.process).isEmpty)
  }

  @Test("what a crash left standing is taken down by the next")
  func crashed() throws {
    let process: pid_t
    do {
      let running = try RunningTool(crimpPath, ["lab", "address", "--alone"])
      #expect(try eventually { try namespaces(of: running.process).count == 4 })
      running.send(signal: SIGKILL)
      _ = try running.end()
      process = running.process
    }
    #expect(try namespaces(of: process).count == 4)
    try withNetwork { _ in }
    #expect(try namespaces(of: process).isEmpty)
  }
}
