import IPMI

/// A further record of an inventory: what it says, where its kind is known.
struct InventoryRecordReport: Encodable, Sendable {
  private let record: FRUMultirecord
  private let content: Content?

  private enum Content {
    case powerSupply(FRUPowerSupply)
    case output(FRUDirectCurrent)
    case load(FRUDirectCurrent)
    case oem(manufacturerID: UInt32)
  }

  private static let oemType: UInt8 = 0xc0

  init(_ record: FRUMultirecord) {
    self.record = record
    content = Self.content(of: record)
  }

  /// What the record says; nil when nothing is known of its type, or it is cut short.
  private static func content(of record: FRUMultirecord) -> Content? {
    let data = record.data
    do throws(IPMIError) {
      switch record.type {
      case FRUPowerSupply.recordType:
        return .powerSupply(try FRUPowerSupply(parsing: data.messageBytes))
      case FRUDirectCurrent.outputType:
        return .output(try FRUDirectCurrent(parsing: data.messageBytes))
      case FRUDirectCurrent.loadType:
        return .load(try FRUDirectCurrent(parsing: data.messageBytes))
      case oemType where data.count >= 3:
        return .oem(
          manufacturerID: UInt32(data[0]) | UInt32(data[1]) << 8 | UInt32(data[2]) << 16)
      default: return nil
      }
    } catch {
      return nil
    }
  }

  func write(to text: inout ReportText) {
    switch content {
    case .powerSupply(let supply): write(supply, to: &text)
    case .output(let output):
      text.line(" DC Output Record")
      row("Output Number", "\(output.output)", to: &text)
      row("Standby power", output.isStandby ? "Yes" : "No", to: &text)
      row("Nominal voltage", volts(output.nominal), to: &text)
      row("Max negative deviation", volts(output.low), to: &text)
      row("Max positive deviation", volts(output.high), to: &text)
      row("Ripple and noise pk-pk", "\(output.rippleMillivolts) mV", to: &text)
      row("Minimum current draw", amperes(output.minimumMilliamperes), to: &text)
      row("Maximum current draw", amperes(output.maximumMilliamperes), to: &text)
    case .load(let load):
      text.line(" DC Load Record")
      row("Output Number", "\(load.output)", to: &text)
      row("Nominal voltage", volts(load.nominal), to: &text)
      row("Min voltage allowed", volts(load.low), to: &text)
      row("Max voltage allowed", volts(load.high), to: &text)
      row("Ripple and noise pk-pk", "\(load.rippleMillivolts) mV", to: &text)
      row("Minimum current load", amperes(load.minimumMilliamperes), to: &text)
      row("Maximum current load", amperes(load.maximumMilliamperes), to: &text)
    case .oem(let manufacturerID):
      let name = Manufacturer.name(of: manufacturerID) ?? unknownText(manufacturerID)
      text.line("  OEM (\(name)) Record")
    case nil: break
    }
  }

  private func write(_ supply: FRUPowerSupply, to text: inout ReportText) {
    text.line(" Power Supply Record")
    row("Capacity", "\(supply.watts) W", to: &text)
    row("Peak VA", "\(supply.peakVoltAmperes) VA", to: &text)
    row("Inrush Current", "\(supply.inrushAmperes) A", to: &text)
    row("Inrush Interval", "\(supply.inrushMilliseconds) ms", to: &text)
    let (first, second) = (supply.input, supply.secondInput)
    row("Input Voltage Range 1", "\(first.low / 100)-\(first.high / 100) V", to: &text)
    row("Input Voltage Range 2", "\(second.low / 100)-\(second.high / 100) V", to: &text)
    row("Input Frequency Range", "\(supply.lowestHertz)-\(supply.highestHertz) Hz", to: &text)
    row("A/C Dropout Tolerance", "\(supply.dropoutMilliseconds) ms", to: &text)
    row("Flags", flags(of: supply), to: &text)
    row("Peak capacity", "\(supply.peakWatts) W", to: &text)
    row("Peak capacity holdup", "\(supply.peakSeconds) s", to: &text)
    row("Combined capacity", combination(of: supply), to: &text)
    if supply.features.contains(.predictsFailure) {
      row("Fan lower threshold", "\(supply.fanThreshold) RPS", to: &text)
    }
  }

  private func flags(of supply: FRUPowerSupply) -> String {
    let features = supply.features
    var text = ""
    if features.contains(.predictsFailure) { text += "'Predictive fail' " }
    if features.contains(.correctsPowerFactor) { text += "'Power factor correction' " }
    if features.contains(.switchesVoltage) { text += "'Autoswitch voltage' " }
    if features.contains(.isHotSwappable) { text += "'Hot swap' " }
    guard features.contains(.predictsFailure) else { return text }
    let isSecond = features.contains(.secondTachometerForm)
    return text
      + (supply.fanThreshold == 0
        ? isSecond ? "'Failure on pin de-assertion'" : "'Failure on pin assertion'"
        : isSecond ? "'Two pulses per rotation'" : "'One pulse per rotation'")
  }

  private func combination(of supply: FRUPowerSupply) -> String {
    guard supply.combinedWatts > 0 else { return "not specified" }
    let voltages = supply.combinedVoltages
    return "\(supply.combinedWatts) W (\(name(voltages.first)) and \(name(voltages.second)))"
  }

  private func name(_ voltage: UInt8) -> String {
    let names = ["12 V", "-12 V", "5 V", "3.3 V"]
    return names.indices.contains(Int(voltage)) ? names[Int(voltage)] : unknownText(voltage)
  }

  private func row(_ name: String, _ value: String, to text: inout ReportText) {
    text.field("  " + name, value, width: 29)
  }

  private func volts(_ hundredths: Int16) -> String {
    decimal(Int(hundredths), digits: 2) + " V"
  }

  private func amperes(_ thousandths: UInt16) -> String {
    decimal(Int(thousandths), digits: 3) + " A"
  }

  /// `count` of the last of `digits` digits behind the point.
  private func decimal(_ count: Int, digits: Int) -> String {
    let text = String(count.magnitude)
    let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
    return (count < 0 ? "-" : "") + padded.dropLast(digits) + "." + padded.suffix(digits)
  }

  // MARK: For programs

  private enum CodingKeys: CodingKey {
    case type, data, capacityWatts, output, nominalVolts, standby, manufacturer
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch content {
    case .powerSupply(let supply):
      try container.encode("power-supply", forKey: .type)
      try container.encode(supply.watts, forKey: .capacityWatts)
    case .output(let output):
      try container.encode("dc-output", forKey: .type)
      try container.encode(output.output, forKey: .output)
      try container.encode(Double(output.nominal) / 100, forKey: .nominalVolts)
      try container.encode(output.isStandby, forKey: .standby)
    case .load(let load):
      try container.encode("dc-load", forKey: .type)
      try container.encode(load.output, forKey: .output)
      try container.encode(Double(load.nominal) / 100, forKey: .nominalVolts)
    case .oem(let manufacturerID):
      try container.encode("oem", forKey: .type)
      try container.encode(manufacturerID, forKey: .manufacturer)
    case nil: try container.encode("0x" + record.type.hexadecimal(), forKey: .type)
    }
    try container.encode(record.data.hexadecimal, forKey: .data)
  }
}
