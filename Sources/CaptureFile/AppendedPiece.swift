// A header and its frame, stored in one piece: an array asks for room, and whether it is shared, once.

extension [UInt8] {
  /// Appends `count` bytes, all of which `body` stores.
  @inline(__always)
  mutating func appendPiece(_ count: Int, _ body: (UnsafeMutableRawBufferPointer) -> Void) {
    reserveRoom(count)
    append(addingCapacity: count) { (output: inout OutputSpan<UInt8>) in
      unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
        let room = UnsafeMutableRawBufferPointer(buffer)
        unsafe body(
          UnsafeMutableRawBufferPointer(rebasing: room[initialized..<initialized + count]))
        initialized += count
      }
    }
  }
}

extension UnsafeMutableRawBufferPointer {
  @inline(__always)
  func store(_ value: UInt16, at offset: Int, _ order: ByteOrder) {
    unsafe storeBytes(
      of: order == .little ? value.littleEndian : value.bigEndian, toByteOffset: offset,
      as: UInt16.self)
  }

  @inline(__always)
  func store(_ value: UInt32, at offset: Int, _ order: ByteOrder) {
    unsafe storeBytes(
      of: order == .little ? value.littleEndian : value.bigEndian, toByteOffset: offset,
      as: UInt32.self)
  }

  @inline(__always)
  func store(_ bytes: RawSpan, at offset: Int) {
    unsafe bytes.withUnsafeBytes { source in
      unsafe UnsafeMutableRawBufferPointer(rebasing: self[offset...]).copyMemory(from: source)
    }
  }
}
