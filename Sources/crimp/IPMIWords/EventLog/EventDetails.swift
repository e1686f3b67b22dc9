import IPMI

/// A record of the log in many lines, as `sel get` and `sel -v list` have it.
struct EventDetails {
  let logged: LoggedEvent
  /// Whether what the sensor's record tells is told as well.
  var isExtended = false

  func write(to text: inout ReportText) {
    text.line("SEL Record ID          : \(logged.recordID.hexadecimal(digits: 4))")
    if let panic = logged.panic {
      field("Record Type", "Linux kernel panic (OEM record f0)", to: &text)
      field("Panic string", panic, to: &text)
      return text.line()
    }
    guard let (event, time) = logged.standard else { return writeManufacturers(to: &text) }
    field("Record Type", logged.type.hexadecimal(), to: &text)
    field("Timestamp", timestamp(time, text.style), to: &text)
    let isKnown = isExtended && logged.sensor != nil
    field("Generator ID", event.generatorID.hexadecimal(digits: 4), to: &text)
    field("EvM Revision", event.revision.hexadecimal(), to: &text)
    field("Sensor Type", event.sensorType.text, to: &text)
    field("Sensor Number", event.sensorNumber.hexadecimal(), to: &text)
    field("Event Type", event.readingType.text, to: &text)
    field(
      "Event Direction", event.isDeassertion ? "Deassertion Event" : "Assertion Event", to: &text)
    field(isKnown ? "Event Data (RAW)" : "Event Data", event.data.hexadecimal, to: &text)
    if isKnown { writeData(event, to: &text) }
    field("Description", event.text, to: &text)
    text.line()
  }

  private func timestamp(_ seconds: UInt32, _ style: ReportStyle) -> String {
    let time = Timestamp(seconds: seconds, isUTC: style.isUTC)
    return "\(time.date) \(time.time)"
  }

  /// What the second and third byte of an event mean. IPMI 2.0, table 29-6.
  private func writeData(_ event: SystemEvent, to text: inout ReportText) {
    switch event.readingType.rawValue {
    case 0x01:
      guard case .full = logged.sensor?.record.content else { return writePlain(event, to: &text) }
      let trigger = logged.trigger
      write(
        event.data[0] >> 6, event.data[1], "Trigger Reading", trigger?.reading, trigger?.unit,
        to: &text)
      write(
        event.data[0] >> 4 & 0x03, event.data[2], "Trigger Threshold", trigger?.threshold,
        trigger?.unit, to: &text)
    case 0x02...0x0c, 0x70...0x7f: break
    case 0x6f:
      if let place = logged.memoryPlace {
        field("Event Data", place, to: &text)
      } else if event.sensorType.rawValue != 0x2b || event.data[0] != 0xc1 {
        field("Event Interpretation", "Missing", to: &text)
      }
    default: writePlain(event, to: &text)
    }
  }

  private func writePlain(_ event: SystemEvent, to text: inout ReportText) {
    field("Event Data", event.data.hexadecimal, to: &text)
  }

  private func write(
    _ meaning: UInt8, _ byte: UInt8, _ name: String, _ value: Double?, _ unit: String?,
    to text: inout ReportText
  ) {
    switch meaning {
    case 1:
      // ipmitool has no space between the number and its unit.
      field(name, (value ?? 0).fixed(3) + (unit ?? ""), to: &text)
    case 2: field("OEM Data", byte.hexadecimal(), to: &text)
    case 3: field("Sensor Extension Code", byte.hexadecimal(), to: &text)
    default: break
    }
  }

  private func writeManufacturers(to text: inout ReportText) {
    let type = logged.type.hexadecimal()
    switch logged.record.content {
    case .oemTimestamped(_, let time, let manufacturerID, let data):
      field("Record Type", "\(type)  (OEM timestamped)", to: &text)
      field("Timestamp", timestamp(time, text.style), to: &text)
      // The name is ipmitool's spelling.
      field("Manufactacturer ID", manufacturerID.hexadecimal(digits: 6), to: &text)
      writeDefined(data, to: &text)
    case .other(_, let data):
      field("Record Type", "\(type)  (OEM non-timestamped)", to: &text)
      writeDefined(data, to: &text)
    case .event: break
    }
  }

  private func writeDefined(_ data: [UInt8], to text: inout ReportText) {
    let characters = data.map { (0x20...0x7e).contains($0) ? $0 : UInt8(ascii: ".") }
    field(
      "OEM Defined", "\(data.hexadecimal) [\(String(decoding: characters, as: UTF8.self))]",
      to: &text)
    text.line()
  }

  private func field(_ name: String, _ value: String, to text: inout ReportText) {
    text.field(" " + name, value, width: 23)
  }
}
