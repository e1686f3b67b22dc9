import Glibc

/// A program at work while the test goes on: what is to be signalled, or watched from outside.
///
/// It is killed when the value goes away, with the programs that it has started.
public final class RunningTool {
  /// The program's process id.
  public let process: pid_t

  private let output: ScratchFile
  private let errorOutput: ScratchFile
  private var hasEnded = false

  /// Starts a program; the parameters are those of ``runTool(_:_:argumentZero:input:environment:seconds:)``.
  public init(_ name: String, _ arguments: [String] = []) throws(ToolError) {
    let path = try locate(name)
    output = try ScratchFile()
    errorOutput = try ScratchFile()
    let input = try ScratchFile(containing: [])
    defer { close(input.descriptor) }
    process = try spawn(
      path, [name] + arguments, environment: inheritedEnvironment(with: [:]),
      descriptors: [input.descriptor, output.descriptor, errorOutput.descriptor])
  }

  deinit {
    if !hasEnded {
      sendToAll(signal: SIGKILL)
      var ignored: Int32 = 0
      waitpid(process, &ignored, 0)
    }
    close(output.descriptor)
    close(errorOutput.descriptor)
  }

  /// Sends the program a signal.
  public func send(signal: Int32) {
    kill(process, signal)
  }

  /// Sends it, and the programs that it has started, a signal; not those that have left its process group.
  public func sendToAll(signal: Int32) {
    kill(-process, signal)
  }

  /// What it has written on standard output so far.
  public func outputSoFar() throws(ToolError) -> String {
    String(decoding: try output.contents(), as: UTF8.self)
  }

  /// What its descriptors are open on, as `/proc` names it: a path, `socket:[…]`,
  /// `anon_inode:[signalfd]`.
  public func openFiles() throws(ToolError) -> [String] {
    let listing = try runTool("find", ["/proc/\(process)/fd", "-type", "l", "-printf", "%l\\n"])
    return listing.outputText.split(separator: "\n").map(String.init)
  }

  /// How many times it went to sleep by itself: it waits for something when that grows.
  public func sleeps() throws(ToolError) -> Int {
    let status = String(decoding: try readFile("/proc/\(process)/status"), as: UTF8.self)
    let line = status.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches:") }
    return line.flatMap { $0.split(whereSeparator: \.isWhitespace).last }.flatMap { Int($0) } ?? 0
  }

  /// Waits for its end.
  ///
  /// - Throws: `timedOut` when it still runs after `seconds`.
  public func end(seconds: Int = 120) throws(ToolError) -> ToolRun {
    guard let status = try wait(for: process, seconds: seconds) else {
      throw .timedOut(command: "process \(process)", seconds: seconds)
    }
    hasEnded = true
    return ToolRun(
      status: status, output: try output.contents(), errorOutput: try errorOutput.contents())
  }
}

/// Waits until `condition` holds, and says whether it did within `seconds`.
public func eventually(
  within seconds: Int = 60, _ condition: () throws -> Bool
) rethrows -> Bool {
  let deadline = monotonicMilliseconds() + seconds * 1000
  while monotonicMilliseconds() < deadline {
    if try condition() { return true }
    usleep(2000)
  }
  return try condition()
}
