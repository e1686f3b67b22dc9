/// Bytes as socat's dalan has them written: `x` and pairs of hexadecimal digits, `"text"`, and numbers in the
/// machine's own order behind a letter for their size: `l` 8 bytes, `i` 4, `s` 2, `b` 1. Without a letter a
/// number has 4. Items follow each other, with blanks between them where needed.
enum BinaryData {
  /// Reads data.
  ///
  /// - Parameter text: what an error shows.
  static func read(_ value: String, text: String) throws(AddressError) -> [UInt8] {
    var rest = value.utf8[...]
    var result: [UInt8] = []
    while let letter = rest.first {
      switch letter {
      case UInt8(ascii: " "), UInt8(ascii: "\t"): rest = rest.dropFirst()
      case UInt8(ascii: "x"):
        rest = rest.dropFirst()
        let digits = rest.prefix(while: { hexadecimal($0) != nil })
        guard !digits.isEmpty, digits.count.isMultiple(of: 2) else { throw .noData(text) }
        append(Array(digits), to: &result)
        rest = rest.dropFirst(digits.count)
      case UInt8(ascii: "\""):
        let content = rest.dropFirst().prefix { $0 != letter }
        guard content.endIndex < rest.endIndex else { throw .noData(text) }
        result += content
        rest = rest.dropFirst(content.count + 2)
      default:
        let byteCount = size(letter)
        let digits = (byteCount == nil ? rest : rest.dropFirst())
        let number = digits.prefix { $0 == UInt8(ascii: "-") || hexadecimal($0) ?? 16 < 10 }
        guard let word = Int64(String(decoding: number, as: UTF8.self)) else { throw .noData(text) }
        append(word, byteCount ?? 4, to: &result)
        rest = rest[number.endIndex...]
      }
    }
    return result
  }

  private static func size(_ letter: UInt8) -> Int? {
    switch letter {
    case UInt8(ascii: "l"): 8
    case UInt8(ascii: "i"): 4
    case UInt8(ascii: "s"): 2
    case UInt8(ascii: "b"): 1
    default: nil
    }
  }

  private static func append(_ word: Int64, _ byteCount: Int, to result: inout [UInt8]) {
    // Linux is little-endian wherever this runs; what differs is told by the compiler.
    #if _endian(little)
      let shifts = Array(0..<byteCount)
    #else
      let shifts = Array((0..<byteCount).reversed())
    #endif
    for index in shifts { result.append(UInt8(truncatingIfNeeded: word >> (8 * index))) }
  }

  private static func append(_ digits: [UInt8], to result: inout [UInt8]) {
    for index in stride(from: 0, to: digits.count - 1, by: 2) {
      result.append((hexadecimal(digits[index]) ?? 0) << 4 | (hexadecimal(digits[index + 1]) ?? 0))
    }
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
