/// A voltage that a power supply delivers: multirecord 01h; or one that a board takes: multirecord 02h.
/// FRU Information Storage Definition 1.0, sections 18.2 and 18.3.
///
///     byte 0      bit 7 is there while the machine is off (output) | bits 3:0 number of the output
///     byte 1-2    nominal voltage, in hundredths of a volt
///     byte 3-4    an output's largest negative deviation, a load's lowest voltage
///     byte 5-6    an output's largest positive deviation, a load's highest voltage
///     byte 7-8    ripple and noise, in millivolts
///     byte 9-10   lowest current, in milliamperes
///     byte 11-12  highest current, in milliamperes
public struct FRUDirectCurrent: Hashable, Sendable {
  /// The multirecord's type for what a power supply delivers.
  public static let outputType: UInt8 = 0x01
  /// The multirecord's type for what a board takes.
  public static let loadType: UInt8 = 0x02

  /// The output's number: 4 bits.
  public var output: UInt8
  /// Whether an output delivers while the machine is off.
  public var isStandby: Bool
  /// The nominal voltage, in hundredths of a volt.
  public var nominal: Int16
  /// An output's largest negative deviation, or a load's lowest voltage, in hundredths of a volt.
  public var low: Int16
  /// An output's largest positive deviation, or a load's highest voltage, in hundredths of a volt.
  public var high: Int16
  /// Ripple and noise from peak to peak, in millivolts.
  public var rippleMillivolts: UInt16
  /// The lowest current, in milliamperes.
  public var minimumMilliamperes: UInt16
  /// The highest current, in milliamperes.
  public var maximumMilliamperes: UInt16

  /// Reads the 13 bytes of a record's data. Throws `IPMIError` when there are fewer.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = MessageReader(data, as: .fruInventory)
    let first = try reader.u8()
    output = first & 0x0f
    isStandby = first & 0x80 != 0
    nominal = Int16(bitPattern: try reader.u16())
    low = Int16(bitPattern: try reader.u16())
    high = Int16(bitPattern: try reader.u16())
    rippleMillivolts = try reader.u16()
    minimumMilliamperes = try reader.u16()
    maximumMilliamperes = try reader.u16()
  }
}
