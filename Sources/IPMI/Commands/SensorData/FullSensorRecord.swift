/// A sensor, with all that makes its readings numbers: type 01h. IPMI 2.0, table 43-1.
public struct FullSensorRecord: Hashable, Sendable {
  /// What the sensor is.
  public var sensor: SensorDescription
  /// Which function straightens its curve.
  public var linearization: Linearization
  /// What turns raw readings into numbers.
  public var factors: SensorReadingFactors
  /// Which of `nominal`, `normalMaximum` and `normalMinimum` count: bits 0, 1 and 2.
  public var analogFlags: UInt8
  /// The nominal reading, raw.
  public var nominal: UInt8
  /// The highest reading in normal work, raw.
  public var normalMaximum: UInt8
  /// The lowest reading in normal work, raw.
  public var normalMinimum: UInt8
  /// The highest reading there can be, raw.
  public var maximum: UInt8
  /// The lowest reading there can be, raw.
  public var minimum: UInt8
  /// Upper non-recoverable, critical and non-critical, then lower ones, raw: 6 bytes.
  public var thresholds: [UInt8]
  /// Hysteresis of thresholds that are passed upwards, raw.
  public var positiveHysteresis: UInt8
  /// Hysteresis of thresholds that are passed downwards, raw.
  public var negativeHysteresis: UInt8
  /// The manufacturer's.
  public var oem: UInt8
  /// The sensor's name: up to 16 bytes.
  public var name: TypeLengthField

  /// A record; `thresholds` is cut or filled with zeros to 6 bytes.
  public init(
    sensor: SensorDescription, linearization: Linearization = .linear,
    factors: SensorReadingFactors, analogFlags: UInt8 = 0, nominal: UInt8 = 0,
    normalMaximum: UInt8 = 0, normalMinimum: UInt8 = 0, maximum: UInt8 = 255, minimum: UInt8 = 0,
    thresholds: [UInt8] = [], positiveHysteresis: UInt8 = 0, negativeHysteresis: UInt8 = 0,
    oem: UInt8 = 0, name: TypeLengthField
  ) {
    self.sensor = sensor
    self.linearization = linearization
    self.factors = factors
    self.analogFlags = analogFlags
    self.nominal = nominal
    self.normalMaximum = normalMaximum
    self.normalMinimum = normalMinimum
    self.maximum = maximum
    self.minimum = minimum
    self.thresholds = thresholds.fitted(to: 6)
    self.positiveHysteresis = positiveHysteresis
    self.negativeHysteresis = negativeHysteresis
    self.oem = oem
    self.name = name
  }

  init(reading reader: inout MessageReader) throws(IPMIError) {
    sensor = try SensorDescription(reading: &reader)
    linearization = Linearization(rawValue: try reader.u8())
    factors = try SensorReadingFactors(reading: &reader)
    analogFlags = try reader.u8()
    nominal = try reader.u8()
    normalMaximum = try reader.u8()
    normalMinimum = try reader.u8()
    maximum = try reader.u8()
    minimum = try reader.u8()
    thresholds = try reader.bytes(6)
    positiveHysteresis = try reader.u8()
    negativeHysteresis = try reader.u8()
    try reader.skip(2)
    oem = try reader.u8()
    name = try TypeLengthField(reading: &reader, lengthMask: 0x1f)
  }

  var bytes: [UInt8] {
    var bytes = sensor.bytes + [linearization.rawValue] + factors.bytes
    bytes += [analogFlags, nominal, normalMaximum, normalMinimum, maximum, minimum]
    bytes += thresholds.fitted(to: 6)
    bytes += [positiveHysteresis, negativeHysteresis, 0, 0, oem]
    name.append(to: &bytes, maximum: 31)
    return bytes
  }

  /// The number of units that a raw reading stands for; nil when the sensor has no analog reading, or
  /// its factors have to be asked for with each reading.
  public func value(_ raw: UInt8) -> Double? {
    guard !linearization.isNonLinear else { return nil }
    return factors.value(raw, sensor.units.analogFormat, linearization)
  }

  /// The raw reading whose number of units is nearest to `value`: what a threshold is set to.
  public func raw(nearestTo value: Double) -> UInt8? {
    guard !linearization.isNonLinear else { return nil }
    return factors.raw(nearestTo: value, sensor.units.analogFormat, linearization)
  }
}
