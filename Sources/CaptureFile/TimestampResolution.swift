/// How many ticks a second has in an interface's timestamps: if_tsresol, pcapng draft section 4.2.
///
/// ```text
///  0 1 2 3 4 5 6 7
/// +-+-------------+
/// |B|  exponent   |   B = 0: a tick is 10^-exponent s; B = 1: it is 2^-exponent s
/// +-+-------------+
/// ```
public struct TimestampResolution: RawRepresentable, Hashable, Sendable {
  /// The byte of the option.
  public var rawValue: UInt8

  /// Any byte is a resolution.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// 10^-6 s: what holds when an interface says nothing.
  public static let microseconds = TimestampResolution(rawValue: 6)
  /// 10^-9 s.
  public static let nanoseconds = TimestampResolution(rawValue: 9)

  /// Ticks of 10^-`exponent` s; only the low seven bits of the exponent count.
  public static func decimal(_ exponent: UInt8) -> TimestampResolution {
    TimestampResolution(rawValue: exponent & 0x7f)
  }

  /// Ticks of 2^-`exponent` s; only the low seven bits of the exponent count.
  public static func binary(_ exponent: UInt8) -> TimestampResolution {
    TimestampResolution(rawValue: exponent | 0x80)
  }

  fileprivate var exponent: Int { Int(rawValue & 0x7f) }
  fileprivate var isBinary: Bool { rawValue & 0x80 != 0 }

  /// 10^exponent, or nil when that is more than 64 bits hold.
  fileprivate static func powerOfTen(_ exponent: Int) -> UInt64? {
    guard exponent <= 19 else { return nil }
    return (0..<exponent).reduce(1) { power, _ in power * 10 }
  }

  /// The tick count of a time, or nil when 64 bits do not hold it: it is before the offset, or too
  /// far after it for so fine a tick.
  func ticks(_ timestamp: CaptureTimestamp, offset: Int64) -> UInt64? {
    let (since, overflow) = timestamp.seconds.subtractingReportingOverflow(offset)
    guard !overflow, let seconds = UInt64(exactly: since) else { return nil }
    guard let perSecond = isBinary ? Self.powerOfTwo(exponent) : Self.powerOfTen(exponent) else {
      return nil
    }
    let (whole, tooMany) = seconds.multipliedReportingOverflow(by: perSecond)
    let wide = UInt64(timestamp.nanoseconds).multipliedFullWidth(by: perSecond)
    var (fraction, rest) = UInt64(1_000_000_000).dividingFullWidth(wide)
    // A binary tick shorter than a nanosecond is rounded up, so that reading, which rounds down,
    // gives the same nanosecond back.
    if rest > 0, perSecond > 1_000_000_000 { fraction += 1 }
    let (ticks, pastEnd) = whole.addingReportingOverflow(fraction)
    return tooMany || pastEnd ? nil : ticks
  }

  private static func powerOfTwo(_ exponent: Int) -> UInt64? {
    exponent < 64 ? 1 << UInt64(exponent) : nil
  }
}

/// Tells times from tick counts: what that takes, worked out once for an interface.
struct TickClock {
  private let resolution: TimestampResolution
  private let offset: Int64
  /// How many ticks a decimal second has; nil when 64 bits do not hold it.
  private let ticksPerSecond: UInt64?
  /// Nil when a tick is less than a nanosecond.
  private let nanosecondsPerTick: UInt64?

  init(_ resolution: TimestampResolution, offset: Int64) {
    self.resolution = resolution
    self.offset = offset
    let exponent = resolution.exponent
    ticksPerSecond = TimestampResolution.powerOfTen(exponent)
    nanosecondsPerTick = exponent <= 9 ? TimestampResolution.powerOfTen(9 - exponent) : nil
  }

  /// The time that a tick count says. Fractions of a nanosecond are dropped; a time beyond the
  /// seconds of `Int64` is the last one.
  func timestamp(ticks: UInt64) -> CaptureTimestamp {
    let (whole, nanoseconds) = resolution.isBinary ? binarySplit(ticks) : decimalSplit(ticks)
    let (seconds, overflow) = Int64(clamping: whole).addingReportingOverflow(offset)
    return CaptureTimestamp(seconds: overflow ? .max : seconds, nanoseconds: nanoseconds)
  }

  private func decimalSplit(_ ticks: UInt64) -> (UInt64, UInt32) {
    guard let ticksPerSecond else {
      // 2^64 ticks are less than a second.
      let perNanosecond = TimestampResolution.powerOfTen(resolution.exponent - 9)
      guard let perNanosecond else { return (0, 0) }
      return (0, UInt32(truncatingIfNeeded: ticks / perNanosecond))
    }
    let (whole, fraction) = ticks.quotientAndRemainder(dividingBy: ticksPerSecond)
    if let nanosecondsPerTick {
      return (whole, UInt32(truncatingIfNeeded: fraction &* nanosecondsPerTick))
    }
    let wide = fraction.multipliedFullWidth(by: 1_000_000_000)
    return (whole, UInt32(truncatingIfNeeded: ticksPerSecond.dividingFullWidth(wide).quotient))
  }

  private func binarySplit(_ ticks: UInt64) -> (UInt64, UInt32) {
    let exponent = resolution.exponent
    guard exponent < 64 else {
      let high = ticks.multipliedFullWidth(by: 1_000_000_000).high
      return (0, UInt32(truncatingIfNeeded: high >> UInt64(exponent - 64)))
    }
    let fraction = ticks & ((1 << UInt64(exponent)) - 1)
    let (high, low) = fraction.multipliedFullWidth(by: 1_000_000_000)
    let nanoseconds = exponent == 0 ? 0 : high << UInt64(64 - exponent) | low >> UInt64(exponent)
    return (ticks >> UInt64(exponent), UInt32(truncatingIfNeeded: nanoseconds))
  }
}
