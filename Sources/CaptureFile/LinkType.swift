/// What the first bytes of a captured frame are: a LINKTYPE_ value, as files carry it.
///
/// These are the numbers of the file formats; a few differ from the DLT_ values of libpcap's
/// programming interface. Values without a name here are read and written all the same.
/// See <https://www.tcpdump.org/linktypes.html>.
public struct LinkType: RawRepresentable, Hashable, Sendable {
  /// The number in the file.
  public var rawValue: UInt16

  /// Any number, named here or not.
  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// BSD loopback: a 4-byte protocol family in the byte order of the capturing machine.
  public static let null = LinkType(rawValue: 0)
  /// Ethernet, without preamble and usually without frame check sequence.
  public static let ethernet = LinkType(rawValue: 1)
  /// An IPv4 or IPv6 packet, told apart by its first four bits.
  public static let raw = LinkType(rawValue: 101)
  /// IEEE 802.11 without radio information.
  public static let ieee80211 = LinkType(rawValue: 105)
  /// Linux "cooked" capture, a 16-byte header.
  public static let linuxCooked = LinkType(rawValue: 113)
  /// IEEE 802.11 behind a radiotap header.
  public static let radiotap = LinkType(rawValue: 127)
  /// An IPv4 packet.
  public static let ipv4 = LinkType(rawValue: 228)
  /// An IPv6 packet.
  public static let ipv6 = LinkType(rawValue: 229)
  /// IP over InfiniBand, RFC 4391, section 6, behind the 40 bytes of a global routing header.
  public static let ipOverInfiniBand = LinkType(rawValue: 242)
  /// InfiniBand, from the local routing header.
  public static let infiniBand = LinkType(rawValue: 247)
  /// Linux netlink messages behind a 16-byte cooked header.
  public static let netlink = LinkType(rawValue: 253)
  /// Linux "cooked" capture, version 2, a 20-byte header that names the interface.
  public static let linuxCooked2 = LinkType(rawValue: 276)
}
