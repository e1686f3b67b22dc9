internal import LinkLayer

/// What links read of a frame without parsing it.
extension RawSpan {
  /// The byte at `offset`, which must be below the count.
  func byte(_ offset: Int) -> UInt8 {
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// The big-endian number of 2 bytes at `offset`, which must be 2 below the count.
  func number16(_ offset: Int) -> UInt16 {
    UInt16(byte(offset)) << 8 | UInt16(byte(offset + 1))
  }

  /// A copy of all bytes.
  var copiedBytes: [UInt8] {
    unsafe withUnsafeBytes { buffer in unsafe [UInt8](buffer) }
  }

  /// A copy of the bytes in `range`, which must lie within.
  func copiedBytes(_ range: Range<Int>) -> [UInt8] {
    extracting(range).copiedBytes
  }

  /// Whether this is an Ethernet frame with an 802.1Q tag.
  func hasVLANTag(_ framing: LinkFraming) -> Bool {
    framing == .ethernet && byteCount >= 18 && number16(12) == EtherType.vlan.rawValue
  }

  /// The outer 802.1Q or 802.1ad tag of an Ethernet frame.
  func outerTag(_ framing: LinkFraming) -> VLANTag? {
    guard framing == .ethernet, byteCount >= 18 else { return nil }
    let tagProtocol = EtherType(rawValue: number16(12))
    guard tagProtocol == .vlan || tagProtocol == .serviceVLAN else { return nil }
    return VLANTag(tpid: tagProtocol, tci: number16(14))
  }
}
