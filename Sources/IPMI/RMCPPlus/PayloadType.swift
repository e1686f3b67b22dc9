/// What an RMCP+ packet carries: 6 bits. IPMI 2.0, table 13-16.
public struct PayloadType: RawRepresentable, Hashable, Sendable {
  /// The 6 bits.
  public let rawValue: UInt8

  /// The type of these bits, of which the low 6 count.
  @inlinable public init(rawValue: UInt8) {
    self.rawValue = rawValue & 0x3f
  }

  /// An ``IPMIMessage``.
  public static let ipmi = PayloadType(rawValue: 0x00)
  /// Characters of a serial console.
  public static let serialOverLAN = PayloadType(rawValue: 0x01)
  /// A manufacturer's payload, which the packet's header names.
  public static let oemExplicit = PayloadType(rawValue: 0x02)
  /// ``OpenSessionRequest``.
  public static let openSessionRequest = PayloadType(rawValue: 0x10)
  /// ``OpenSessionResponse``.
  public static let openSessionResponse = PayloadType(rawValue: 0x11)
  /// ``RAKPMessage1``.
  public static let rakp1 = PayloadType(rawValue: 0x12)
  /// ``RAKPMessage2``.
  public static let rakp2 = PayloadType(rawValue: 0x13)
  /// ``RAKPMessage3``.
  public static let rakp3 = PayloadType(rawValue: 0x14)
  /// ``RAKPMessage4``.
  public static let rakp4 = PayloadType(rawValue: 0x15)

  /// Whether such payloads set up a session and travel outside of one.
  public var isSessionSetup: Bool { (0x10...0x1f).contains(rawValue) }
}
