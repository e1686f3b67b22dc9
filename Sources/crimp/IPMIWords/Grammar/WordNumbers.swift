import IPMI

/// Numbers among the words, read as ipmitool reads them: 0x before hexadecimal digits, 0 before octal
/// ones.
enum WordNumber {
  /// The number, or nil when `text` is none of this type.
  static func parse<Integer: FixedWidthInteger>(
    _ text: String, as type: Integer.Type = Integer.self
  ) -> Integer? {
    var digits = text[...]
    let isNegative = digits.first == "-"
    if isNegative || digits.first == "+" { digits = digits.dropFirst() }
    guard digits.first?.isHexDigit == true else { return nil }
    var radix = 10
    if digits.hasPrefix("0x") || digits.hasPrefix("0X") {
      (radix, digits) = (16, digits.dropFirst(2))
    } else if digits.first == "0", digits.utf8.count > 1 {
      (radix, digits) = (8, digits.dropFirst())
    }
    guard digits.first?.isHexDigit == true else { return nil }
    return Integer((isNegative ? "-" : "") + digits, radix: radix)
  }
}

extension WordReader {
  /// Reads `word` as a channel's number: 0 to 11, 14 or 15.
  static func channel(_ word: String) throws(WordsEnd) -> ChannelNumber {
    guard let number = WordNumber.parse(word, as: UInt8.self), number <= 11 || (14...15) ~= number
    else {
      throw .wrong(
        "channel \(word): expected 0 to 11, 14 or 15",
        """
        Given Channel number '\(word)' is either invalid or out of range.
        Channel number must be from ranges: <0x0..0xB>, <0xE..0xF>
        """)
    }
    return ChannelNumber(rawValue: number)
  }

  /// Reads `word` as a user's number: 1 to 63.
  static func userID(_ word: String) throws(WordsEnd) -> UInt8 {
    guard let number = WordNumber.parse(word, as: UInt8.self), (1...63) ~= number else {
      throw .wrong(
        "user \(word): expected 1 to 63",
        """
        Given User ID '\(word)' is either invalid or out of range.
        User ID is limited to range <1..63>.
        """)
    }
    return number
  }

  /// Reads `word` as a limit of privilege levels: 1 to 5, or 15.
  static func privilegeLimit(_ word: String) throws(WordsEnd) -> PrivilegeLimit {
    guard let number = WordNumber.parse(word, as: UInt8.self), (1...5) ~= number || number == 15
    else {
      throw .wrong(
        "privilege level \(word): expected 1 to 5, or 15",
        """
        Given Privilege Limit '\(word)' is invalid.
        Privilege Limit is limited to <0x1..0x5> and <0xF>.
        """)
    }
    return PrivilegeLimit(rawValue: number)
  }
}
