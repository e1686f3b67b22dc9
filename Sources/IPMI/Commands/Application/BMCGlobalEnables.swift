/// What the controller as a whole does: a bit each. IPMI 2.0, section 22.1.
public struct BMCGlobalEnables: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: UInt8
  /// The enables of these bits.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A message that arrives interrupts the system.
  public static let receiveMessageQueueInterrupt = BMCGlobalEnables(rawValue: 1 << 0)
  /// A full event buffer interrupts the system.
  public static let eventBufferFullInterrupt = BMCGlobalEnables(rawValue: 1 << 1)
  /// Events go through the buffer.
  public static let eventMessageBuffer = BMCGlobalEnables(rawValue: 1 << 2)
  /// Events are logged.
  public static let systemEventLogging = BMCGlobalEnables(rawValue: 1 << 3)
  /// The manufacturer's, bits 5 to 7.
  public static let oem = BMCGlobalEnables(rawValue: 0xe0)
}
