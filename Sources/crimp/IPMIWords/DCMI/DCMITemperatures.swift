import Drivers
import IPMI
import Machines

/// `dcmi get_temp_reading`: the temperatures of air inlet, processors and board.
struct ReadTemperatures: IPMIOperation {
  var privilege: PrivilegeLevel { .user }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var report = TemperaturesReport()
    for place in DCMIPlace.all {
      do throws(BMCFailure) {
        try await read(place, over: bmc, into: &report)
      } catch {
        let failure = OperationFailure(dcmi: error)
        // A controller need not have sensors at each place.
        guard error.completionCode != nil else { throw failure.after(report) }
        report.faults.append(failure.complaint)
      }
    }
    return report
  }

  private func read(
    _ place: DCMIPlace, over bmc: any BMCTransport, into report: inout TemperaturesReport
  ) async throws(BMCFailure) {
    var start = 1
    while start <= 255 {
      let response = try await bmc.request(
        GetTemperatureReadings(
          sensorType: SensorType(rawValue: 0x01), entity: EntityID(kind: place.entity, instance: 0),
          start: UInt8(clamping: start)))
      for temperature in response.temperatures {
        report.temperatures.append(
          .init(
            place: place.name.lowercased(), instance: temperature.instance,
            celsius: temperature.celsius))
      }
      start += response.temperatures.count
      guard !response.temperatures.isEmpty, start <= response.total else { return }
    }
  }
}

/// A place whose temperature DCMI knows. DCMI 1.5, table 6-22.
struct DCMIPlace: Sendable {
  /// The number of its kind of part.
  var entity: UInt8
  /// ipmitool's word.
  var name: String
  /// What ipmitool calls its readings.
  var meaning: String

  static let all = [
    DCMIPlace(entity: 0x40, name: "Inlet", meaning: "Inlet air temperature(40h)"),
    DCMIPlace(entity: 0x41, name: "CPU", meaning: "CPU temperature sensors(41h)"),
    DCMIPlace(entity: 0x42, name: "Baseboard", meaning: "Baseboard temperature sensors(42h)"),
  ]
}

/// Temperatures.
struct TemperaturesReport: IPMIReport {
  /// A temperature.
  struct Temperature: Encodable, Sendable {
    /// `inlet`, `cpu` or `baseboard`.
    var place: String
    var instance: UInt8
    var celsius: Int
  }

  var temperatures: [Temperature] = []
  /// Why there is none of a place.
  var faults: [String] = []

  private enum CodingKeys: CodingKey { case temperatures }

  func write(to text: inout ReportText) {
    text.write("\n\tEntity ID\t\t\tEntity Instance\t   Temp. Readings")
    for temperature in temperatures {
      let place = DCMIPlace.all.first { $0.name.lowercased() == temperature.place }
      let sign = temperature.celsius < 0 ? "-" : "+"
      text.write(
        "\n\(place?.meaning ?? "")\t\t\(temperature.instance)\t\t"
          + "\(sign)\(temperature.celsius.magnitude) C")
    }
    text.line()
    for fault in faults { text.complain(fault) }
  }
}
