import IPMI

/// A sensor in one line, as `sdr list` and `sdr elist` have it.
struct SensorLines {
  let readout: SensorReadout
  private var sensor: ReadableSensor { readout.sensor }

  /// Name, reading, state.
  func writeShort(to text: inout ReportText) {
    var value = ""
    if readout.isValid {
      value =
        readout.isAnalog
        ? "\(readout.valueText(2)) \(readout.unit)" : "0x\(plain.hexadecimal())"
    } else if sensor.full == nil {
      value = "Not Readable"
    } else {
      value = readout.isDisabled ? "disabled" : "no reading"
    }
    text.line(
      "\(sensor.name.filled(to: 16)) | \(cut(value).filled(to: 17)) | \(state(readout.severityKey))"
    )
  }

  /// What ipmitool shows of a reading that is no number: the first byte of states.
  private var plain: UInt8 { readout.stateBytes.first }

  /// Name, number, state, part, reading.
  func writeExtended(to text: inout ReportText) {
    let number = sensor.number.hexadecimal(uppercase: true)
    let start =
      "\(sensor.name.filled(to: 16)) | \(number)h | \(state(readout.statusKey).filled(to: 3)) | "
      + "\(sensor.entity.column) | "
    text.line(start + extendedValue)
  }

  private var extendedValue: String {
    guard readout.isValid else { return readout.isDisabled ? "Disabled" : "No Reading" }
    let value = "\(readout.valueText(2)) \(readout.unit)"
    if sensor.isThreshold, readout.isAnalog { return cut(value) }
    let states = readout.stateTexts.joined(separator: ", ")
    guard readout.isAnalog else { return states }
    return readout.states == 0 ? value : "\(value), \(states)"
  }

  /// Fields between commas.
  func writeCSV(isExtended: Bool, verbosity: Int, to text: inout ReportText) {
    guard sensor.isThreshold else { return text.line("\(sensor.name),\(discreteCSV)") }
    var line = "\(sensor.name),"
    if !readout.isValid {
      line += ",,ns"
    } else if readout.isAnalog {
      let state = thresholdState(isExtended, verbosity)
      line += "\(readout.valueText(3)),\(readout.unit),\(state)"
    } else {
      line += discreteCSV
    }
    if verbosity > 0 { line += ",\(sensor.entity.numberText)," + wholeCSV }
    text.line(line)
  }

  private func thresholdState(_ isExtended: Bool, _ verbosity: Int) -> String {
    if verbosity > 0 { return readout.statusText(unavailable: "ns") }
    return isExtended ? readout.statusKey : readout.severityKey
  }

  private var discreteCSV: String {
    let number = sensor.number.hexadecimal(uppercase: true) + "h"
    let entity = sensor.entity.numberText
    guard readout.isValid else { return "\(number),ns,\(entity),No Reading" }
    let value =
      readout.isAnalog ? "\(readout.valueText(2)),\(readout.unit)" : number
    return "\(value),ok,\(entity)," + readout.stateTexts.joined(separator: ", ")
  }

  /// The part's and the sensor's kind, then what the record has of nominal readings and thresholds.
  private var wholeCSV: String {
    let kinds = "\(sensor.entity.text),\(sensor.description.sensorType.text),"
    guard let full = sensor.full else { return kinds + ",,,,,,,,,," }
    let record = SensorRecordValues(full, sensor, readout.factors)
    let readable = sensor.description.readableThresholds
    let order = [Threshold].descending
    let cells =
      [
        record.nominal.map(record.plain), record.normalMinimum.map(record.plain),
        record.normalMaximum.map(record.plain),
      ] + order.map { readable.contains($0.bit) ? record.plain(record.threshold($0)) : nil }
    return kinds + cells.map { "\($0 ?? "")," }.joined()
      + "\(record.plain(full.minimum)),\(record.plain(full.maximum))"
  }

  /// The state of a sensor with thresholds; others are `ok` or `ns`.
  private func state(_ key: String) -> String {
    sensor.isThreshold ? key : readout.isValid ? "ok" : "ns"
  }

  /// ipmitool has room for 15 characters.
  private func cut(_ value: String) -> String { String(value.prefix(15)) }
}

extension [Threshold] {
  /// The upper ones, then the lower ones, the worst first.
  static let descending: [Threshold] = [
    .upperNonRecoverable, .upperCritical, .upperNonCritical, .lowerNonRecoverable,
    .lowerCritical, .lowerNonCritical,
  ]
}

extension EntityID {
  /// Kind and instance in a column of ipmitool's tables.
  var column: String { "\(kind)".filledInFront(to: 2) + ".\(instance & 0x7f)" }
}
