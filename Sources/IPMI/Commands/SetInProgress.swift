/// Where a change of several parameters stands: parameter 0 of boot options, LAN and serial over LAN
/// configuration; 2 bits. IPMI 2.0, tables 23-4, 26-5 and 28-14.
public struct SetInProgress: RawRepresentable, Hashable, Sendable {
  /// The 2 bits.
  public let rawValue: UInt8
  /// The state of this number, of which the low 2 bits count.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x03 }

  /// No change is under way.
  public static let complete = SetInProgress(rawValue: 0)
  /// Someone changes parameters.
  public static let inProgress = SetInProgress(rawValue: 1)
  /// What was changed is to be made lasting, where the controller has that.
  public static let commitWrite = SetInProgress(rawValue: 2)
}
