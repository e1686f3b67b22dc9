/// Overwrites memory with zeros, and is not optimised away although nobody reads them: its body is
/// closed to the optimizer, so that its callers must take it to have an effect.
@inline(never)
@_optimize(none)
@unsafe func wipe(_ memory: UnsafeMutableRawBufferPointer) {
  for offset in 0..<memory.count {
    unsafe memory[offset] = 0
  }
}

extension [UInt8] {
  /// Overwrites the bytes with zeros, in a way that the optimizer keeps, and removes them.
  ///
  /// Bytes that are shared with another array are copied first, and the other's stay.
  public mutating func wipe() {
    unsafe withUnsafeMutableBytes { memory in unsafe IPMI.wipe(memory) }
    removeAll()
  }
}
