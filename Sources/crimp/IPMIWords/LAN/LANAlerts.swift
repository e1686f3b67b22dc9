import Drivers
import IPMI
import Machines

/// `lan alert print`: where alerts go, all or one of a channel.
struct ShowLANAlerts: IPMIOperation {
  /// The channel; nil for the first that is a LAN.
  var channel: UInt8?
  /// Which destination; nil for all.
  var destination: UInt8?

  var privilege: PrivilegeLevel { .operator }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let channel = try await LANChannel.chosen(channel, on: bmc) {
      "Channel \($0) is not a LAN channel"
    }
    let last = try await LANAlert.last(of: channel, on: bmc)
    var report = LANAlertsReport()
    if let destination {
      guard destination <= last else { throw LANAlert.failure(destination) }
      report.alerts = try await LANAlert(destination, of: channel, on: bmc).map { [$0] } ?? []
      report.isAffirmative = !report.alerts.isEmpty
      return report
    }
    for destination in 0...last {
      if let alert = try await LANAlert(destination, of: channel, on: bmc) {
        report.alerts.append(alert)
      }
    }
    return report
  }
}

/// A destination of alerts, as the two parameters have it that make it. IPMI 2.0, table 23-4,
/// parameters 18 and 19.
struct LANAlert: Sendable {
  /// Its number, kind, timeout and retries: 4 bytes.
  fileprivate var kind: [UInt8]
  /// Its number, the kind of its address, its gateway, and its addresses: 13 bytes.
  fileprivate var addresses: [UInt8]

  /// Reads a destination; nil when the controller does not tell of it.
  init?(
    _ number: UInt8, of channel: ChannelNumber, on bmc: any BMCTransport
  ) async throws(OperationFailure) {
    guard
      let kind = try await Self.parameter(.destinationType, number, of: channel, on: bmc),
      let addresses = try await Self.parameter(
        .destinationAddresses, number, of: channel, on: bmc), kind.count >= 4,
      addresses.count >= 13
    else { return nil }
    self.kind = kind
    self.addresses = addresses
  }

  /// A destination's parameter; nil when the controller has none such.
  fileprivate static func parameter(
    _ parameter: LANParameterNumber, _ number: UInt8, of channel: ChannelNumber,
    on bmc: any BMCTransport
  ) async throws(OperationFailure) -> [UInt8]? {
    let complaint = Complaint("Get LAN Parameter '\(parameter.name)' command failed")
    let request = GetLANConfigurationParameters(channel: channel, parameter, set: number)
    guard case .success(let response) = try await bmc.attempt(request, complaint) else {
      return nil
    }
    return response.parameterData
  }

  /// The number of the channel's last destination.
  fileprivate static func last(
    of channel: ChannelNumber, on bmc: any BMCTransport
  ) async throws(OperationFailure) -> UInt8 {
    guard let data = try await bmc.lanParameter(.destinationCount, of: channel),
      let first = data.first
    else {
      throw OperationFailure(
        .completion(
          CompletionCode(rawValue: 0x80), command: GetLANConfigurationParameters.name,
          meaning: "the channel sends no alerts"), "")
    }
    return first & 0x0f
  }

  fileprivate static func failure(_ destination: UInt8) -> OperationFailure {
    OperationFailure(
      .completion(
        .parameterOutOfRange, command: GetLANConfigurationParameters.name,
        meaning: "there is no alert destination \(destination)"),
      "Alert \(destination) is not a valid destination")
  }
}

/// Where alerts go.
struct LANAlertsReport: IPMIReport {
  var alerts: [LANAlert] = []
  var isAffirmative = true

  func write(to text: inout ReportText) {
    for alert in alerts { write(alert, to: &text) }
  }

  private func write(_ alert: LANAlert, to text: inout ReportText) {
    func row(_ name: String, _ value: String) { text.field(name, value, width: 24) }
    let (kind, addresses) = (alert.kind, alert.addresses)
    let isAcknowledged = kind[1] & 0x80 != 0
    row("Alert Destination", "\(kind[0])")
    row("Alert Acknowledge", isAcknowledged ? "Acknowledged" : "Unacknowledged")
    row("Destination Type", [0: "PET Trap", 6: "OEM 1", 7: "OEM 2"][kind[1] & 0x07] ?? "Unknown")
    row(isAcknowledged ? "Acknowledge Timeout" : "Retry Interval", "\(kind[2])")
    row("Number of Retries", "\(kind[3] & 0x07)")
    // Only addresses of IPv4 and Ethernet have a form.
    if addresses[1] & 0xf0 == 0 {
      row("Alert Gateway", addresses[2] & 1 != 0 ? "Backup" : "Default")
      row("Alert IP Address", LANAlertChange.text(ip: addresses[3..<7]))
      row("Alert MAC Address", LANAlertChange.text(mac: addresses[7..<13]))
    }
    text.line()
  }

