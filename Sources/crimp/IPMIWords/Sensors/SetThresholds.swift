import Drivers
import IPMI
import Machines

/// `sensor thresh`: sets thresholds of a sensor.
struct SetThresholds: IPMIOperation {
  /// A threshold and what it shall be, in units.
  struct Setting: Sendable {
    var threshold: Threshold
    var value: Double
  }

  var name: String
  /// In the order in which they are set.
  var settings: [Setting]
  /// Whether a threshold must keep its order among those that there are.
  var checksOrder: Bool

  var privilege: PrivilegeLevel { .operator }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var report = ThresholdsReport(name: name)
    var refused: OperationFailure?
    var complaints: [String] = []
    do throws(OperationFailure) {
      let records = try await bmc.sensorRecords()
      let sensor = try sensor(in: records)
      let inquiry = SensorInquiry(bmc)
      if checksOrder { try await check(sensor, inquiry) }
      for setting in settings {
        report.settings.append(setting)
        do throws(OperationFailure) {
          try await set(setting, sensor, inquiry)
        } catch {
          // One that the sensor has not must not keep the others from being set.
          guard case .completion = error.failure else { throw error }
          refused = error
          complaints.append(error.complaint)
        }
      }
      if let refused {
        throw OperationFailure(refused.failure, complaints.joined(separator: "\n"))
      }
    } catch {
      throw error.after(report)
    }
    return report
  }

  private func sensor(in records: [StoredRecord]) throws(OperationFailure) -> ReadableSensor {
    guard let stored = records.first(named: name) else {
      throw refusal("no sensor \(name)", "Sensor data record not found!")
    }
    guard let sensor = ReadableSensor(stored), sensor.full != nil else {
      throw refusal(
        "\(name) has no thresholds", "Invalid sensor type \(stored.type.hexadecimal())")
    }
    guard sensor.isThreshold else {
      throw refusal(
        "\(name) has no thresholds",
        "Invalid sensor event type \(sensor.description.readingType.rawValue.hexadecimal())")
    }
    return sensor
  }

  private func check(
    _ sensor: ReadableSensor, _ inquiry: SensorInquiry
  ) async throws(OperationFailure) {
    let present: SensorThresholds
    switch try await inquiry.ask(GetSensorThresholds(sensor: sensor.number), sensor) {
    case .success(let response): present = response.thresholds
    case .failure(let failure): throw OperationFailure(failure, "Sensor data record not found!")
    }
    for setting in settings {
      guard isInOrder(setting, among: present, sensor) else {
        throw refusal(
          "\(setting.threshold.key) \(setting.value.brief(3)) is not in order with the others",
          "Invalid Threshold data values. Cannot Set Threshold Data.")
      }
    }
  }

  /// Whether the thresholds would still go up from the lower non-recoverable to the upper one.
  private func isInOrder(
    _ setting: Setting, among present: SensorThresholds, _ sensor: ReadableSensor
  ) -> Bool {
    let order = Threshold.all
    guard present.set.contains(setting.threshold.bit),
      let place = order.firstIndex(of: setting.threshold)
    else { return true }
    return order.enumerated().allSatisfy { index, other in
      guard index != place, let raw = present[other.bit], let value = sensor.value(raw, nil) else {
        return true
      }
      return index < place ? setting.value > value : setting.value < value
    }
  }

  private func set(
    _ setting: Setting, _ sensor: ReadableSensor, _ inquiry: SensorInquiry
  ) async throws(OperationFailure) {
    var thresholds = SensorThresholds()
    thresholds.set = setting.threshold.bit
    thresholds.put(raw(setting.value, sensor), at: setting.threshold.bit)
    let request = SetSensorThresholds(sensor: sensor.number, thresholds)
    if case .failure(let failure) = try await inquiry.ask(request, sensor) {
      throw OperationFailure(failure, Complaint("Error setting threshold"))
    }
  }

  private func raw(_ value: Double, _ sensor: ReadableSensor) -> UInt8 {
    if sensor.isAnalog, let raw = sensor.full?.raw(nearestTo: value) { return raw }
    return UInt8(max(0, min(255, value)))
  }

  private func refusal(_ reason: String, _ complaint: String) -> OperationFailure {
    OperationFailure(
      .completion(.notPresent, command: SetSensorThresholds.name, meaning: reason), complaint)
  }
}

extension SensorThresholds {
  /// Sets the one threshold, raw.
  fileprivate mutating func put(_ raw: UInt8, at threshold: ThresholdSet) {
    switch threshold {
    case .lowerNonCritical: lowerNonCritical = raw
    case .lowerCritical: lowerCritical = raw
    case .lowerNonRecoverable: lowerNonRecoverable = raw
    case .upperNonCritical: upperNonCritical = raw
    case .upperCritical: upperCritical = raw
    case .upperNonRecoverable: upperNonRecoverable = raw
    default: break
    }
  }
}

/// The thresholds that were set.
struct ThresholdsReport: IPMIReport {
  var name: String
  var settings: [SetThresholds.Setting] = []

  func write(to text: inout ReportText) {
    text.line("Locating sensor record '\(name)'...")
    for setting in settings {
      text.line(
        "Setting sensor \"\(name)\" \(setting.threshold.name) threshold to \(setting.value.fixed(3))"
      )
    }
  }

  private enum CodingKeys: CodingKey { case sensor, thresholds }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .sensor)
    let values = settings.map { ($0.threshold.key, $0.value) }
    try container.encode(Dictionary(values) { $1 }, forKey: .thresholds)
  }
}
