/// What a sensor data repository can do, and whether it overflowed. IPMI 2.0, table 33-3.
public struct SDRRepositorySupport: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: UInt8
  /// The support of these bits.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// It tells how its memory is cut.
  public static let allocationInfo = SDRRepositorySupport(rawValue: 1 << 0)
  /// It can be reserved.
  public static let reserve = SDRRepositorySupport(rawValue: 1 << 1)
  /// Records can be added in parts.
  public static let partialAdd = SDRRepositorySupport(rawValue: 1 << 2)
  /// Records can be deleted.
  public static let delete = SDRRepositorySupport(rawValue: 1 << 3)
  /// It can be changed while the controller works as ever.
  public static let nonModalUpdate = SDRRepositorySupport(rawValue: 1 << 5)
  /// It can be changed while the controller does nothing else.
  public static let modalUpdate = SDRRepositorySupport(rawValue: 1 << 6)
  /// Records were dropped for lack of room.
  public static let overflow = SDRRepositorySupport(rawValue: 1 << 7)

  /// How it can be changed, as ipmitool prints it.
  public var updateText: String {
    switch rawValue >> 5 & 0x03 {
    case 1: "non-modal"
    case 2: "modal"
    case 3: "modal and non-modal"
    default: "unspecified"
    }
  }
}
