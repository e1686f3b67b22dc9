/// A number as people write it for sizes and rates: digits, with or without `k`, `M`, `G` or `T` behind
/// them; `K`, `m`, `g` and `t` are taken for those.
enum ScaledNumber {
  /// Reads `text`.
  ///
  /// - Parameters:
  ///   - base: what a `k` stands for, 1000 or 1024; an `M` stands for its square.
  ///   - digits: what the digits may say when a unit follows them, and without one.
  /// - Returns: nil when it is no such number.
  static func read(
    _ text: String, base: Int, scaled: ClosedRange<Int>, plain: ClosedRange<Int>
  ) -> Int? {
    let power = text.last.flatMap { Array("kmgt").firstIndex(of: Character($0.lowercased())) }
    guard let power else { return Int(text).flatMap { plain.contains($0) ? $0 : nil } }
    guard var product = Int(text.dropLast()), scaled.contains(product) else { return nil }
    for _ in 0...power {
      let (next, overflows) = product.multipliedReportingOverflow(by: base)
      guard !overflows else { return nil }
      product = next
    }
    return product
  }
}
