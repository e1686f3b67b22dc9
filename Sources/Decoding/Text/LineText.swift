/// Text that grows line by line in one piece of memory, which is used again and again. Bytes of
/// ASCII go in; what a frame says in another alphabet is escaped.
public struct LineText: Sendable {
  /// What was written since the last ``removeAll()``.
  public private(set) var bytes: [UInt8]

  /// No text, with room for `capacity` bytes.
  public init(capacity: Int = 1 << 16) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  /// How many bytes were written.
  public var count: Int { bytes.count }

  /// The text, as a string.
  public var string: String { String(decoding: bytes, as: UTF8.self) }

  /// Forgets the text and keeps its memory.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
  }

  /// Appends a constant of the program.
  @inline(__always)
  public mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
  }

  /// Appends words of ours.
  public mutating func append(_ text: String) {
    bytes.append(contentsOf: text.utf8)
  }

  /// Appends one character of ASCII.
  @inline(__always)
  public mutating func append(character: Unicode.Scalar) {
    bytes.append(UInt8(truncatingIfNeeded: character.value))
  }

  /// Ends the line.
  @inline(__always)
  public mutating func endLine() {
    bytes.append(0x0a)
  }
}

/// Numbers.
extension LineText {
  /// Appends a number in decimal digits.
  public mutating func append(_ number: some BinaryInteger) {
    append(decimal: UInt64(clamping: number))
  }

  /// Appends a number in decimal digits, with zeros up to `width`.
  public mutating func append(decimal number: UInt64, width: Int = 1) {
    // Twenty digits are the most that 64 bits take.
    var digits: InlineArray<20, UInt8> = InlineArray(repeating: UInt8(ascii: "0"))
    var rest = number
    var start = 20
    repeat {
      start -= 1
      digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    for index in min(start, 20 - min(width, 20))..<20 { bytes.append(digits[index]) }
  }

  /// Appends a number in lower-case hexadecimal digits, with zeros up to `width`.
  public mutating func append(hex number: UInt64, width: Int = 1) {
    var shift = 60
    let least = 4 * (min(max(width, 1), 16) - 1)
    while shift > least, number >> UInt64(shift) == 0 { shift -= 4 }
    while shift >= 0 {
      bytes.append(LineText.hexDigit(UInt8(truncatingIfNeeded: number >> UInt64(shift) & 0xf)))
      shift -= 4
    }
  }

  @inline(__always)
  static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
