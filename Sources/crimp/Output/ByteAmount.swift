/// An amount of bytes as people read it, in the binary units of IEC 60027-2: `712 B`, `1.50 KiB`, `12.3 MiB`.
struct ByteAmount: CustomStringConvertible {
  let count: UInt64

  init(_ count: UInt64) {
    self.count = count
  }

  private static let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]

  /// Three digits at least, rounded down: never more than there was.
  var description: String {
    guard count >= 1024 else { return "\(count) B" }
    // The unit in which it is at least 1 and less than 1024.
    let index = (63 - count.leadingZeroBitCount) / 10
    let unit = UInt64(1) << UInt64(index * 10)
    let (whole, rest) = count.quotientAndRemainder(dividingBy: unit)
    let places: UInt64 = whole < 10 ? 100 : whole < 100 ? 10 : 1
    guard places > 1 else { return "\(whole) \(Self.units[index - 1])" }
    // The remainder is below 2⁶⁰ and shortened first, so that nothing overflows.
    let fraction = ((rest >> UInt64(index * 10 - 10)) * places) >> 10
    let digits = String(fraction)
    let padded = String(repeating: "0", count: (places == 100 ? 2 : 1) - digits.count) + digits
    return "\(whole).\(padded) \(Self.units[index - 1])"
  }
}

/// Bytes and the time that they took.
struct Throughput: CustomStringConvertible {
  let byteCount: UInt64
  let duration: Duration

  /// Bytes a second; all of them when no time has passed.
  var bytesPerSecond: UInt64 {
    let parts = duration.components
    let microseconds = Double(parts.seconds) * 1e6 + Double(parts.attoseconds) / 1e12
    guard microseconds >= 1 else { return byteCount }
    let rate = Double(byteCount) / microseconds * 1e6
    return rate < 1.8e19 ? UInt64(rate) : .max
  }

  /// The amount and the rate: `12.3 MiB, 1.50 MiB/s`.
  var description: String { "\(ByteAmount(byteCount)), \(ByteAmount(bytesPerSecond))/s" }
}
