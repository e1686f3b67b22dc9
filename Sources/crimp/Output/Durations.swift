extension Duration {
  /// This duration in milliseconds.
  var milliseconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) * 1e3 + Double(attoseconds) / 1e15
  }

  /// A duration of so many seconds, to the nanosecond.
  ///
  /// Without `rounded()`: it calls libm, which the shipped binary would have to open before its first
  /// frame.
  init(seconds: Double) {
    let nanoseconds = seconds * 1e9
    self = .nanoseconds(Int64(nanoseconds + (nanoseconds < 0 ? -0.5 : 0.5)))
  }
}

extension Double {
  /// This number with `digits` after the point, as `printf` would write it, without its locale.
  func rounded(to digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (abs(self) * scale).rounded()
    guard scaled < 1e15 else { return "\(self)" }
    let whole = Int64(scaled) / Int64(scale)
    let sign = self < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(whole)" }
    let fraction = String(Int64(scaled) % Int64(scale))
    let zeros = String(repeating: "0", count: digits - fraction.count)
    return "\(sign)\(whole).\(zeros)\(fraction)"
  }
}
