/// A 32-bit address of IPv4, RFC 791.
public struct IPv4Address: Hashable, Sendable {
  /// The address, its first byte on the wire the highest.
  public let rawValue: UInt32

  /// The address of a 32-bit number.
  @inlinable public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// The address of four bytes, in the order in which they are written.
  @inlinable public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
    rawValue = UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d)
  }

  /// The address that `bytes` hold, or nil when they are not four.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 4 else { return nil }
    self.init(rawValue: bytes.rawBytes.u32(0))
  }

  /// 0.0.0.0: no address.
  @inlinable public static var unspecified: IPv4Address { IPv4Address(rawValue: 0) }

  /// 255.255.255.255: every host of the link.
  @inlinable public static var broadcast: IPv4Address { IPv4Address(rawValue: 0xffff_ffff) }

  /// The four bytes in the order of the wire.
  public var bytes: [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: rawValue >> UInt32(24 - 8 * $0)) }
  }

  /// Whether this is 0.0.0.0.
  @inlinable public var isUnspecified: Bool { rawValue == 0 }

  /// Whether the address is of 127.0.0.0/8, RFC 1122, section 3.2.1.3.
  @inlinable public var isLoopback: Bool { rawValue >> 24 == 127 }

  /// Whether the address is of 169.254.0.0/16, RFC 3927.
  @inlinable public var isLinkLocal: Bool { rawValue >> 16 == 0xa9fe }

  /// Whether the address is of 224.0.0.0/4, RFC 1112.
  @inlinable public var isMulticast: Bool { rawValue >> 28 == 0xe }
}

extension IPv4Address: Comparable {
  /// Orders addresses as numbers.
  @inlinable public static func < (left: IPv4Address, right: IPv4Address) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension IPv4Address: LosslessStringConvertible {
  /// The address as four decimal numbers: `192.0.2.1`.
  public var description: String {
    var text: [UInt8] = []
    appendText(to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads four decimal numbers from 0 to 255 between dots, without leading zeros: nothing that
  /// another reader could take as octal or as fewer numbers. Returns nil for anything else.
  public init?(_ description: String) {
    self.init(text: description.utf8)
  }

  init?<Text: Collection>(text: Text) where Text.Element == UInt8 {
    var value: UInt32 = 0
    var rest = text[...]
    for index in 0..<4 {
      let end = index < 3 ? rest.firstIndex(of: AddressText.dot) : rest.endIndex
      guard let end, let number = AddressText.decimalNumber(rest[..<end], upTo: 255) else {
        return nil
      }
      value = value << 8 | UInt32(number)
      rest = rest[end...].dropFirst()
    }
    self.init(rawValue: value)
  }

  func appendText(to text: inout [UInt8]) {
    for (index, byte) in bytes.enumerated() {
      if index > 0 { text.append(AddressText.dot) }
      AddressText.appendDecimal(byte, to: &text)
    }
  }
}
