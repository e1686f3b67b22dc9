/// A format as an owned value: what a view reads in place, this holds and writes.
public protocol WireValue: Hashable, Sendable {
  /// Reads the value from the start of `bytes`.
  init(parsing bytes: RawSpan) throws(WireError)

  /// How many bytes `write(into:)` appends.
  var byteCount: Int { get }

  /// Appends the value as it stands on the wire. `output` must have room for `byteCount` bytes;
  /// with less the program stops.
  @_lifetime(output: copy output)
  func write(into output: inout OutputRawSpan)
}

extension WireValue {
  /// The value as it stands on the wire.
  public var bytes: [UInt8] {
    wireBytes(byteCount) { (output: inout OutputRawSpan) in write(into: &output) }
  }
}

/// An array of at most `capacity` bytes, written by `body`.
internal func wireBytes(_ capacity: Int, _ body: (inout OutputRawSpan) -> Void) -> [UInt8] {
  unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
    let memory = UnsafeMutableRawBufferPointer(buffer)
    var output = unsafe OutputRawSpan(buffer: memory, initializedCount: 0)
    body(&output)
    count = unsafe output.finalize(for: memory)
  }
}
