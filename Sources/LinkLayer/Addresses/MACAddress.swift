/// A 48-bit hardware address of Ethernet, IEEE 802 clause 8.
public struct MACAddress: Hashable, Sendable {
  /// The address in the low 48 bits, its first byte on the wire the highest.
  public let rawValue: UInt64

  /// The address whose 48 bits are the low ones of `rawValue`; the rest is ignored.
  @inlinable public init(rawValue: UInt64) {
    self.rawValue = rawValue & 0xffff_ffff_ffff
  }

  /// The address of six bytes, in the order in which they are written.
  @inlinable public init(
    _ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, _ e: UInt8, _ f: UInt8
  ) {
    let high = UInt64(a) << 40 | UInt64(b) << 32 | UInt64(c) << 24
    self.init(rawValue: high | UInt64(d) << 16 | UInt64(e) << 8 | UInt64(f))
  }

  /// The address that `bytes` hold, or nil when they are not six.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 6 else { return nil }
    self.init(rawValue: bytes.rawBytes.u48(0))
  }

  /// All ones: every station of the link.
  @inlinable public static var broadcast: MACAddress { MACAddress(rawValue: 0xffff_ffff_ffff) }

  /// All zeros.
  @inlinable public static var zero: MACAddress { MACAddress(rawValue: 0) }

  /// The six bytes in the order of the wire.
  public var bytes: [UInt8] {
    (0..<6).map { UInt8(truncatingIfNeeded: rawValue >> UInt64(40 - 8 * $0)) }
  }

  /// Whether the address names a group of stations, broadcast included: the I/G bit.
  @inlinable public var isMulticast: Bool { rawValue & 0x0100_0000_0000 != 0 }

  /// Whether the address is every station of the link.
  @inlinable public var isBroadcast: Bool { rawValue == 0xffff_ffff_ffff }

  /// Whether the address was given by software and not by a vendor: the U/L bit.
  @inlinable public var isLocallyAdministered: Bool { rawValue & 0x0200_0000_0000 != 0 }

  /// The Ethernet group of an IPv4 group: 01-00-5e and its low 23 bits. RFC 1112, section 6.4.
  @inlinable public static func multicast(for group: IPv4Address) -> MACAddress {
    MACAddress(rawValue: 0x0100_5e00_0000 | UInt64(group.rawValue & 0x7f_ffff))
  }

  /// The Ethernet group of an IPv6 group: 33-33 and its low 32 bits. RFC 2464, section 7.
  @inlinable public static func multicast(for group: IPv6Address) -> MACAddress {
    MACAddress(rawValue: 0x3333_0000_0000 | group.low & 0xffff_ffff)
  }
}

extension MACAddress: Comparable {
  /// Orders addresses as numbers, first byte highest.
  @inlinable public static func < (left: MACAddress, right: MACAddress) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension MACAddress: LosslessStringConvertible {
  /// The address in lower case with colons: `aa:bb:cc:dd:ee:ff`.
  public var description: String { AddressText.colonHex(bytes) }

  /// Reads six groups of one or two digits between colons or dashes, three groups of four
  /// between dots (`aabb.ccdd.eeff`), or twelve digits. Returns nil for anything else.
  public init?(_ description: String) {
    let text = Array(description.utf8)
    if text.contains(AddressText.dot) {
      self.init(text, groups: 3, separator: AddressText.dot, digits: 4, bits: 16)
    } else if text.contains(AddressText.dash) {
      self.init(text, groups: 6, separator: AddressText.dash, digits: 2, bits: 8)
    } else if text.contains(AddressText.colon) {
      self.init(text, groups: 6, separator: AddressText.colon, digits: 2, bits: 8)
    } else {
      guard text.count == 12, let value = AddressText.hexNumber(text, upTo: 12) else { return nil }
      self.init(rawValue: value)
    }
  }

  private init?(_ text: [UInt8], groups: Int, separator: UInt8, digits: Int, bits: UInt64) {
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    guard parts.count == groups else { return nil }
    var value: UInt64 = 0
    for part in parts {
      guard let group = AddressText.hexNumber(part, upTo: digits) else { return nil }
      value = value << bits | group
    }
    self.init(rawValue: value)
  }
}
