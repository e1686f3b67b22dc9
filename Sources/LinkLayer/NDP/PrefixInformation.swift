/// A prefix of the link, as a router tells it. RFC 4861, section 4.6.2.
///
///      0       1       2       3       4               8
///     +-------+-------+-------+-------+---------------+---------------+
///     | 3     | 4     |length |L|A|R|.| 4 valid lifetime, s           |
///     +-------+-------+-------+-------+---------------+---------------+
///     | 8 preferred lifetime, s       | 12 reserved                   |
///     +-------------------------------+-------------------------------+
///     | 16 prefix, 16 bytes                                           |
///     +---------------------------------------------------------------+
public struct PrefixInformation: Hashable, Sendable {
  /// The flags of the option.
  public struct Flags: OptionSet, Hashable, Sendable {
    /// The byte.
    public let rawValue: UInt8
    /// The flags of a byte.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// L: addresses of the prefix are on the link.
    @inlinable public static var onLink: Flags { Flags(rawValue: 0x80) }
    /// A: hosts make addresses of the prefix.
    @inlinable public static var autonomous: Flags { Flags(rawValue: 0x40) }
    /// R: the prefix is the router's whole address. RFC 6275, section 7.2.
    @inlinable public static var routerAddress: Flags { Flags(rawValue: 0x20) }
  }

  /// A lifetime without end.
  @inlinable public static var infinity: UInt32 { 0xffff_ffff }

  /// How many bits of `prefix` count, as told: a value above 128 means nothing.
  public var prefixLength: UInt8
  /// On-link, autonomous and others.
  public var flags: Flags
  /// How long the prefix is on the link, in seconds.
  public var validLifetime: UInt32
  /// How long addresses of the prefix are preferred, in seconds.
  public var preferredLifetime: UInt32
  /// The prefix.
  public var prefix: IPv6Address

  /// A prefix of these fields.
  public init(
    prefixLength: UInt8, flags: Flags, validLifetime: UInt32, preferredLifetime: UInt32,
    prefix: IPv6Address
  ) {
    self.prefixLength = prefixLength
    self.flags = flags
    self.validLifetime = validLifetime
    self.preferredLifetime = preferredLifetime
    self.prefix = prefix
  }

  /// Reads the 30 bytes behind an option's length; nil when there are not as many.
  init?(body: RawSpan) {
    guard body.byteCount == 30 else { return nil }
    prefixLength = body.u8(0)
    flags = Flags(rawValue: body.u8(1))
    validLifetime = body.u32(2)
    preferredLifetime = body.u32(6)
    prefix = body.ipv6Address(14)
  }

  @_lifetime(output: copy output)
  func writeBody(into output: inout OutputRawSpan) {
    output.append(prefixLength)
    output.append(flags.rawValue)
    output.append(validLifetime)
    output.append(preferredLifetime)
    output.append(0 as UInt32)
    prefix.write(into: &output)
  }
}
