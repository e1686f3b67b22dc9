/// What a system event log can do, and whether it overflowed. IPMI 2.0, table 31-2.
public struct SELSupport: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: UInt8
  /// The support of these bits.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// It tells how its memory is cut.
  public static let allocationInfo = SELSupport(rawValue: 1 << 0)
  /// It can be reserved.
  public static let reserve = SELSupport(rawValue: 1 << 1)
  /// Records can be added in parts.
  public static let partialAdd = SELSupport(rawValue: 1 << 2)
  /// Records can be deleted.
  public static let delete = SELSupport(rawValue: 1 << 3)
  /// Events were dropped for lack of room.
  public static let overflow = SELSupport(rawValue: 1 << 7)
}
