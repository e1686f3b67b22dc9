internal import LinkLayer

/// Frames laid end to end, to be sent with as few system calls as it takes.
///
/// Removing all frames keeps the room, so that a batch filled again and again allocates once.
public struct FrameBatch: Sendable {
  /// The bytes of all frames.
  private(set) var bytes: [UInt8] = []
  /// Where each frame ends in `bytes`.
  private(set) var ends: [Int] = []

  /// Creates an empty batch.
  public init() {}

  /// How many frames there are.
  public var count: Int { ends.count }

  /// Whether there is no frame.
  public var isEmpty: Bool { ends.isEmpty }

  /// Adds a frame of at most `capacity` bytes, which `write` appends to the span it is given.
  public mutating func append(capacity: Int, _ write: (inout OutputRawSpan) -> Void) {
    bytes.append(addingCapacity: max(capacity, 0)) { (output: inout OutputSpan<UInt8>) in
      unsafe output.withUnsafeMutableBufferPointer { buffer, count in
        let room = UnsafeMutableRawBufferPointer(buffer)
        var raw = unsafe OutputRawSpan(buffer: room, initializedCount: count)
        write(&raw)
        unsafe count = raw.finalize(for: room)
      }
    }
    ends.append(bytes.count)
  }

  /// Adds the frame `frame`.
  public mutating func append(_ frame: [UInt8]) {
    bytes.append(contentsOf: frame)
    ends.append(bytes.count)
  }

  /// Adds a copy of the frame `frame`.
  public mutating func append(_ frame: RawSpan) {
    bytes.append(addingCapacity: frame.byteCount) { (output: inout OutputSpan<UInt8>) in
      unsafe output.withUnsafeMutableBufferPointer { buffer, count in
        let room = unsafe UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
        unsafe frame.withUnsafeBytes { unsafe room.copyMemory(from: $0) }
        count += frame.byteCount
      }
    }
    ends.append(bytes.count)
  }

  /// Removes all frames and keeps the room that they took.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }

  /// Removes the first `count` frames: those that a link has taken.
  public mutating func removeFirst(_ count: Int) {
    guard count > 0 else { return }
    guard count < ends.count else { return removeAll() }
    let cut = ends[count - 1]
    bytes.removeFirst(cut)
    ends.removeFirst(count)
    for index in ends.indices { ends[index] -= cut }
  }

  /// How many bytes the first `count` frames have, at most as many as there are.
  public func byteCount(ofFirst count: Int) -> Int {
    count > 0 ? ends[min(count, ends.count) - 1] : 0
  }

  /// Where the frame at `index` starts in `bytes`.
  func start(of index: Int) -> Int {
    index == 0 ? 0 : ends[index - 1]
  }

  /// Lends the frame at `index`, which must be below `count`.
  public func withFrame<Result, Failure: Error>(
    at index: Int, _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(bytes.rawBytes.extracting(start(of: index)..<ends[index]))
  }
}
