/// Bytes for people, by the powers of 1024 of IEC 60027-2: `512 B`, `1.5 KiB`, `20 GiB`.
enum ByteCount {
  private static let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]

  /// Three digits at most, and the unit.
  static func text(_ count: UInt64) -> String {
    guard count >= 1024 else { return "\(count) B" }
    // Tenths of the unit; what is below them is cut.
    var (tenths, unit) = (count >= 1 << 60 ? count / 1024 * 10 : count * 10 / 1024, 0)
    while tenths >= 10_240, unit < units.count - 1 {
      tenths /= 1024
      unit += 1
    }
    return tenths < 1000
      ? "\(tenths / 10).\(tenths % 10) \(units[unit])" : "\(tenths / 10) \(units[unit])"
  }
}
