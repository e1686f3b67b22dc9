/// The three flags of IPv4, in the high bits of their byte. RFC 791, section 3.1.
public struct IPv4Flags: OptionSet, Hashable, Sendable {
  /// The byte; only the three high bits are flags.
  public let rawValue: UInt8

  /// The flags of a byte.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Reserved: zero.
  @inlinable public static var reserved: IPv4Flags { IPv4Flags(rawValue: 0x80) }
  /// DF: routers drop the packet rather than cut it.
  @inlinable public static var dontFragment: IPv4Flags { IPv4Flags(rawValue: 0x40) }
  /// MF: a later part of the packet exists.
  @inlinable public static var moreFragments: IPv4Flags { IPv4Flags(rawValue: 0x20) }
}
