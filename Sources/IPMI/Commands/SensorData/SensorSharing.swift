/// How one record stands for several sensors that are alike: 2 bytes. IPMI 2.0, table 43-2, bytes 24
/// and 25.
public struct SensorSharing: Hashable, Sendable {
  /// How many sensors the record stands for: 4 bits; 0 and 1 both are one.
  public var count: UInt8
  /// Whether their names end in letters, and not in numbers.
  public var namesEndInLetters: Bool
  /// Whether the instance of their part grows with them.
  public var entityInstanceGrows: Bool
  /// What the ends of their names begin with: 7 bits.
  public var nameOffset: UInt8

  /// One sensor.
  public static let single = SensorSharing(count: 1)

  /// Several sensors.
  public init(
    count: UInt8, namesEndInLetters: Bool = false, entityInstanceGrows: Bool = false,
    nameOffset: UInt8 = 0
  ) {
    self.count = count & 0x0f
    self.namesEndInLetters = namesEndInLetters
    self.entityInstanceGrows = entityInstanceGrows
    self.nameOffset = nameOffset & 0x7f
  }

  init(reading reader: inout MessageReader) throws(IPMIError) {
    let first = try reader.u8()
    count = first & 0x0f
    namesEndInLetters = first >> 4 & 0x03 == 1
    let second = try reader.u8()
    entityInstanceGrows = second & 0x80 != 0
    nameOffset = second & 0x7f
  }

  var bytes: [UInt8] {
    [
      (namesEndInLetters ? 0x10 : 0) | count & 0x0f,
      (entityInstanceGrows ? 0x80 : 0) | nameOffset & 0x7f,
    ]
  }
}
