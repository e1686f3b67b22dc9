// Numbers in network order within an array of bytes that is changed in place. Whoever calls has checked
// that they are there; an array stops the program otherwise.
extension [UInt8] {
  func number16(_ offset: Int) -> UInt16 {
    UInt16(self[offset]) << 8 | UInt16(self[offset + 1])
  }

  func number(_ offset: Int, bytes: Int) -> UInt64 {
    self[offset..<(offset + bytes)].reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func store(_ value: UInt16, at offset: Int) {
    self[offset] = UInt8(truncatingIfNeeded: value >> 8)
    self[offset + 1] = UInt8(truncatingIfNeeded: value)
  }

  mutating func store(_ value: UInt64, bytes: Int, at offset: Int) {
    for index in 0..<bytes {
      self[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * (bytes - 1 - index)))
    }
  }

  func ipv4Address(_ offset: Int) -> IPv4Address {
    IPv4Address(rawValue: UInt32(truncatingIfNeeded: number(offset, bytes: 4)))
  }

  func ipv6Address(_ offset: Int) -> IPv6Address {
    IPv6Address(high: number(offset, bytes: 8), low: number(offset + 8, bytes: 8))
  }

  func station(_ offset: Int) -> MACAddress { MACAddress(rawValue: number(offset, bytes: 6)) }
}
