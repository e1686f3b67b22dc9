/// An interface that frames of a capture were seen on: an interface description block of pcapng
/// (draft section 4.2), or what the header of a pcap file says for all its frames.
///
/// A value of nil or an empty list means that the file does not say.
public struct CaptureInterface: Hashable, Sendable {
  /// What the frames begin with.
  public var linkType: LinkType
  /// The most bytes of a frame that were kept; 0 is no limit.
  public var snapLength: UInt32
  /// The name, such as "eth0" (if_name).
  public var name: String?
  /// What a person called it (if_description).
  public var description: String?
  /// The capture filter, in the language of libpcap (if_filter with code 0).
  public var filter: String?
  /// The hardware address, 6 bytes (if_MACaddr).
  public var hardwareAddress: [UInt8]?
  /// IPv4 addresses: 4 bytes of address and 4 of netmask each (if_IPv4addr).
  public var ipv4Addresses: [[UInt8]] = []
  /// IPv6 addresses: 16 bytes of address and 1 of prefix length each (if_IPv6addr).
  public var ipv6Addresses: [[UInt8]] = []
  /// Bits per second (if_speed).
  public var speed: UInt64?
  /// The length of a tick of the timestamps (if_tsresol).
  public var timestampResolution: TimestampResolution
  /// Seconds to add to every timestamp in the file (if_tsoffset). Frames that are read have it added.
  public var timestampOffset: Int64 = 0
  /// The operating system of the machine (if_os).
  public var operatingSystem: String?
  /// The device's make and model (if_hardware).
  public var hardware: String?
  /// How many bytes of frame check sequence end every frame (if_fcslen).
  public var frameCheckSequenceLength: UInt8?
  /// Notes by people or programs (opt_comment).
  public var comments: [String] = []

  /// An interface of which little is known.
  public init(
    linkType: LinkType, snapLength: UInt32 = 262_144, name: String? = nil,
    hardwareAddress: [UInt8]? = nil, timestampResolution: TimestampResolution = .nanoseconds
  ) {
    self.linkType = linkType
    self.snapLength = snapLength
    self.name = name
    self.hardwareAddress = hardwareAddress
    self.timestampResolution = timestampResolution
  }
}
