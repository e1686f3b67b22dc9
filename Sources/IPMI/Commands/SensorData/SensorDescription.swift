/// What full and compact records share: 18 bytes. IPMI 2.0, tables 43-1 and 43-2, bytes 6 to 23.
public struct SensorDescription: Hashable, Sendable {
  /// Who has the sensor: a controller's address on the IPMB, or a software's number with bit 0 set.
  public var ownerID: UInt8
  /// The owner's channel in bits 7:4, its unit in bits 1:0.
  public var ownerLUN: UInt8
  /// The sensor's number.
  public var number: UInt8
  /// What part of the system it belongs to.
  public var entity: EntityID
  /// What is set when the controller starts: a bit each.
  public var initialization: UInt8
  /// Bit 7 ignored when its part is absent, bit 6 re-arms by itself, bits 5:4 hysteresis, bits 3:2
  /// access to thresholds, bits 1:0 control of events.
  public var capabilities: UInt8
  /// What it measures.
  public var sensorType: SensorType
  /// What its states mean.
  public var readingType: EventReadingType
  /// Events of states that begin; in bits 14:12, lower thresholds that readings are compared with.
  public var assertionMask: UInt16
  /// Events of states that end; in bits 14:12, upper thresholds that readings are compared with.
  public var deassertionMask: UInt16
  /// States that can be read; or thresholds that can be read, and in the high byte set.
  public var readingMask: UInt16
  /// What the reading is counted in.
  public var units: SensorUnits

  /// A description.
  public init(
    ownerID: UInt8 = 0x20, ownerLUN: UInt8 = 0, number: UInt8, entity: EntityID,
    initialization: UInt8 = 0x7f, capabilities: UInt8, sensorType: SensorType,
    readingType: EventReadingType, assertionMask: UInt16 = 0, deassertionMask: UInt16 = 0,
    readingMask: UInt16 = 0, units: SensorUnits
  ) {
    self.ownerID = ownerID
    self.ownerLUN = ownerLUN
    self.number = number
    self.entity = entity
    self.initialization = initialization
    self.capabilities = capabilities
    self.sensorType = sensorType
    self.readingType = readingType
    self.assertionMask = assertionMask
    self.deassertionMask = deassertionMask
    self.readingMask = readingMask
    self.units = units
  }

  init(reading reader: inout MessageReader) throws(IPMIError) {
    ownerID = try reader.u8()
    ownerLUN = try reader.u8()
    number = try reader.u8()
    entity = try EntityID(reading: &reader)
    initialization = try reader.u8()
    capabilities = try reader.u8()
    sensorType = SensorType(rawValue: try reader.u8())
    readingType = EventReadingType(rawValue: try reader.u8())
    assertionMask = try reader.u16()
    deassertionMask = try reader.u16()
    readingMask = try reader.u16()
    units = try SensorUnits(reading: &reader)
  }

  var bytes: [UInt8] {
    var bytes = [
      ownerID, ownerLUN, number, entity.kind, entity.instance, initialization, capabilities,
      sensorType.rawValue, readingType.rawValue,
    ]
    bytes.append(littleEndian: assertionMask)
    bytes.append(littleEndian: deassertionMask)
    bytes.append(littleEndian: readingMask)
    return bytes + units.bytes
  }

  /// The thresholds that can be read, of a sensor that has them.
  public var readableThresholds: ThresholdSet {
    ThresholdSet(rawValue: UInt8(truncatingIfNeeded: readingMask) & 0x3f)
  }

  /// The thresholds that can be set, of a sensor that has them.
  public var settableThresholds: ThresholdSet {
    ThresholdSet(rawValue: UInt8(truncatingIfNeeded: readingMask >> 8) & 0x3f)
  }

  /// How thresholds are accessed: 0 there are none, 1 they are read, 2 read and set, 3 fixed.
  public var thresholdAccess: UInt8 { capabilities >> 2 & 0x03 }
}