  private enum CodingKeys: CodingKey { case alerts }
  private struct Alert: Encodable {
    var destination: UInt8
    var acknowledged: Bool
    var type: UInt8
    var seconds: UInt8
    var retries: UInt8
    var address: String
    var hardwareAddress: String
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(
      alerts.map { alert in
        Alert(
          destination: alert.kind[0], acknowledged: alert.kind[1] & 0x80 != 0,
          type: alert.kind[1] & 0x07, seconds: alert.kind[2], retries: alert.kind[3] & 0x07,
          address: LANAlertChange.text(ip: alert.addresses[3..<7]),
          hardwareAddress: LANAlertChange.text(mac: alert.addresses[7..<13]))
      }, forKey: .alerts)
  }
}

/// What `lan alert set` changes of a destination.
enum LANAlertChange: Sendable {
  case address(LANParameter.IPv4)
  case hardwareAddress(LANParameter.HardwareAddress)
  case gateway(isBackup: Bool)
  case acknowledgement(Bool)
  case type(UInt8)
  case time(UInt8)
  case retries(UInt8)

  /// The parameter that has it, and how many bytes that has.
  fileprivate var parameter: (number: LANParameterNumber, byteCount: Int) {
    switch self {
    case .address, .hardwareAddress, .gateway: (.destinationAddresses, 13)
    case .acknowledgement, .type, .time, .retries: (.destinationType, 4)
    }
  }

  /// Changes the parameter's bytes.
  fileprivate func apply(to data: inout [UInt8]) {
    switch self {
    case .address(let address): data.replaceSubrange(3..<7, with: address.bytes)
    case .hardwareAddress(let address): data.replaceSubrange(7..<13, with: address.bytes)
    case .gateway(let isBackup): data[2] = isBackup ? 1 : 0
    case .acknowledgement(let isOn): data[1] = isOn ? data[1] | 0x80 : data[1] & 0x7f
    case .type(let type): data[1] = data[1] & 0xf8 | type
    case .time(let seconds): data[2] = seconds
    case .retries(let count): data[3] = count
    }
  }

  /// What ipmitool says of it.
  fileprivate func words(_ destination: UInt8) -> String {
    let alert = "Setting LAN Alert \(destination)"
    switch self {
    case .address(let address): return "\(alert) IP Address to \(address.text)"
    case .hardwareAddress(let address): return "\(alert) MAC Address to \(address.text)"
    case .gateway(let isBackup):
      return "\(alert) to use \(isBackup ? "Backup" : "Default") Gateway"
    case .acknowledgement(let isOn):
      return "\(alert) to \(isOn ? "Acknowledged" : "Unacknowledged")"
    case .type(let type):
      return "\(alert) destination to \(type == 0 ? "PET Trap" : type == 6 ? "OEM 1" : "OEM 2")"
    case .time(let seconds): return "\(alert) timeout/retry to \(seconds) seconds"
    case .retries(let count): return "\(alert) number of retries to \(count)"
    }
  }

  fileprivate static func text(ip bytes: ArraySlice<UInt8>) -> String {
    bytes.map { "\($0)" }.joined(separator: ".")
  }

  fileprivate static func text(mac bytes: ArraySlice<UInt8>) -> String {
    bytes.map { $0.hexadecimal() }.joined(separator: ":")
  }
}

/// `lan alert set`: reads a parameter of a destination, changes a part of it, and writes it.
struct SetLANAlert: IPMIOperation {
  var channel: UInt8
  var destination: UInt8
  var change: LANAlertChange

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let channel = try await LANChannel.chosen(channel, on: bmc) {
      "Channel \($0) is not a LAN channel"
    }
    guard destination <= (try await LANAlert.last(of: channel, on: bmc)) else {
      throw LANAlert.failure(destination)
    }
    let (number, byteCount) = change.parameter
    guard
      var data = try await LANAlert.parameter(number, destination, of: channel, on: bmc),
      data.count >= byteCount
    else {
      throw OperationFailure(
        .completion(
          CompletionCode(rawValue: 0x80), command: GetLANConfigurationParameters.name,
          meaning: "parameter not supported"),
        "Get LAN Parameter '\(number.name)' command failed: parameter not supported")
    }
    change.apply(to: &data)
    let announcement = change.words(destination)
    do throws(OperationFailure) {
      _ = try await bmc.ask(
        SetLANConfigurationParameters(channel: channel, .other(number, data: data)),
        Complaint("Set LAN Parameter failed"))
    } catch {
      throw error.after(SetReport(announcement: announcement, conclusion: nil))
    }
    return SetReport(announcement: announcement, conclusion: nil)
  }
}
