/// Which boot option: 7 bits. IPMI 2.0, table 28-14.
public struct BootOptionParameter: RawRepresentable, Hashable, Sendable {
  /// The 7 bits.
  public let rawValue: UInt8
  /// The option of this number, of which the low 7 bits count.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x7f }

  /// Where a change of several options stands.
  public static let setInProgress = BootOptionParameter(rawValue: 0)
  /// Which service partition is to be started.
  public static let servicePartitionSelector = BootOptionParameter(rawValue: 1)
  /// Whether the BIOS looks for service partitions.
  public static let servicePartitionScan = BootOptionParameter(rawValue: 2)
  /// What leaves the boot flags valid.
  public static let validBitClearing = BootOptionParameter(rawValue: 3)
  /// Who has dealt with the options.
  public static let infoAcknowledge = BootOptionParameter(rawValue: 4)
  /// How the next start goes.
  public static let bootFlags = BootOptionParameter(rawValue: 5)
  /// Who asked for the options.
  public static let initiatorInfo = BootOptionParameter(rawValue: 6)
  /// What the initiator has to say, in blocks of 16 bytes.
  public static let initiatorMailbox = BootOptionParameter(rawValue: 7)
}
