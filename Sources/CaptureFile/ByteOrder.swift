/// The order of the bytes of a number in a capture file. The file says which it is; its writer chose.
public enum ByteOrder: Hashable, Sendable {
  /// Least significant byte first.
  case little
  /// Most significant byte first.
  case big

  /// The order of the machine that runs this code.
  public static var native: ByteOrder { UInt16(littleEndian: 1) == 1 ? .little : .big }

  var opposite: ByteOrder { self == .little ? .big : .little }
}

// The caller has checked that the bytes are there; the load checks it again and the optimiser
// drops what one guard has proven.
extension RawSpan {
  @inline(__always)
  func load8(at offset: Int) -> UInt8 {
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  @inline(__always)
  func load16(at offset: Int, _ order: ByteOrder) -> UInt16 {
    let raw = unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)
    return order == .little ? UInt16(littleEndian: raw) : UInt16(bigEndian: raw)
  }

  @inline(__always)
  func load32(at offset: Int, _ order: ByteOrder) -> UInt32 {
    let raw = unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
    return order == .little ? UInt32(littleEndian: raw) : UInt32(bigEndian: raw)
  }

  @inline(__always)
  func load64(at offset: Int, _ order: ByteOrder) -> UInt64 {
    let raw = unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    return order == .little ? UInt64(littleEndian: raw) : UInt64(bigEndian: raw)
  }

  /// The bytes of a range that lies within, copied.
  func copy(_ range: Range<Int>) -> [UInt8] {
    unsafe extracting(range).withUnsafeBytes { unsafe Array($0) }
  }

  /// The text of a range that lies within, ended early by a zero byte, which some writers put;
  /// what is not UTF-8 is repaired.
  func text(_ range: Range<Int>) -> String {
    String(decoding: copy(range).prefix { $0 != 0 }, as: UTF8.self)
  }
}

extension [UInt8] {
  mutating func append16(_ value: UInt16, _ order: ByteOrder) {
    let ordered = order == .little ? value.littleEndian : value.bigEndian
    unsafe Swift.withUnsafeBytes(of: ordered) { unsafe append(contentsOf: $0) }
  }

  mutating func append32(_ value: UInt32, _ order: ByteOrder) {
    let ordered = order == .little ? value.littleEndian : value.bigEndian
    unsafe Swift.withUnsafeBytes(of: ordered) { unsafe append(contentsOf: $0) }
  }

  mutating func append64(_ value: UInt64, _ order: ByteOrder) {
    let ordered = order == .little ? value.littleEndian : value.bigEndian
    unsafe Swift.withUnsafeBytes(of: ordered) { unsafe append(contentsOf: $0) }
  }

  mutating func append(_ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }
}
