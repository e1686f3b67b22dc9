/// Text of strangers, fit for a terminal and a log.
public enum PlainText {
  /// The first line of `bytes` as text: control characters and what is no UTF-8 left out, at most
  /// `limit` characters.
  public static func line(_ bytes: some Sequence<UInt8>, limit: Int = 120) -> String {
    let skipped = Array(bytes).drop { $0 == 0x0a || $0 == 0x0d || $0 == 0x20 }
    let line = skipped.prefix { $0 != 0x0a && $0 != 0x0d }
    let scalars = String(decoding: line, as: UTF8.self).unicodeScalars.filter(isHarmless)
    return String(String(String.UnicodeScalarView(scalars)).prefix(limit))
  }

  /// Neither controls nor what changes a line's direction or hides in it.
  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
      .unassigned:
      false
    default: scalar != "\u{fffd}"
    }
  }
}

extension UInt64 {
  /// The number as 16 hexadecimal digits.
  var hexadecimal: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
