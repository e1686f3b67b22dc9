import IPMI

/// A sensor as programs read it. A reading that there is not has no value: neither 0 nor any other.
struct SensorReport: Encodable, Sendable {
  var name: String
  var number: UInt8
  var recordID: UInt16
  /// Who has the sensor: a controller's address on the IPMB.
  var owner: UInt8
  /// What it measures or watches, such as `Temperature`.
  var type: String
  /// `threshold` or `discrete`.
  var kind: String
  var entity: EntityReport
  /// Whether there is a reading.
  var available: Bool
  /// Why not.
  var reason: String?
  /// The reading in units; absent when there is none, or it is no number.
  var value: Double?
  /// What the reading is counted in.
  var unit: String?
  /// The reading as the sensor has it, 0 to 255.
  var raw: UInt8?
  /// `ok`, `ns` without a reading, or the worst threshold that is reached: `lnr`, `lcr`, `lnc`, `unc`,
  /// `ucr`, `unr`.
  var status: String
  /// The states of a sensor without thresholds, in words.
  var states: [String]?
  /// The same as numbers.
  var stateNumbers: [Int]?
  /// The thresholds that can be read, in units.
  var thresholds: ThresholdReport?

  init(_ readout: SensorReadout, thresholds: SensorThresholds? = nil) {
    let sensor = readout.sensor
    name = sensor.name
    number = sensor.number
    recordID = sensor.recordID
    owner = sensor.description.ownerID
    type = sensor.description.sensorType.text
    kind = sensor.isThreshold ? "threshold" : "discrete"
    entity = EntityReport(sensor.entity)
    available = readout.isValid
    status = readout.statusKey
    if !readout.isValid {
      reason = readout.refusal ?? (readout.isDisabled ? "scanning is disabled" : "no reading")
    }
    if readout.isValid {
      value = readout.value?.ifFinite
      unit = readout.isAnalog ? readout.unit : nil
      raw = sensor.isAnalog || sensor.isThreshold ? readout.raw : nil
      if !sensor.isThreshold {
        states = readout.stateTexts
        stateNumbers = (0..<15).filter { readout.states >> UInt16($0) & 1 == 1 }
      }
    }
    if let thresholds, sensor.isThreshold {
      self.thresholds = ThresholdReport(thresholds, sensor, readout.factors)
    }
  }
}

/// What part of the system something belongs to.
struct EntityReport: Encodable, Sendable {
  var id: UInt8
  var instance: UInt8
  var name: String

  init(_ entity: EntityID) {
    id = entity.kind
    instance = entity.instance & 0x7f
    name = entity.text
  }
}

/// Thresholds in units; those that cannot be read are absent.
struct ThresholdReport: Encodable, Sendable {
  var lowerNonRecoverable: Double?
  var lowerCritical: Double?
  var lowerNonCritical: Double?
  var upperNonCritical: Double?
  var upperCritical: Double?
  var upperNonRecoverable: Double?

  init(_ thresholds: SensorThresholds, _ sensor: ReadableSensor, _ factors: SensorReadingFactors?) {
    func value(_ threshold: ThresholdSet) -> Double? {
      guard let raw = thresholds[threshold] else { return nil }
      return (sensor.value(raw, factors) ?? Double(raw)).ifFinite
    }
    lowerNonRecoverable = value(.lowerNonRecoverable)
    lowerCritical = value(.lowerCritical)
    lowerNonCritical = value(.lowerNonCritical)
    upperNonCritical = value(.upperNonCritical)
    upperCritical = value(.upperCritical)
    upperNonRecoverable = value(.upperNonRecoverable)
  }
}
