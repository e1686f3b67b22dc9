import Glibc

extension Double {
  /// The number with `digits` behind the point, rounded as printf(3) does: to the nearest that the
  /// binary number itself has, and half way to the even digit.
  func fixed(_ digits: Int) -> String {
    var buffer = [CChar](repeating: 0, count: 384)
    let count = unsafe withVaList([CInt(clamping: digits), self]) { arguments in
      unsafe vsnprintf(&buffer, buffer.count, "%.*f", arguments)
    }
    let bytes = buffer.prefix(Int(max(0, count))).prefix { $0 != 0 }
    return String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The number without a point when it is whole, else with `digits` behind it.
  func brief(_ digits: Int) -> String {
    fixed(isWhole ? 0 : digits)
  }

  /// Whether there is nothing behind the point.
  private var isWhole: Bool {
    magnitude < 2_147_483_648 && rounded(.towardZero) == self
  }

  /// The number, or nil for one that JSON cannot tell.
  var ifFinite: Double? { isFinite ? self : nil }
}
