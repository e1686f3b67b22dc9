import IPMI

/// A sensor in many lines, with its thresholds as the controller has them: `sensor get`.
struct SensorThresholdDetails {
  let measured: MeasuredSensor
  private var readout: SensorReadout { measured.readout }
  private var sensor: ReadableSensor { readout.sensor }

  func write(to text: inout ReportText) {
    text.line("Sensor ID              : \(sensor.name) (0x\(sensor.number.hexadecimal(digits: 1)))")
    text.line(" Entity ID             : \(sensor.entity.numberText)")
    sensor.isThreshold ? writeThresholds(to: &text) : writeStates(to: &text)
  }

  private func writeStates(to text: inout ReportText) {
    text.line(" Sensor Type (Discrete): \(sensor.description.sensorType.text)")
    guard readout.isValid else {
      text.line(" Unable to read sensor: Device Not Present")
      return text.line()
    }
    if readout.isAnalog {
      text.line(" Sensor Reading        : \(readout.valueText(3)) \(readout.unit)")
    }
    StateLines.write("States Asserted", readout.states, sensor, to: &text)
    text.line()
  }

  private func writeThresholds(to text: inout ReportText) {
    text.line(" Sensor Type (Threshold)  : \(sensor.description.sensorType.text)")
    if readout.isValid {
      text.line(" Sensor Reading        : \(reading)")
      text.line(" Status                : \(readout.statusText(unavailable: "ns"))")
      writeLimits(to: &text)
    } else {
      // ipmitool begins the line before it knows.
      text.line(" Sensor Reading        :  Unable to read sensor: Device Not Present")
      text.line()
    }
    StateLines.write(measured.events, sensor, to: &text)
    text.line()
  }

  private func writeLimits(to text: inout ReportText) {
    guard let thresholds = measured.thresholds else {
      return text.line(" Sensor Threshold Settings not available")
    }
    if sensor.full != nil {
      for threshold in Threshold.all {
        text.line(" \(threshold.name.filled(to: 22)): \(limit(thresholds[threshold.bit]))")
      }
    }
    for (name, raw) in [
      ("Positive", sensor.hysteresis.positive), ("Negative", sensor.hysteresis.negative),
    ] {
      let value = SensorRecordValues.hysteresis(raw, sensor, readout.factors)
      text.line(" \(name) Hysteresis   : \(value)")
    }
  }

  private func limit(_ raw: UInt8?) -> String {
    guard let raw else { return "na" }
    return sensor.value(raw, readout.factors)?.fixed(3) ?? "0x\(raw.hexadecimal(digits: 1))"
  }

  private var reading: String {
    let raw = "0x\(readout.raw.hexadecimal(digits: 1))"
    guard let full = sensor.full else { return "\(raw) \(readout.unit)" }
    let tolerance = (readout.factors ?? full.factors).tolerance
    guard readout.isAnalog else {
      return "\(raw) (+/- 0x\(tolerance.hexadecimal(digits: 1))) \(readout.unit)"
    }
    let span = sensor.span(Double(tolerance) / 2, readout.factors) ?? 0
    return "\(readout.valueText(3)) (+/- \(span.brief(3))) \(readout.unit)"
  }
}
