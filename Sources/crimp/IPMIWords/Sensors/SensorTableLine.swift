import IPMI

/// A sensor in one line of `sensor list`: name, reading, unit, state, and six thresholds from the lowest.
struct SensorTableLine {
  let measured: MeasuredSensor
  private var readout: SensorReadout { measured.readout }
  private var sensor: ReadableSensor { readout.sensor }

  func write(to text: inout ReportText) {
    let start = "\(sensor.name.filled(to: 16)) "
    text.line(start + (sensor.isThreshold ? thresholdCells : discreteCells) + limits)
  }

  /// The same between commas, of which ipmitool has no form.
  func writeCSV(to text: inout ReportText) {
    var cells = [sensor.name, readout.value?.fixed(3) ?? "", readout.isAnalog ? readout.unit : ""]
    cells.append(sensor.isThreshold ? readout.statusKey : readout.isValid ? "ok" : "ns")
    cells += Threshold.all.map { limit($0.bit) ?? "" }
    cells.append(sensor.isThreshold ? "" : readout.stateTexts.joined(separator: "; "))
    text.line(cells.joined(separator: ","))
  }

  private var thresholdCells: String {
    guard readout.isValid else { return row("na", readout.unit, "na") }
    let reading =
      readout.isAnalog
      ? (readout.value ?? 0).fixed(3) : "0x\(readout.raw.hexadecimal(digits: 1))"
    return row(reading, readout.unit, readout.severityKey)
  }

  private var discreteCells: String {
    guard readout.isValid else { return row("na", "discrete", "na") }
    guard !readout.isAnalog else { return row(readout.valueText(3), readout.unit, "ok") }
    let (first, second) = readout.stateBytes
    return row(
      "0x\(first.hexadecimal(digits: 1))", "discrete",
      "0x\(first.hexadecimal())\(second.hexadecimal())")
  }

  private func row(_ reading: String, _ unit: String, _ state: String) -> String {
    "| \(reading.filled(to: 10)) | \(unit.filled(to: 10)) | \(state.filled(to: 6))"
  }

  private var limits: String {
    let hasLimits = sensor.isThreshold && sensor.full != nil
    return Threshold.all.map { threshold in
      "| \(((hasLimits ? limit(threshold.bit) : nil) ?? "na").filled(to: 10))"
    }.joined()
  }

  private func limit(_ threshold: ThresholdSet) -> String? {
    guard sensor.isThreshold, let raw = measured.thresholds?[threshold] else { return nil }
    return sensor.value(raw, readout.factors)?.fixed(3) ?? "0x\(raw.hexadecimal(digits: 1))"
  }
}
