/// What waits in the controller for the system: a bit each. IPMI 2.0, section 22.4.
public struct MessageFlags: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: UInt8
  /// The flags of these bits.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A message waits.
  public static let messageAvailable = MessageFlags(rawValue: 1 << 0)
  /// The event buffer is full.
  public static let eventBufferFull = MessageFlags(rawValue: 1 << 1)
  /// The watchdog is about to run out.
  public static let watchdogInterrupt = MessageFlags(rawValue: 1 << 3)
  /// The manufacturer's, bits 5 to 7.
  public static let oem = MessageFlags(rawValue: 0xe0)
}
