import EventLoop
import Glibc
import LinkLayer
import Links
import Support
import Synchronization
import Testing

/// Suites run side by side: two of them may give their beds the same purpose.
private let bedsMade = Atomic(0)

/// A few network namespaces of its own, gone when the test is over.
final class NetlinkTestBed {
  /// The namespaces' names, unique in this process and among processes.
  let names: [String]

  init(_ purpose: String, count: Int = 1) throws {
    let bed = bedsMade.add(1, ordering: .relaxed).newValue
    names = (0..<count).map { "crimp-\(getpid())-\(bed)\(purpose)\($0)" }
    for name in names { try NetworkNamespace.create(name) }
  }

  deinit {
    for name in names { try? NetworkNamespace.delete(name) }
  }

  func namespace(_ index: Int = 0) throws -> NetworkNamespace {
    try NetworkNamespace(names[index])
  }

  /// The tables of a namespace.
  func tables(_ index: Int = 0) throws -> KernelTables {
    try namespace(index).run { try KernelTables() }
  }

  /// Runs `ip` (or `bridge`) in a namespace.
  @discardableResult
  func ip(in index: Int = 0, tool: String = "ip", _ arguments: String) throws -> ToolRun {
    let words = arguments.split(separator: " ").map(String.init)
    let run = try runTool(tool, ["-n", names[index]] + words)
    #expect(run.status == 0, "\(tool) \(arguments): \(run.errorText)")
    return run
  }

  /// What `ip -json` (or `bridge -json`) prints.
  func json(in index: Int = 0, tool: String = "ip", _ arguments: String) throws -> [JSONValue] {
    try JSONValue(parsing: ip(in: index, tool: tool, "-json \(arguments)").output).elements
  }
}

extension IPAddress {
  /// An address that the test's author has spelt right.
  init(spelt text: String) throws {
    self = try #require(IPAddress(text))
  }
}

extension HardwareAddress {
  /// An address that the test's author has spelt right.
  init(spelt text: String) throws {
    self = try #require(HardwareAddress(text))
  }
}
