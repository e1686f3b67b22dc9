/// What a command is about: 6 bits, even in a request, odd in its response. IPMI 2.0, table 5-1.
public struct NetworkFunction: RawRepresentable, Hashable, Sendable {
  /// The 6 bits.
  public let rawValue: UInt8

  /// The network function of these bits, of which the low 6 count.
  @inlinable public init(rawValue: UInt8) {
    self.rawValue = rawValue & 0x3f
  }

  /// Chassis: power, identification, boot options.
  public static let chassis = NetworkFunction(rawValue: 0x00)
  /// Bridge.
  public static let bridge = NetworkFunction(rawValue: 0x02)
  /// Sensors and events.
  public static let sensorEvent = NetworkFunction(rawValue: 0x04)
  /// The management controller itself: sessions, users, channels, watchdog.
  public static let application = NetworkFunction(rawValue: 0x06)
  /// Firmware transfer.
  public static let firmware = NetworkFunction(rawValue: 0x08)
  /// Storage: SEL, SDR repository, FRU inventory.
  public static let storage = NetworkFunction(rawValue: 0x0a)
  /// Transport: LAN and serial configuration, serial over LAN.
  public static let transport = NetworkFunction(rawValue: 0x0c)
  /// A body's extension: the first data byte names the body (DCMI is DCh).
  public static let groupExtension = NetworkFunction(rawValue: 0x2c)
  /// A manufacturer's group: the first 3 data bytes are its enterprise number.
  public static let oemGroup = NetworkFunction(rawValue: 0x2e)

  /// Whether this is a response's.
  @inlinable public var isResponse: Bool { rawValue & 1 == 1 }

  /// The one of the response to this request; itself when it is a response's already.
  @inlinable public var response: NetworkFunction { NetworkFunction(rawValue: rawValue | 1) }

  /// The one of the request that this response answers; itself when it is a request's already.
  @inlinable public var request: NetworkFunction { NetworkFunction(rawValue: rawValue & 0x3e) }
}
