/// Router Advertisement: I am a router, and this is the link. RFC 4861, section 4.2.
/// `RouterAdvertisementView` tells where the bytes are.
public struct RouterAdvertisement: Hashable, Sendable {
  /// The flags of the message; the preference stands among them.
  public struct Flags: OptionSet, Hashable, Sendable {
    /// The byte.
    public let rawValue: UInt8
    /// The flags of a byte.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// M: addresses are given by DHCPv6.
    @inlinable public static var managedAddresses: Flags { Flags(rawValue: 0x80) }
    /// O: other configuration is given by DHCPv6.
    @inlinable public static var otherConfiguration: Flags { Flags(rawValue: 0x40) }
    /// H: a Mobile IPv6 home agent. RFC 6275, section 7.1.
    @inlinable public static var homeAgent: Flags { Flags(rawValue: 0x20) }
    /// P: a proxy. RFC 4389, section 4.1.3.3.
    @inlinable public static var proxy: Flags { Flags(rawValue: 0x04) }
  }

  /// The hop limit that hosts shall use; 0 says nothing.
  public var currentHopLimit: UInt8
  /// Managed, other, and the preference.
  public var flags: Flags
  /// How long the sender is a default router, in seconds; 0 says that it is none.
  public var routerLifetime: UInt16
  /// How long a neighbour counts as reachable, in milliseconds; 0 says nothing.
  public var reachableTime: UInt32
  /// The time between solicitations, in milliseconds; 0 says nothing.
  public var retransmissionTime: UInt32
  /// Prefixes, MTU, the sender's link-layer address and others.
  public var options: [NDPOption]

  /// An advertisement of a router.
  public init(
    currentHopLimit: UInt8 = 0, flags: Flags = [], routerLifetime: UInt16,
    reachableTime: UInt32 = 0, retransmissionTime: UInt32 = 0, options: [NDPOption] = []
  ) {
    self.currentHopLimit = currentHopLimit
    self.flags = flags
    self.routerLifetime = routerLifetime
    self.reachableTime = reachableTime
    self.retransmissionTime = retransmissionTime
    self.options = options
  }

  /// Copies what `view` shows.
  public init(_ view: borrowing RouterAdvertisementView) {
    currentHopLimit = view.currentHopLimit
    flags = view.flags
    routerLifetime = view.routerLifetime
    reachableTime = view.reachableTime
    retransmissionTime = view.retransmissionTime
    options = [NDPOption](view.options)
  }

  /// How much hosts should prefer this router. RFC 4191, section 2.2.
  public var preference: RouterPreference { RouterPreference(flags: flags.rawValue) }

  /// How many bytes follow the ICMPv6 checksum.
  var bodyByteCount: Int { 12 + options.byteCount }

  @_lifetime(output: copy output)
  func writeBody(into output: inout OutputRawSpan) {
    output.append(currentHopLimit)
    output.append(flags.rawValue)
    output.append(routerLifetime)
    output.append(reachableTime)
    output.append(retransmissionTime)
    options.write(into: &output)
  }
}

/// A Router Advertisement read in place. RFC 4861, section 4.2.
///
///      0       1       2               4       5       6               8
///     +-------+-------+---------------+-------+-------+---------------+
///     | 134   | 0     |   checksum    |hop lim|M|O|..|| lifetime, s   |
///     +-------+-------+---------------+-------+-------+---------------+
///     | 8 reachable time, ms          | 12 retransmission time, ms    |
///     +-------------------------------+-------------------------------+
///     | 16 options                                                    |
///     +---------------------------------------------------------------+
public struct RouterAdvertisementView: ~Escapable {
  /// Where the fields are.
  @usableFromInline enum Offset {
    @inlinable static var currentHopLimit: Int { 4 }
    @inlinable static var flags: Int { 5 }
    @inlinable static var routerLifetime: Int { 6 }
    @inlinable static var reachableTime: Int { 8 }
    @inlinable static var retransmissionTime: Int { 12 }
    @inlinable static var options: Int { 16 }
  }

  @usableFromInline internal let span: RawSpan
  /// The options, walked once.
  public let options: NDPOptionsView

  /// Reads the ICMPv6 message that `bytes` hold; type and checksum are taken for granted.
  ///
  /// Throws `WireError` when message or options end early, when an option's length is 0, or
  /// when the code is not 0. RFC 4861, section 6.1.2.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) throws(WireError) {
    try bytes.checkNDPMessage(.routerAdvertisement, fixedByteCount: Offset.options)
    options = try bytes.ndpOptions(from: Offset.options)
    span = bytes
  }

  /// The hop limit that hosts shall use; 0 says nothing.
  @inlinable public var currentHopLimit: UInt8 { span.u8(Offset.currentHopLimit) }

  /// Managed, other, and the preference.
  @inlinable public var flags: RouterAdvertisement.Flags {
    RouterAdvertisement.Flags(rawValue: span.u8(Offset.flags))
  }

  /// How long the sender is a default router, in seconds.
  @inlinable public var routerLifetime: UInt16 { span.u16(Offset.routerLifetime) }

  /// How long a neighbour counts as reachable, in milliseconds; 0 says nothing.
  @inlinable public var reachableTime: UInt32 { span.u32(Offset.reachableTime) }

  /// The time between solicitations, in milliseconds; 0 says nothing.
  @inlinable public var retransmissionTime: UInt32 { span.u32(Offset.retransmissionTime) }
}
