/// A link's own address, of any kind of link: 6 bytes on Ethernet, 20 on InfiniBand, at most 32
/// as in Linux (`MAX_ADDR_LEN`), none where a link has none. Held in place, without an array.
public struct HardwareAddress: Hashable, Sendable {
  /// The longest address, in bytes.
  @inlinable public static var maximumCount: Int { 32 }

  // The bytes, the first one highest in `word0`; what is beyond `count` is zero, so that two
  // equal addresses have equal words.
  @usableFromInline internal var word0: UInt64
  @usableFromInline internal var word1: UInt64
  @usableFromInline internal var word2: UInt64
  @usableFromInline internal var word3: UInt64
  @usableFromInline internal var length: UInt8

  /// The address of no bytes.
  @inlinable public init() {
    (word0, word1, word2, word3, length) = (0, 0, 0, 0, 0)
  }

  /// The six bytes of an Ethernet address.
  @inlinable public init(_ address: MACAddress) {
    (word0, word1, word2, word3, length) = (address.rawValue << 16, 0, 0, 0, 6)
  }

  /// The address that `bytes` hold, or nil when there are more than 32.
  public init?(bytes: [UInt8]) {
    self.init(bytes.rawBytes)
  }

  /// The address that `bytes` hold, or nil when there are more than 32.
  @inlinable public init?(_ bytes: RawSpan) {
    guard bytes.byteCount <= HardwareAddress.maximumCount else { return nil }
    self.init(prefix: bytes)
  }

  /// The address of the first 32 of `bytes`, or of as many as there are.
  @inlinable @inline(__always)
  internal init(prefix bytes: RawSpan) {
    guard bytes.byteCount != 6 else {
      self.init(MACAddress(rawValue: bytes.u48(0)))
      return
    }
    self.init(longPrefix: bytes)
  }

  @usableFromInline
  internal init(longPrefix bytes: RawSpan) {
    self.init()
    let count = min(bytes.byteCount, HardwareAddress.maximumCount)
    for index in 0..<count { set(index, bytes.u8(index)) }
    length = UInt8(truncatingIfNeeded: count)
  }

  /// The address of `count` equal bytes; `count` is held between 0 and 32.
  @inlinable public init(repeating byte: UInt8, count: Int) {
    self.init()
    length = UInt8(max(0, min(count, HardwareAddress.maximumCount)))
    for index in 0..<Int(length) { set(index, byte) }
  }

  /// How many bytes the address has.
  @inlinable public var count: Int { Int(length) }

  /// Whether every byte is zero.
  @inlinable public var isZero: Bool { word0 | word1 | word2 | word3 == 0 }

  /// The byte at `index`, which must be less than `count`.
  @inlinable public subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < count, "the address has no such byte")
    let shift = UInt64(56 - 8 * (index & 7))
    return UInt8(truncatingIfNeeded: word(index >> 3) >> shift)
  }

  /// The bytes in the order of the wire.
  public var bytes: [UInt8] {
    (0..<count).map { self[$0] }
  }

  /// The address as one of Ethernet, or nil when it has not six bytes.
  @inlinable public var macAddress: MACAddress? {
    length == 6 ? MACAddress(rawValue: word0 >> 16) : nil
  }

  /// The same address cut to, or filled with zeros to, `count` bytes, which is held between 0
  /// and 32.
  @inlinable public func resized(to count: Int) -> HardwareAddress {
    guard count != self.count else { return self }
    var result = HardwareAddress()
    result.length = UInt8(max(0, min(count, HardwareAddress.maximumCount)))
    for index in 0..<min(Int(result.length), self.count) { result.set(index, self[index]) }
    return result
  }

  /// Appends the bytes.
  @inlinable
  @_lifetime(output: copy output)
  internal func write(into output: inout OutputRawSpan) {
    if length == 6 {
      output.append(u48: word0 >> 16)
    } else {
      for index in 0..<count { output.append(self[index]) }
    }
  }

  @inlinable internal func word(_ index: Int) -> UInt64 {
    switch index {
    case 0: word0
    case 1: word1
    case 2: word2
    default: word3
    }
  }

  @inlinable internal mutating func set(_ index: Int, _ byte: UInt8) {
    let bits = UInt64(byte) << UInt64(56 - 8 * (index & 7))
    switch index >> 3 {
    case 0: word0 |= bits
    case 1: word1 |= bits
    case 2: word2 |= bits
    default: word3 |= bits
    }
  }
}

extension HardwareAddress: LosslessStringConvertible {
  /// The address in lower case with colons: `aa:bb:cc:dd:ee:ff`.
  public var description: String { AddressText.colonHex(bytes) }

  /// Reads groups of one or two hexadecimal digits between colons, at most 32, or any form of a
  /// `MACAddress`; an empty text is the address of no bytes. Returns nil for anything else.
  public init?(_ description: String) {
    if let address = MACAddress(description) {
      self.init(address)
      return
    }
    self.init()
    guard !description.isEmpty else { return }
    let parts = description.utf8.split(
      separator: AddressText.colon, omittingEmptySubsequences: false)
    guard parts.count <= HardwareAddress.maximumCount else { return nil }
    for (index, part) in parts.enumerated() {
      guard let byte = AddressText.hexNumber(part, upTo: 2) else { return nil }
      set(index, UInt8(truncatingIfNeeded: byte))
    }
    length = UInt8(parts.count)
  }
}
