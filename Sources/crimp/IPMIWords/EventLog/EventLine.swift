import IPMI

/// A record of the log in one line, as `sel list` and `sel elist` have it.
struct EventLine {
  /// Times below this one count from the controller's start.
  private static let firstAbsolute: UInt32 = 0x2000_0000

  let logged: LoggedEvent

  func write(to text: inout ReportText) {
    text.line(text.style.isCSV ? csv(text.style) : columns(text.style))
  }

  private func columns(_ style: ReportStyle) -> String {
    let number = logged.recordID.hexadecimal(digits: 1).filledInFront(to: 4) + " | "
    if let panic = logged.panic { return number + "Linux kernel panic: \(panic)" }
    return number + time(style) + body(style).joined(separator: " | ")
  }

  private func csv(_ style: ReportStyle) -> String {
    let number = logged.recordID.hexadecimal(digits: 1) + ","
    if let panic = logged.panic { return number + ",,Linux kernel panic: \(panic)" }
    return number + time(style) + body(style).joined(separator: ",")
  }

  /// Date and time, with what stands behind them.
  private func time(_ style: ReportStyle) -> String {
    guard let seconds else { return style.isCSV ? ",," : "" }
    let separator = style.isCSV ? "," : " | "
    guard seconds >= Self.firstAbsolute else {
      let digits = String(repeating: "0", count: max(0, 10 - "\(seconds)".count)) + "\(seconds)"
      return " Pre-Init " + (style.isCSV ? ",\(digits)," : " |\(digits)| ")
    }
    let time = Timestamp(seconds: seconds, isUTC: style.isUTC)
    return time.date + separator + time.time + separator
  }

  private var seconds: UInt32? {
    if let standard = logged.standard { return standard.time }
    if case .oemTimestamped(_, let time, _, _) = logged.record.content { return time }
    return nil
  }

  private func body(_ style: ReportStyle) -> [String] {
    switch logged.record.content {
    case .oemTimestamped(let type, _, let manufacturerID, let data):
      [
        "OEM record \(type.hexadecimal())", manufacturerID.hexadecimal(digits: 6), data.hexadecimal,
      ]
    case .other(let type, let data) where logged.standard == nil:
      ["OEM record \(type.hexadecimal())", data.hexadecimal]
    default: event
    }
  }

  private var event: [String] {
    guard let event = logged.standard?.event else { return [] }
    var cells = [logged.sensorText, event.text, event.directionText]
    if let trigger { cells.append(trigger) }
    if let place = logged.memoryPlace { cells.append(place) }
    return cells
  }

  private var trigger: String? {
    guard let event = logged.standard?.event, let trigger = logged.trigger else { return nil }
    let reading = "Reading \(single(trigger.reading ?? 0))"
    guard let threshold = trigger.threshold else { return reading }
    // Odd states are passed upwards; a state that ends is passed the other way.
    let relation = (event.offset & 1 == 1) != event.isDeassertion ? ">" : "<"
    return "\(reading) \(relation) Threshold \(single(threshold)) \(trigger.unit)"
  }

  /// The number in single precision, as ipmitool keeps it, with 2 digits unless it is whole.
  private func single(_ value: Double) -> String { Double(Float(value)).brief(2) }
}
