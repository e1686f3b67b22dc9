import Glibc

/// A decimal number within bounds, and what is wrong with one, as strtonum(3) has it.
enum DecimalNumber {
  /// What is wrong with a number.
  enum Failure: Error {
    case invalid
    case tooSmall
    case tooLarge

    var words: String {
      switch self {
      case .invalid: "invalid"
      case .tooSmall: "too small"
      case .tooLarge: "too large"
      }
    }
  }

  /// Blanks, a sign and digits: nothing else, and not less.
  static func read(_ text: String, in range: ClosedRange<Int>) throws(Failure) -> Int {
    var rest = Substring(text).drop { $0 == " " || ("\t"..."\r").contains($0) }
    let isNegative = rest.first == "-"
    if isNegative || rest.first == "+" { rest.removeFirst() }
    let isNumber = rest.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard !rest.isEmpty, isNumber else { throw .invalid }
    guard let magnitude = Int(rest) else { throw isNegative ? .tooSmall : .tooLarge }
    let number = isNegative ? -magnitude : magnitude
    if number < range.lowerBound { throw .tooSmall }
    if number > range.upperBound { throw .tooLarge }
    return number
  }
}
