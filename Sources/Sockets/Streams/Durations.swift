extension Duration {
  /// In seconds, rounded up: a timeout never ends early.
  var wholeSeconds: Int64 { components.seconds + (components.attoseconds > 0 ? 1 : 0) }

  /// In milliseconds, rounded up, and held at the ends of `Int64`.
  var wholeMilliseconds: Int64 {
    let (whole, overflow) = components.seconds.multipliedReportingOverflow(by: 1000)
    guard !overflow else { return components.seconds < 0 ? .min : .max }
    let unit: Int64 = 1_000_000_000_000_000
    let part = components.attoseconds / unit + (components.attoseconds % unit > 0 ? 1 : 0)
    return whole.addingReportingOverflow(part).partialValue
  }
}
