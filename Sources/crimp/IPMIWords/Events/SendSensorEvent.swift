import Drivers
import IPMI
import Machines

/// `event NAME STATE`: tells the controller that a sensor of its own has entered or left a state; or
/// which states it has.
struct SendSensorEvent: IPMIOperation {
  var name: String
  /// A state in words, a threshold's letters, or `list`.
  var state: String
  var isDeassertion: Bool

  var privilege: PrivilegeLevel { .operator }

  /// Words for a state that is or is not, beside the table's.
  private static let shortcuts = [
    ("present", "absent"), ("assert", "deassert"), ("limit", "nolimit"), ("fail", "nofail"),
    ("yes", "no"), ("on", "off"), ("up", "down"),
  ]

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let records = try await bmc.sensorRecords()
    var report = SentEventsReport()
    let finding = "Finding sensor \(name)... "
    guard let stored = records.first(named: name) else {
      report.lines.append(.text(finding + "not found!"))
      report.isAffirmative = false
      return report
    }
    report.lines.append(.text(finding + "ok"))
    do throws(OperationFailure) {
      guard let sensor = ReadableSensor(stored) else {
        throw refusal("no sensor that can be asked", "Unknown sensor type for id '\(name)'")
      }
      if state.lowercased() == "list" {
        report.lines += states(of: sensor).map { .text($0) }
        // ipmitool takes a list of thresholds for a failure.
        report.isAffirmative = !sensor.isThreshold
        return report
      }
      let event = try await event(of: sensor, SensorInquiry(bmc))
      report.note(event)
      _ = try await bmc.ask(
        event, Complaint("Platform Event Message command failed"), isRepeatable: false)
    } catch {
      throw error.after(report)
    }
    return report
  }

  private func states(of sensor: ReadableSensor) -> [String] {
    if sensor.isThreshold {
      return ["Sensor States:"]
        + Threshold.all.map { threshold in
          // The space is ipmitool's.
          "  \(threshold.key) : \(threshold.name)\(threshold == .lowerNonRecoverable ? " " : "")"
        }
    }
    let description = sensor.description
    let texts = description.sensorType.stateTexts(description.readingType).filter { !$0.isEmpty }
    var lines = ["Sensor States: "] + texts.map { "  \($0)" }
    if isDigital(sensor) {
      lines.append("Sensor State Shortcuts:")
      lines += Self.shortcuts.map { "  \($0.0.filled(to: 9))  \($0.1.filled(to: 9))" }
    }
    return lines
  }

  private func isDigital(_ sensor: ReadableSensor) -> Bool {
    [0x03, 0x04, 0x05, 0x06, 0x08, 0x09].contains(sensor.description.readingType.rawValue)
  }

  private func event(
    of sensor: ReadableSensor, _ inquiry: SensorInquiry
  ) async throws(OperationFailure) -> PlatformEventMessage {
    let data =
      sensor.isThreshold
      ? try await passage(sensor, inquiry) : [try offset(of: sensor), 0xff, 0xff]
    return PlatformEventMessage(
      SystemEvent(
        sensorType: sensor.description.sensorType, sensorNumber: sensor.number,
        readingType: sensor.description.readingType, isDeassertion: isDeassertion, data: data))
  }

  /// The number of the state in words.
  private func offset(of sensor: ReadableSensor) throws(OperationFailure) -> UInt8 {
    let word = state.lowercased()
    if isDigital(sensor) {
      if Self.shortcuts.contains(where: { $0.0 == word }) { return 1 }
      if Self.shortcuts.contains(where: { $0.1 == word }) { return 0 }
    }
    let description = sensor.description
    let texts = description.sensorType.stateTexts(description.readingType)
    guard let index = texts.firstIndex(where: { !$0.isEmpty && $0.lowercased() == word }) else {
      throw refusal(
        "no state '\(state)'", "Unable to find matching event offset for '\(state)'")
    }
    return UInt8(index)
  }

  /// A threshold that is passed: the state, a reading just beyond the threshold, and the threshold.
  private func passage(
    _ sensor: ReadableSensor, _ inquiry: SensorInquiry
  ) async throws(OperationFailure) -> [UInt8] {
    guard let threshold = Threshold.all.first(where: { $0.key == state }) else {
      throw refusal("no threshold '\(state)'", "Invalid threshold identifier \(state)")
    }
    let limit: UInt8
    switch try await inquiry.ask(GetSensorThresholds(sensor: sensor.number), sensor) {
    case .success(let response): limit = response.thresholds[threshold.bit] ?? 0
    case .failure(let failure):
      throw OperationFailure(failure, Complaint("Command Get Sensor Thresholds failed"))
    }
    let isUpper = threshold.key.hasPrefix("u")
    let goesUp = isUpper != isDeassertion
    var step: UInt8 = 1
    let request = GetSensorHysteresis(sensor: sensor.number, mask: 0xff)
    if case .success(let hysteresis) = try await inquiry.ask(request, sensor) {
      step = max(1, goesUp ? hysteresis.positive : hysteresis.negative)
    }
    let reading = Int(limit) + (goesUp ? 1 : -1) * Int(step)
    let bits: [ThresholdSet] = [
      .lowerNonCritical, .lowerCritical, .lowerNonRecoverable, .upperNonCritical, .upperCritical,
      .upperNonRecoverable,
    ]
    let index = bits.firstIndex(of: threshold.bit) ?? 0
    // A reading stands in the second byte, a threshold in the third.
    return [0x50 | UInt8(2 * index + (goesUp ? 1 : 0)), UInt8(clamping: reading), limit]
  }

  private func refusal(_ reason: String, _ complaint: String) -> OperationFailure {
    OperationFailure(
      .completion(.notPresent, command: "event \(name)", meaning: reason), complaint)
  }
}
