/// An event as a record of the log holds it: 9 bytes. IPMI 2.0, section 32.1.
public struct SystemEvent: Hashable, Sendable {
  /// Who made it: the controller's address on the IPMB, or a software's number, with bit 0 set; in
  /// the high byte its channel and unit.
  public var generatorID: UInt16
  /// The revision of the event's format: 04h for IPMI 1.5 and 2.0, 03h for 1.0.
  public var revision: UInt8
  /// What the sensor measures.
  public var sensorType: SensorType
  /// The sensor's number.
  public var sensorNumber: UInt8
  /// What the sensor's states mean.
  public var readingType: EventReadingType
  /// Whether the state ended, and did not begin.
  public var isDeassertion: Bool
  /// 3 bytes: the state in bits 3:0 of the first, and what the second and third hold in its others.
  public var data: [UInt8]

  /// An event; `data` is cut or filled with zeros to 3 bytes.
  public init(
    generatorID: UInt16 = 0x0020, revision: UInt8 = 0x04, sensorType: SensorType,
    sensorNumber: UInt8, readingType: EventReadingType, isDeassertion: Bool = false,
    data: [UInt8]
  ) {
    self.generatorID = generatorID
    self.revision = revision
    self.sensorType = sensorType
    self.sensorNumber = sensorNumber
    self.readingType = readingType
    self.isDeassertion = isDeassertion
    self.data = data.fitted(to: 3)
  }

  init(reading reader: inout MessageReader) throws(IPMIError) {
    generatorID = try reader.u16()
    revision = try reader.u8()
    sensorType = SensorType(rawValue: try reader.u8())
    sensorNumber = try reader.u8()
    let type = try reader.u8()
    readingType = EventReadingType(rawValue: type)
    isDeassertion = type & 0x80 != 0
    data = try reader.bytes(3)
  }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: generatorID)
    bytes += [
      revision, sensorType.rawValue, sensorNumber,
      (isDeassertion ? 0x80 : 0) | readingType.rawValue,
    ]
    return bytes + data.fitted(to: 3)
  }

  /// Which of its states the sensor entered or left: 4 bits.
  public var offset: UInt8 { (data.first ?? 0) & 0x0f }

  /// The reading that caused an event of a threshold, raw; nil when the event does not hold it.
  public var triggerReading: UInt8? {
    let data = data.fitted(to: 3)
    return readingType == .threshold && data[0] >> 6 == 1 ? data[1] : nil
  }

  /// The threshold that was passed, raw; nil when the event does not hold it.
  public var triggerThreshold: UInt8? {
    let data = data.fitted(to: 3)
    return readingType == .threshold && data[0] >> 4 & 0x03 == 1 ? data[2] : nil
  }

  /// What happened, as ipmitool prints it, such as `Upper Critical going high`; empty when it has no
  /// words for it.
  public var text: String {
    let data = data.fitted(to: 3)
    return EventText.text(
      sensorType: sensorType, readingType: readingType, offset: offset,
      detail: data[0] & 0xc0 == 0 ? nil : data[1])
  }

  /// `Asserted` or `Deasserted`, as ipmitool prints it.
  public var directionText: String { isDeassertion ? "Deasserted" : "Asserted" }
}
