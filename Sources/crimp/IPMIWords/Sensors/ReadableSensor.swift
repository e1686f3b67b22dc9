import IPMI

/// A sensor that can be asked what it reads: a full or a compact record.
struct ReadableSensor: Sendable {
  /// The name as ipmitool shows it: its first 16 characters.
  let name: String
  /// The record's number.
  let recordID: UInt16
  /// What the sensor is.
  let description: SensorDescription
  /// What makes its readings numbers; nil for one of a compact record.
  let full: FullSensorRecord?
  /// Hysteresis of thresholds that are passed upwards, and downwards, raw.
  let hysteresis: (positive: UInt8, negative: UInt8)
  /// The manufacturer's.
  let oem: UInt8

  /// The sensor of a record; nil for other records.
  init?(_ stored: StoredRecord) {
    switch stored.record.content {
    case .full(let record):
      full = record
      description = record.sensor
      hysteresis = (record.positiveHysteresis, record.negativeHysteresis)
      oem = record.oem
    case .compact(let record):
      full = nil
      description = record.sensor
      hysteresis = (record.positiveHysteresis, record.negativeHysteresis)
      oem = record.oem
    default: return nil
    }
    name = stored.name
    recordID = stored.record.recordID
  }

  /// The sensor's number.
  var number: UInt8 { description.number }
  /// What part of the system it belongs to.
  var entity: EntityID { description.entity }
  /// Whether it has thresholds, and not states of other kinds.
  var isThreshold: Bool { description.readingType == .threshold }
  /// Whether its raw readings stand for numbers.
  var isAnalog: Bool { full != nil && description.units.analogFormat != .none }
  /// Whether it has thresholds, or states that somebody nevertheless gave a unit.
  var hasUnit: Bool {
    let units = description.units
    return units.base != 0 || units.modifier != 0 || units.flags & 0x07 != 0
  }

  /// The number that a raw reading stands for, by these factors; nil when it stands for none.
  func value(_ raw: UInt8, _ factors: SensorReadingFactors?) -> Double? {
    guard let full, isAnalog else { return nil }
    return (factors ?? full.factors).value(
      raw, description.units.analogFormat, full.linearization)
  }

  /// The distance that a number of raw counts makes, as ipmitool has it: through the sensor's function,
  /// as if it were a reading.
  func span(_ counts: Double, _ factors: SensorReadingFactors?) -> Double? {
    guard let full, isAnalog else { return nil }
    let factors = factors ?? full.factors
    var plain = SensorReadingFactors(m: factors.m)
    plain.resultExponent = factors.resultExponent
    // The raw count of 1 is the unit's distance; halves are tolerances.
    guard let unit = plain.value(1, .unsigned, .linear) else { return nil }
    return full.linearization.apply(unit * counts)
  }
}
