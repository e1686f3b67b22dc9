/// Sensors that can only send events: type 03h. IPMI 2.0, table 43-3.
public struct EventOnlyRecord: Hashable, Sendable {
  /// Who has the sensor: a controller's address on the IPMB, or a software's number with bit 0 set.
  public var ownerID: UInt8
  /// The owner's channel in bits 7:4, its unit in bits 1:0.
  public var ownerLUN: UInt8
  /// The sensor's number.
  public var number: UInt8
  /// What part of the system it belongs to.
  public var entity: EntityID
  /// What it watches.
  public var sensorType: SensorType
  /// What its states mean.
  public var readingType: EventReadingType
  /// How many sensors the record stands for.
  public var sharing: SensorSharing
  /// The manufacturer's.
  public var oem: UInt8
  /// The sensor's name: up to 16 bytes.
  public var name: TypeLengthField

  /// A record.
  public init(
    ownerID: UInt8 = 0x20, ownerLUN: UInt8 = 0, number: UInt8, entity: EntityID,
    sensorType: SensorType, readingType: EventReadingType, sharing: SensorSharing = .single,
    oem: UInt8 = 0, name: TypeLengthField
  ) {
    self.ownerID = ownerID
    self.ownerLUN = ownerLUN
    self.number = number
    self.entity = entity
    self.sensorType = sensorType
    self.readingType = readingType
    self.sharing = sharing
    self.oem = oem
    self.name = name
  }

  init(reading reader: inout MessageReader) throws(IPMIError) {
    ownerID = try reader.u8()
    ownerLUN = try reader.u8()
    number = try reader.u8()
    entity = try EntityID(reading: &reader)
    sensorType = SensorType(rawValue: try reader.u8())
    readingType = EventReadingType(rawValue: try reader.u8())
    sharing = try SensorSharing(reading: &reader)
    try reader.skip(1)
    oem = try reader.u8()
    name = try TypeLengthField(reading: &reader, lengthMask: 0x1f)
  }

  var bytes: [UInt8] {
    var bytes = [
      ownerID, ownerLUN, number, entity.kind, entity.instance, sensorType.rawValue,
      readingType.rawValue,
    ]
    bytes += sharing.bytes
    bytes += [0, oem]
    name.append(to: &bytes, maximum: 31)
    return bytes
  }
}
