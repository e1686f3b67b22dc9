import IPMI

/// A sensor in one line of `sensor list`: name, reading, unit, state, and six thresholds from the lowest.
struct SensorTableLine {
  let measured: MeasuredSensor
  /// Whether the threshold is written out that a reading is at: `sensor get` does, between commas too.
  var hasWords = false
  private var readout: SensorReadout { measured.readout }
  private var sensor: ReadableSensor { readout.sensor }

  func write(to text: inout ReportText) {
    let cells = cells(statesOf: readout.stateBytes.first)
    let widths = [10, 10, 6] + Threshold.all.map { _ in 10 }
    let columns = zip(cells, widths).enumerated().map { place, column in
      "| \(column.0.filled(to: column.1))\(place < 2 ? " " : "")"
    }
    text.line("\(sensor.name.filled(to: 16)) \(columns.joined())")
  }

  /// The same between commas. Of states, ipmitool has the reading here and the first byte of states above.
  func writeCSV(to text: inout ReportText) {
    text.line(([sensor.name] + cells(statesOf: readout.raw)).joined(separator: ","))
  }

  /// Reading, unit, state and thresholds.
  ///
  /// - Parameter byte: what stands for the reading of a sensor of states.
  private func cells(statesOf byte: UInt8) -> [String] {
    (sensor.isThreshold ? thresholdCells : discreteCells(byte)) + limits
  }

  private var thresholdCells: [String] {
    guard readout.isValid else { return ["na", readout.unit, "na"] }
    let reading =
      readout.isAnalog
      ? (readout.value ?? 0).fixed(3) : "0x\(readout.raw.hexadecimal(digits: 1))"
    return [
      reading, readout.unit,
      hasWords ? readout.statusText(unavailable: "ns") : readout.severityKey,
    ]
  }

  private func discreteCells(_ byte: UInt8) -> [String] {
    guard readout.isValid else { return ["na", "discrete", "na"] }
    guard !readout.isAnalog else { return [readout.valueText(3), readout.unit, "ok"] }
    let (first, second) = readout.stateBytes
    return [
      "0x\(byte.hexadecimal(digits: 1))", "discrete",
      "0x\(first.hexadecimal())\(second.hexadecimal())",
    ]
  }

  private var limits: [String] {
    let hasLimits = sensor.isThreshold && sensor.full != nil
    return Threshold.all.map { (hasLimits ? limit($0.bit) : nil) ?? "na" }
  }

  private func limit(_ threshold: ThresholdSet) -> String? {
    guard sensor.isThreshold, let raw = measured.thresholds?[threshold] else { return nil }
    return sensor.value(raw, readout.factors)?.fixed(3) ?? "0x\(raw.hexadecimal(digits: 1))"
  }
}
