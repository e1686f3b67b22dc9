/// Numbers as socat reads them: `strtol(3)` and `strtod(3)` with nothing behind.
public enum Number {
  /// Reads a whole number: `0x` begins a hexadecimal one, `0` an octal one.
  ///
  /// - Parameter text: what an error shows.
  public static func read(_ value: String, text: String) throws(AddressError) -> Int64 {
    try read(value, radix: 0, text: text)
  }

  /// Reads a whole number to a base; 0 lets the number say it.
  static func read(_ value: String, radix: Int, text: String) throws(AddressError) -> Int64 {
    var digits = value.utf8[...]
    while digits.first == UInt8(ascii: " ") { digits = digits.dropFirst() }
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
    var radix = radix
    if radix == 0 { radix = 10 }
    if radix == 10, digits.first == UInt8(ascii: "0"), digits.count > 1 {
      let isHexadecimal = digits.dropFirst().first.map { $0 | 0x20 } == UInt8(ascii: "x")
      digits = digits.dropFirst(isHexadecimal ? 2 : 1)
      radix = isHexadecimal ? 16 : 8
      // The 0 itself is a number, whatever stands behind it.
      if !isHexadecimal, digits.first.flatMap({ digit($0, radix) }) == nil {
        throw .trailingGarbage(text)
      }
    }
    var magnitude: Int64 = 0
    var count = 0
    while let byte = digits.first, let digit = digit(byte, radix) {
      let (product, overflowed) = magnitude.multipliedReportingOverflow(by: Int64(radix))
      let (sum, exceeded) = product.addingReportingOverflow(digit)
      guard !overflowed, !exceeded else { throw .numberTooLarge(text) }
      magnitude = sum
      count += 1
      digits = digits.dropFirst()
    }
    guard count > 0 else { throw .noNumber(text) }
    guard digits.isEmpty else { throw .trailingGarbage(text) }
    return isNegative ? -magnitude : magnitude
  }

  /// Reads a time in seconds, with a fraction.
  ///
  /// - Parameter text: what an error shows.
  public static func readSeconds(_ value: String, text: String) throws(AddressError) -> Duration {
    guard let seconds = Double(value) else {
      let startsWell = value.utf8.first.map { $0 == UInt8(ascii: ".") || digit($0, 10) != nil }
      throw startsWell == true ? .trailingGarbage(text) : .noNumber(text)
    }
    guard seconds.isFinite, seconds.magnitude < 1e9 else { throw .numberTooLarge(text) }
    return .microseconds(Int64(seconds * 1_000_000))
  }

  private static func digit(_ byte: UInt8, _ radix: Int) -> Int64? {
    let value: UInt8
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): value = byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): value = byte - UInt8(ascii: "A") + 10
    default: return nil
    }
    return Int(value) < radix ? Int64(value) : nil
  }
}
