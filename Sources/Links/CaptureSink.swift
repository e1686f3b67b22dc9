public import EventLoop

/// Where the bytes of a recording go: a file, or memory in a test.
public protocol CaptureSink: AnyObject {
  /// Takes the next bytes. A failure is final: nothing more is written.
  func write(_ bytes: [UInt8]) throws(SystemError)

  /// Makes what was written last. Nothing can be written afterwards.
  func finish() throws(SystemError)

  /// Leaves no trace of what was written.
  func discard()
}

/// Keeps a recording in memory.
public final class MemorySink: CaptureSink {
  /// What was written.
  public private(set) var bytes: [UInt8] = []
  /// Whether the recording is whole.
  public private(set) var isFinished = false

  /// An empty sink.
  public init() {}

  /// Appends `bytes`.
  public func write(_ bytes: [UInt8]) {
    self.bytes += bytes
  }

  /// Marks the recording as whole.
  public func finish() {
    isFinished = true
  }

  /// Drops what was written.
  public func discard() {
    bytes = []
  }
}
