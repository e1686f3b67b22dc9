/// A more specific route, as a router tells it. RFC 4191, section 2.3.
///
///      0       1       2       3       4               8
///     +-------+-------+-------+-------+-------------------------------+
///     | 24    | 1...3 |length |. Prf .| 4 lifetime, s                 |
///     +-------+-------+-------+-------+-------------------------------+
///     | 8 prefix: 0, 8 or 16 bytes                                    |
///     +---------------------------------------------------------------+
public struct RouteInformation: Hashable, Sendable {
  /// How many bits of `prefix` count, as told: a value above 128 means nothing.
  public var prefixLength: UInt8
  /// The byte whose middle bits (0x18) are the preference.
  public var flags: UInt8
  /// How long the route holds, in seconds; all ones for ever.
  public var lifetime: UInt32
  /// Where the route leads.
  public var prefix: IPv6Address

  /// A route of these fields.
  public init(prefixLength: UInt8, flags: UInt8 = 0, lifetime: UInt32, prefix: IPv6Address) {
    self.prefixLength = prefixLength
    self.flags = flags
    self.lifetime = lifetime
    self.prefix = prefix
  }

  /// How sure the router is of the route.
  public var preference: RouterPreference { RouterPreference(flags: flags) }

  /// Reads the bytes behind an option's length; nil when they are not of one of the three forms.
  init?(body: RawSpan) {
    switch body.byteCount {
    case 6: prefix = .unspecified
    case 14: prefix = IPv6Address(high: body.u64(6), low: 0)
    case 22: prefix = body.ipv6Address(6)
    default: return nil
    }
    prefixLength = body.u8(0)
    flags = body.u8(1)
    lifetime = body.u32(2)
  }

  /// The bytes behind the length: as few as hold the prefix, and the bits that it promises.
  var bodyByteCount: Int {
    if prefix.low != 0 || prefixLength > 64 { return 22 }
    return prefix.high != 0 || prefixLength > 0 ? 14 : 6
  }

  @_lifetime(output: copy output)
  func writeBody(into output: inout OutputRawSpan) {
    output.append(prefixLength)
    output.append(flags)
    output.append(lifetime)
    if bodyByteCount > 6 { output.append(prefix.high) }
    if bodyByteCount > 14 { output.append(prefix.low) }
  }
}

/// How sure a router is of itself or of a route: a two-bit number. RFC 4191, section 2.1.
public enum RouterPreference: UInt8, Hashable, Sendable {
  /// Neither preferred nor avoided.
  case medium = 0
  /// Preferred over medium.
  case high = 1
  /// Not to be sent; taken as medium.
  case reserved = 2
  /// Avoided while there is another.
  case low = 3

  /// The preference in bits 0x18 of a flags byte.
  public init(flags: UInt8) {
    self =
      switch flags >> 3 & 3 {
      case 0: .medium
      case 1: .high
      case 2: .reserved
      default: .low
      }
  }
}
