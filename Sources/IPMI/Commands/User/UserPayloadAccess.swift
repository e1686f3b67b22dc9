/// Which payload types a user may use: a bit each, in 4 bytes. IPMI 2.0, sections 24.6 and 24.7.
public struct UserPayloadAccess: Hashable, Sendable {
  /// The standard types 0 to 7, a bit each; IPMI, bit 0, is always allowed.
  public var standard: UInt8
  /// The standard types 8 to 15, a bit each.
  public var standardMore: UInt8
  /// The manufacturer's types 20h to 27h, a bit each.
  public var oem: UInt8
  /// The manufacturer's types 28h to 2Fh, a bit each.
  public var oemMore: UInt8

  /// The access.
  public init(
    standard: UInt8 = 0, standardMore: UInt8 = 0, oem: UInt8 = 0, oemMore: UInt8 = 0
  ) {
    self.standard = standard
    self.standardMore = standardMore
    self.oem = oem
    self.oemMore = oemMore
  }

  /// Serial over LAN alone.
  public static let serialOverLAN = UserPayloadAccess(standard: 1 << 1)

  /// Whether serial over LAN is among them.
  public var allowsSerialOverLAN: Bool { standard & 1 << 1 != 0 }

  init(reading reader: inout MessageReader) throws(IPMIError) {
    standard = try reader.u8()
    standardMore = try reader.u8()
    oem = try reader.u8()
    oemMore = try reader.u8()
  }

  var bytes: [UInt8] { [standard, standardMore, oem, oemMore] }
}
