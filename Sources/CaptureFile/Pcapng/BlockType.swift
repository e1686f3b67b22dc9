/// The type of a pcapng block, draft section 4 and 11.1. Types without a name here are skipped by
/// the reader.
public struct BlockType: RawRepresentable, Hashable, Sendable {
  /// The number in the file.
  public var rawValue: UInt32

  /// Any number, named here or not.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// IDB: describes an interface. Section 4.2.
  public static let interfaceDescription = BlockType(rawValue: 1)
  /// PB: a frame, in the older form that has 16 bits for the interface. Appendix A.
  public static let packet = BlockType(rawValue: 2)
  /// SPB: a frame of interface 0 with no time. Section 4.4.
  public static let simplePacket = BlockType(rawValue: 3)
  /// NRB: names of addresses. Section 4.5.
  public static let nameResolution = BlockType(rawValue: 4)
  /// ISB: what an interface received and lost. Section 4.6.
  public static let interfaceStatistics = BlockType(rawValue: 5)
  /// EPB: a frame. Section 4.3.
  public static let enhancedPacket = BlockType(rawValue: 6)
  /// DSB: keys that decrypt the frames. Section 4.7.
  public static let decryptionSecrets = BlockType(rawValue: 0x0A)
  /// SHB: begins a section; the same number in both byte orders. Section 4.1.
  public static let sectionHeader = BlockType(rawValue: 0x0A0D_0D0A)
}
