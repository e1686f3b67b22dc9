internal import Glibc

extension ChildProcess {
  /// What a child wrote and how it ended.
  public struct Output: Hashable, Sendable {
    /// How the child ended.
    public var status: ExitStatus

    /// All that it wrote to its standard output.
    public var output: [UInt8]

    /// All that it wrote to its standard error.
    public var error: [UInt8]

    /// The output as text, with what is not UTF-8 replaced.
    public var text: String { String(decoding: output, as: UTF8.self) }

    /// The error output as text, with what is not UTF-8 replaced.
    public var errorText: String { String(decoding: error, as: UTF8.self) }
  }

  /// Runs a program to its end, and returns all that it wrote; its own output streams are not used.
  ///
  /// It is over when the child ends, even if a grandchild still holds its output open. When the
  /// task is cancelled the child is killed, and the status says so.
  ///
  /// - Parameter onStart: is called with the child once it runs: to send it a signal.
  /// - Throws: `SystemError` when the program cannot be started.
  public static func capture(
    _ command: Command, on loop: EventLoop, onStart: (ChildProcess) -> Void = { _ in }
  ) async throws(SystemError) -> Output {
    var command = command
    let output = try Syscalls.pipe()
    let error = try Syscalls.pipe()
    command.output = .descriptor(output.writer.rawValue)
    command.error = .descriptor(error.writer.rawValue)
    let child = try ChildProcess(command, on: loop)
    onStart(child)
    let outputCollector = try Collector(output.takeReader(), on: loop)
    let errorCollector = try Collector(error.takeReader(), on: loop)

    let killer = Killer(child, on: loop)
    let status = await withTaskCancellationHandler {
      await child.exitStatusThroughCancellation
    } onCancel: {
      killer.kill()
    }
    return Output(status: status, output: outputCollector.finish(), error: errorCollector.finish())
  }
}

extension Pipe {
  /// Closes the writing end here, so that the reader sees the end when the child has closed its own.
  fileprivate consuming func takeReader() -> OwnedDescriptor { reader }
}

/// Kills a child from whatever thread cancels its task.
private final class Killer: @unchecked Sendable {
  private let child: ChildProcess
  private let loop: EventLoop

  init(_ child: ChildProcess, on loop: EventLoop) {
    self.child = child
    self.loop = loop
  }

  func kill() {
    // ESRCH: it ended by itself.
    guard loop.isInside else { return loop.post { try? self.child.send(signal: SIGKILL) } }
    try? child.send(signal: SIGKILL)
  }
}

/// Reads a pipe as it fills.
private final class Collector {
  private let descriptor: OwnedDescriptor
  private var registration: Registration?
  private var bytes: [UInt8] = []

  init(_ descriptor: consuming OwnedDescriptor, on loop: EventLoop) throws(SystemError) {
    self.descriptor = descriptor
    try Syscalls.setNonBlocking(self.descriptor.rawValue)
    registration = try loop.watch(self.descriptor.rawValue, .readable) { [weak self] _ in
      guard let self, self.read() == 0 else { return }
      self.registration?.cancel()
    }
  }

  /// Takes what is left, at most what the largest pipe holds, and returns all.
  func finish() -> [UInt8] {
    registration?.cancel()
    for _ in 0..<16 {
      guard let count = read(), count > 0 else { break }
    }
    return bytes
  }

  /// Reads once; returns how much that was, 0 at the end, nil when there is nothing yet.
  private func read() -> Int? {
    unsafe withUnsafeTemporaryAllocation(byteCount: 65536, alignment: 1) { buffer in
      let count = try? unsafe Syscalls.read(descriptor.rawValue, into: buffer)
      unsafe bytes.append(contentsOf: buffer.prefix(count ?? 0))
      return count
    }
  }
}
