internal import Glibc

/// Numbers as C reads and prints them.
enum Numbers {
  /// atoi(3): leading digits, 0 if there are none, cut to 32 bits.
  static func integer(_ text: String) -> Int {
    Int(Int32(truncatingIfNeeded: unsafe strtol(text, nil, 10)))
  }

  /// atof(3), held within what a `Duration` of seconds can be.
  static func seconds(_ text: String) -> Double {
    let value = unsafe strtod(text, nil)
    return value.isNaN ? 0 : min(max(value, -1e9), 1e9)
  }

  /// printf's `%.3f` of `thousandths`/1000.
  static func fixed(thousandths: Int64) -> String {
    let digits = String(thousandths.magnitude)
    let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return (thousandths < 0 ? "-" : "") + padded.dropLast(3) + "." + padded.suffix(3)
  }

  /// printf's `%.3f` of a number that is small enough.
  static func fixed(_ value: Double) -> String {
    guard value.isFinite, value.magnitude < 1e15 else {
      return value.sign == .minus ? "-nan" : "nan"
    }
    return fixed(thousandths: Int64((value * 1000).rounded(.toNearestOrEven)))
  }

  /// printf's `%3.0f`.
  static func percent(_ value: Double) -> String {
    guard value.isFinite else { return "-nan" }
    let digits = String(Int64(value.rounded(.toNearestOrEven)))
    return String(repeating: " ", count: max(0, 3 - digits.count)) + digits
  }
}
