import IPMI

/// All that a record and its sensor tell, as `sdr get` and `sdr -v list` have it.
struct SensorDetails {
  let readout: SensorReadout
  let events: SensorEvents
  private var sensor: ReadableSensor { readout.sensor }
  private var description: SensorDescription { sensor.description }

  func write(to text: inout ReportText) {
    text.line("Sensor ID              : \(sensor.name) (0x\(sensor.number.hexadecimal(digits: 1)))")
    text.line(" Entity ID             : \(sensor.entity.numberText) (\(sensor.entity.text))")
    sensor.isThreshold ? writeThresholds(to: &text) : writeStates(to: &text)
  }

  private func writeStates(to text: inout ReportText) {
    text.line(" Sensor Type (Discrete): \(typeText)")
    text.line(" Sensor Reading        : \(discreteReading)")
    text.line(" Event Message Control : \(eventControl)")
    StateLines.write("States Asserted", readout.states, sensor, to: &text)
    StateLines.write(events, sensor, to: &text)
    text.line(" OEM                   : \(sensor.oem.hexadecimal(digits: 1, uppercase: true))")
    text.line()
  }

  private func writeThresholds(to text: inout ReportText) {
    text.line(" Sensor Type (Threshold)  : \(typeText)")
    text.line(" Sensor Reading        : \(reading)")
    text.line(" Status                : \(readout.statusText(unavailable: "Not Available"))")
    if let full = sensor.full {
      writeRecord(SensorRecordValues(full, sensor, readout.factors), to: &text)
    }
    for (name, raw) in [
      ("Positive", sensor.hysteresis.positive), ("Negative", sensor.hysteresis.negative),
    ] {
      let value = SensorRecordValues.hysteresis(raw, sensor, readout.factors)
      text.line(" \(name) Hysteresis   : \(value)")
    }
    if let full = sensor.full {
      let range = SensorRecordValues(full, sensor, readout.factors).range
      text.line(" Minimum sensor range  : \(range.minimum)")
      text.line(" Maximum sensor range  : \(range.maximum)")
    }
    text.line(" Event Message Control : \(eventControl)")
    text.line(" Readable Thresholds   : \(access(description.readableThresholds))")
    text.line(" Settable Thresholds   : \(access(description.settableThresholds))")
    let compared = comparedThresholds
    if !compared.isEmpty { text.line(" Threshold Read Mask   : \(keys(compared))") }
    StateLines.write(events, sensor, to: &text)
    text.line()
  }

  private func writeRecord(_ values: SensorRecordValues, to text: inout ReportText) {
    for (name, raw) in [
      ("Nominal Reading", values.nominal), ("Normal Minimum", values.normalMinimum),
      ("Normal Maximum", values.normalMaximum),
    ] {
      if let raw { text.line(" \(name.filled(to: 21)) : \(values.plain(raw))") }
    }
    // Bit 4 says that the controller sets the thresholds at its start. IPMI 2.0, table 43-1, byte 11.
    guard description.initialization & 0x10 != 0 else { return }
    for threshold in [Threshold].descending
    where description.readableThresholds.contains(threshold.bit) {
      let name = threshold.name.prefix(6) + threshold.name.dropFirst(6).lowercased()
      let value = values.plain(values.threshold(threshold))
      text.line(" \(String(name).filled(to: 21)) : \(value)")
    }
  }

  // MARK: Values

  private var typeText: String {
    "\(description.sensorType.text) (0x\(description.sensorType.rawValue.hexadecimal()))"
  }

  private var discreteReading: String {
    guard readout.isValid else { return readout.isDisabled ? "Disabled" : "No Reading" }
    return readout.isAnalog
      ? "\(readout.valueText(2)) \(readout.unit)" : "\(readout.raw.hexadecimal(digits: 1))h"
  }

  private var reading: String {
    guard readout.isValid else { return readout.isDisabled ? "Disabled" : "No Reading" }
    let raw = "0x\(readout.raw.hexadecimal(uppercase: true))"
    guard let full = sensor.full else { return "\(raw) \(readout.unit)" }
    let tolerance = (readout.factors ?? full.factors).tolerance
    guard sensor.isAnalog else {
      return "\(raw) (+/- 0x\(tolerance.hexadecimal(uppercase: true))) \(readout.unit)"
    }
    let span = sensor.span(Double(tolerance) / 2, readout.factors) ?? 0
    return "\(readout.valueText(3)) (+/- \(span.brief(3))) \(readout.unit)"
  }

  private var eventControl: String {
    switch description.capabilities & 0x03 {
    case 0: "Per-threshold"
    case 1: "Entire Sensor Only"
    case 2: "Global Disable Only"
    default: "No Events From Sensor"
    }
  }

  private func access(_ thresholds: ThresholdSet) -> String {
    switch description.thresholdAccess {
    case 0: "No Thresholds"
    case 3: "Thresholds Fixed"
    default: keys(thresholds)
    }
  }

  private func keys(_ thresholds: ThresholdSet) -> String {
    Threshold.all.filter { thresholds.contains($0.bit) }.map { "\($0.key) " }.joined()
  }

  /// The thresholds that readings are compared with: the lower ones stand in the mask of assertions,
  /// the upper ones in that of deassertions. IPMI 2.0, table 43-1, bytes 15 to 18.
  private var comparedThresholds: ThresholdSet {
    let lower = UInt8(truncatingIfNeeded: description.assertionMask >> 12) & 0x07
    let upper = UInt8(truncatingIfNeeded: description.deassertionMask >> 12) & 0x07
    return ThresholdSet(rawValue: lower | upper << 3)
  }
}
