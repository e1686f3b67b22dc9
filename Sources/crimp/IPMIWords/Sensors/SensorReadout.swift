import IPMI

/// What a sensor answered when it was asked what it reads.
struct SensorReadout: Sendable {
  let sensor: ReadableSensor
  /// The answer; nil when there was none.
  var answer: GetSensorReading.Response?
  /// Why there was no answer.
  var refusal: String?
  /// The factors of this reading, of a sensor whose factors change with the reading.
  var factors: SensorReadingFactors?
  /// Whether the reading is a number.
  var isAnalog = false

  /// Whether the sensor is not scanned.
  var isDisabled: Bool { answer.map { !$0.flags.contains(.scanning) } ?? false }
  /// Whether there is a reading.
  var isValid: Bool { answer?.isValid ?? false }
  /// The reading, raw; 0 when there is none.
  var raw: UInt8 { isValid ? answer?.raw ?? 0 : 0 }

  /// The number of units; nil when there is no reading, or it is no number.
  var value: Double? {
    guard isValid, isAnalog else { return nil }
    return sensor.value(raw, factors)
  }

  /// The unit; empty when the reading is no number.
  var unit: String { isAnalog ? sensor.description.units.text : "" }

  /// The number without a point when it is whole, else with `digits` behind it.
  func valueText(_ digits: Int) -> String { (value ?? 0).brief(digits) }

  /// The states of a sensor without thresholds: bit n is the state n.
  var states: UInt16 {
    guard let answer, !isDisabled else { return 0 }
    return answer.discreteStates
  }

  /// The bytes of the states as they came.
  var stateBytes: (first: UInt8, second: UInt8) {
    guard let answer, !isDisabled else { return (0, 0) }
    return (answer.states ?? 0, answer.furtherStates ?? 0)
  }

  /// The words for the states.
  var stateTexts: [String] {
    sensor.description.sensorType.stateTexts(states, sensor.description.readingType)
  }

  /// The worst threshold that the reading is at or beyond; nil for none, or without a reading.
  var worst: Threshold? {
    guard isValid, sensor.isThreshold, let answer else { return nil }
    return Threshold.bySeverity.first { answer.passedThresholds.contains($0.bit) }
  }

  /// `ok`, `ns` without a reading, or the threshold: `lnr` to `unr`.
  var statusKey: String { isValid ? worst?.key ?? "ok" : "ns" }

  /// `ok`, `ns`, or how bad it is: `nc`, `cr`, `nr`.
  var severityKey: String { isValid ? worst.map { String($0.key.suffix(2)) } ?? "ok" : "ns" }

  /// `ok`, the threshold in words, or `unavailable` without a reading.
  func statusText(unavailable: String) -> String {
    isValid ? worst?.name ?? "ok" : unavailable
  }
}

/// One of the six thresholds.
struct Threshold: Hashable, Sendable {
  /// Its bit in every mask.
  var bit: ThresholdSet
  /// ipmitool's letters for it.
  var key: String
  /// ipmitool's words for it.
  var name: String

  static let lowerNonRecoverable = Threshold(
    bit: .lowerNonRecoverable, key: "lnr", name: "Lower Non-Recoverable")
  static let lowerCritical = Threshold(bit: .lowerCritical, key: "lcr", name: "Lower Critical")
  static let lowerNonCritical = Threshold(
    bit: .lowerNonCritical, key: "lnc", name: "Lower Non-Critical")
  static let upperNonCritical = Threshold(
    bit: .upperNonCritical, key: "unc", name: "Upper Non-Critical")
  static let upperCritical = Threshold(bit: .upperCritical, key: "ucr", name: "Upper Critical")
  static let upperNonRecoverable = Threshold(
    bit: .upperNonRecoverable, key: "unr", name: "Upper Non-Recoverable")

  /// From the lowest to the highest.
  static let all = [
    lowerNonRecoverable, lowerCritical, lowerNonCritical, upperNonCritical, upperCritical,
    upperNonRecoverable,
  ]

  /// From the worst to the least.
  static let bySeverity = [
    lowerNonRecoverable, upperNonRecoverable, lowerCritical, upperCritical, lowerNonCritical,
    upperNonCritical,
  ]
}
