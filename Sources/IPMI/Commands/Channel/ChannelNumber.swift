/// Which of a controller's channels: 4 bits. IPMI 2.0, table 6-1.
public struct ChannelNumber: RawRepresentable, Hashable, Sendable {
  /// The 4 bits.
  public let rawValue: UInt8

  /// The channel of this number, of which the low 4 bits count.
  @inlinable public init(rawValue: UInt8) {
    self.rawValue = rawValue & 0x0f
  }

  /// The primary IPMB.
  public static let primaryIPMB = ChannelNumber(rawValue: 0x0)
  /// The channel that the request comes by.
  public static let current = ChannelNumber(rawValue: 0xe)
  /// The system interface.
  public static let systemInterface = ChannelNumber(rawValue: 0xf)
}
