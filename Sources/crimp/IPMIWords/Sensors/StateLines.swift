import IPMI

/// States and events of a sensor, a line each.
enum StateLines {
  /// The words for `states` below a title; nothing when there are none, or no words for such a sensor.
  static func write(
    _ title: String, _ states: UInt16, _ sensor: ReadableSensor, to text: inout ReportText
  ) {
    let description = sensor.description
    let known = description.sensorType.stateTexts(description.readingType)
    guard states & 0x7fff != 0, !known.isEmpty else { return }
    text.line(" \(title.filled(to: 21)) : \(description.sensorType.text)")
    for state in description.sensorType.stateTexts(states & 0x7fff, description.readingType) {
      text.line("                         [\(state)]")
    }
  }

  /// Which events a sensor has found, and which it sends.
  static func write(
    _ events: SensorEvents, _ sensor: ReadableSensor, to text: inout ReportText
  ) {
    if let occurred = events.occurred { writeOccurred(occurred, sensor, to: &text) }
    if let enabled = events.enabled { writeEnabled(enabled, sensor, to: &text) }
  }

  private static func writeOccurred(
    _ events: SensorEventEnables, _ sensor: ReadableSensor, to text: inout ReportText
  ) {
    guard events.flags & 0x20 == 0 else {
      return text.line(" Event Status          : Unavailable")
    }
    if events.flags & 0x80 == 0 {
      text.line(" Event Status          : Event Messages Disabled")
    }
    guard sensor.isThreshold else {
      write("Assertion Events", events.assertions, sensor, to: &text)
      return write("Deassertion Events", events.deassertions, sensor, to: &text)
    }
    text.line(" Assertion Events      : " + passages(events.assertions))
    // ipmitool shows these only when both of their bytes have some.
    if events.deassertions & 0xff != 0, events.deassertions >> 8 != 0 {
      text.line(" Deassertion Events    : " + passages(events.deassertions))
    }
  }

  private static func writeEnabled(
    _ events: SensorEventEnables, _ sensor: ReadableSensor, to text: inout ReportText
  ) {
    if events.flags & 0x80 == 0 {
      text.line(" Event Enable          : Event Messages Disabled")
    }
    guard sensor.isThreshold else {
      write("Assertions Enabled", events.assertions, sensor, to: &text)
      return write("Deassertions Enabled", events.deassertions, sensor, to: &text)
    }
    text.line(" Assertions Enabled    : " + passages(events.assertions))
    if events.deassertions != 0 {
      text.line(" Deassertions Enabled  : " + passages(events.deassertions))
    }
  }

  /// Thresholds that are passed, downwards (-) or upwards (+).
  private static func passages(_ events: UInt16) -> String {
    let names = [
      "lnc-", "lnc+", "lcr-", "lcr+", "lnr-", "lnr+", "unc-", "unc+", "ucr-", "ucr+", "unr-",
      "unr+",
    ]
    return names.enumerated().filter { events >> UInt16($0.offset) & 1 == 1 }
      .map { "\($0.element) " }.joined()
  }
}
