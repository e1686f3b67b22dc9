public import CaptureFile
public import LinkLayer

/// What a link knows of a received frame beside its bytes.
public struct FrameInformation: Hashable, Sendable {
  /// When the frame arrived, by the link's clock: the kernel's receive stamp in UTC, or virtual
  /// time.
  public var timestamp: CaptureTimestamp
  /// How many bytes the frame had on the wire, tag included; more than were lent when the link
  /// cut it.
  public var originalLength: Int
  /// The frame's outer VLAN tag. It stands in the frame's bytes too.
  public var tag: VLANTag?
  /// Whether the frame came in from the wire or was sent by this host.
  public var direction: FrameDirection
  /// To whom the frame was addressed, as the kernel judged.
  public var packetType: PacketType
  /// The kernel's number of the interface, 0 where there is no kernel interface.
  public var interfaceIndex: Int32
  /// Whether the frame was caught before its transport checksum was filled in: it left this
  /// host, and a wrong checksum is no fault.
  public var isChecksumNotReady: Bool

  /// Creates the facts of one frame.
  public init(
    timestamp: CaptureTimestamp, originalLength: Int, tag: VLANTag? = nil,
    direction: FrameDirection = .inbound, packetType: PacketType = .host, interfaceIndex: Int32 = 0,
    isChecksumNotReady: Bool = false
  ) {
    self.timestamp = timestamp
    self.originalLength = originalLength
    self.tag = tag
    self.direction = direction
    self.packetType = packetType
    self.interfaceIndex = interfaceIndex
    self.isChecksumNotReady = isChecksumNotReady
  }

  /// To whom a frame was addressed (`sll_pkttype`). Unknown values are kept.
  public struct PacketType: RawRepresentable, Hashable, Sendable {
    /// The kernel's number.
    public var rawValue: UInt8

    /// Creates the type with the kernel's number.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// To this interface.
    public static let host = PacketType(rawValue: 0)
    /// To all.
    public static let broadcast = PacketType(rawValue: 1)
    /// To a group.
    public static let multicast = PacketType(rawValue: 2)
    /// To another station; seen by a promiscuous interface.
    public static let otherHost = PacketType(rawValue: 3)
    /// Sent by this host.
    public static let outgoing = PacketType(rawValue: 4)
  }
}
