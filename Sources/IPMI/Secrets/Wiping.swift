/// Overwrites memory with zeros, in a way that the optimizer keeps although nobody reads them.
@unsafe func wipe(_ memory: UnsafeMutableRawBufferPointer) {
  unsafe memory.initializeMemory(as: UInt8.self, repeating: 0)
  unsafe observe(memory)
}

/// Takes the memory and does nothing. Its body is closed to the optimizer, which must therefore
/// suppose that it reads what was written.
@inline(never)
@_optimize(none)
@unsafe private func observe(_ memory: UnsafeMutableRawBufferPointer) {}

extension [UInt8] {
  /// Overwrites the bytes with zeros, in a way that the optimizer keeps, and removes them.
  ///
  /// Bytes that are shared with another array are copied first, and the other's stay.
  public mutating func wipe() {
    unsafe withUnsafeMutableBytes { memory in unsafe IPMI.wipe(memory) }
    removeAll()
  }
}
