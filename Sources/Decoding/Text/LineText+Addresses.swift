public import LinkLayer

/// Addresses, in the forms of their descriptions, without a string between.
extension LineText {
  /// Appends an Ethernet address: `02:00:00:00:00:0a`.
  public mutating func append(_ address: MACAddress) {
    var shift: UInt64 = 40
    while true {
      append(hex: address.rawValue >> shift & 0xff, width: 2)
      guard shift > 0 else { return }
      append(character: ":")
      shift -= 8
    }
  }

  /// Appends an IPv4 address.
  public mutating func append(_ address: IPv4Address) {
    let value = UInt64(address.rawValue)
    append(decimal: value >> 24)
    append(character: ".")
    append(decimal: value >> 16 & 0xff)
    append(character: ".")
    append(decimal: value >> 8 & 0xff)
    append(character: ".")
    append(decimal: value & 0xff)
  }

  /// Appends an IPv6 address in the form of RFC 5952, section 4: the longest run of zero groups
  /// left out, the first of equal ones; an IPv4-mapped address ends in dots.
  public mutating func append(_ address: IPv6Address) {
    if address.high == 0, address.low >> 32 == 0xffff {
      append("::ffff:")
      append(IPv4Address(rawValue: UInt32(truncatingIfNeeded: address.low)))
      return
    }
    let run = LineText.longestZeroRun(address)
    var index = 0
    while index < 8 {
      if index == run.lowerBound, !run.isEmpty {
        append("::")
        index = run.upperBound
        continue
      }
      append(hex: UInt64(LineText.group(index, of: address)))
      index += 1
      if index < 8, index != run.lowerBound { append(character: ":") }
    }
  }

  /// Appends bytes as pairs of digits with colons between.
  public mutating func append(colonHex bytes: RawSpan) {
    for offset in 0..<bytes.byteCount {
      if offset > 0 { append(character: ":") }
      append(hex: UInt64(bytes.u8(offset)), width: 2)
    }
  }

  private static func group(_ index: Int, of address: IPv6Address) -> UInt16 {
    let half = index < 4 ? address.high : address.low
    return UInt16(truncatingIfNeeded: half >> UInt64(48 - 16 * (index & 3)))
  }

  private static func longestZeroRun(_ address: IPv6Address) -> Range<Int> {
    var longest = 8..<8
    var start = 0
    for index in 0..<8 {
      guard group(index, of: address) == 0 else {
        start = index + 1
        continue
      }
      if index - start >= 1, index + 1 - start > longest.count { longest = start..<index + 1 }
    }
    return longest
  }
}
