/// One sensor, or several that are alike, without analog readings: type 02h. IPMI 2.0, table 43-2.
public struct CompactSensorRecord: Hashable, Sendable {
  /// What the sensor is.
  public var sensor: SensorDescription
  /// How many sensors the record stands for.
  public var sharing: SensorSharing
  /// Hysteresis of thresholds that are passed upwards, raw.
  public var positiveHysteresis: UInt8
  /// Hysteresis of thresholds that are passed downwards, raw.
  public var negativeHysteresis: UInt8
  /// The manufacturer's.
  public var oem: UInt8
  /// The sensor's name: up to 16 bytes.
  public var name: TypeLengthField

  /// A record.
  public init(
    sensor: SensorDescription, sharing: SensorSharing = .single, positiveHysteresis: UInt8 = 0,
    negativeHysteresis: UInt8 = 0, oem: UInt8 = 0, name: TypeLengthField
  ) {
    self.sensor = sensor
    self.sharing = sharing
    self.positiveHysteresis = positiveHysteresis
    self.negativeHysteresis = negativeHysteresis
    self.oem = oem
    self.name = name
  }

  init(reading reader: inout MessageReader) throws(IPMIError) {
    sensor = try SensorDescription(reading: &reader)
    sharing = try SensorSharing(reading: &reader)
    positiveHysteresis = try reader.u8()
    negativeHysteresis = try reader.u8()
    try reader.skip(3)
    oem = try reader.u8()
    name = try TypeLengthField(reading: &reader, lengthMask: 0x1f)
  }

  var bytes: [UInt8] {
    var bytes = sensor.bytes + sharing.bytes
    bytes += [positiveHysteresis, negativeHysteresis, 0, 0, 0, oem]
    name.append(to: &bytes, maximum: 31)
    return bytes
  }
}
