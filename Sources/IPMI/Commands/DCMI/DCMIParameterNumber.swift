/// What can be configured by DCMI. DCMI 1.5, table 6-9.
public struct DCMIParameterNumber: RawRepresentable, Hashable, Sendable {
  /// The number.
  public let rawValue: UInt8
  /// The parameter of this number.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Writing 1 makes the controller ask for an address by DHCP now.
  public static let activateDHCP = DCMIParameterNumber(rawValue: 1)
  /// How the controller finds its server by DHCP: bit 0 its name (option 12), bit 1 vendor classes.
  public static let discoveryConfiguration = DCMIParameterNumber(rawValue: 2)
  /// The seconds until a lost DHCP packet is sent again: a byte.
  public static let initialTimeout = DCMIParameterNumber(rawValue: 3)
  /// The seconds until the search for a server is given up: 2 bytes.
  public static let serverTimeout = DCMIParameterNumber(rawValue: 4)
  /// The seconds until a search is begun anew: 2 bytes.
  public static let serverRetry = DCMIParameterNumber(rawValue: 5)
}
