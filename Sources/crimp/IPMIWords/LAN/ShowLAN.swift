import Drivers
import IPMI
import Machines

/// `lan print`: all parameters of a channel, one after the other.
struct ShowLAN: IPMIOperation {
  var privilege: PrivilegeLevel { .operator }

  /// The channel; nil for the first that is a LAN.
  var channel: ChannelNumber?

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var complaints: [String] = []
    let channel: ChannelNumber
    if let wanted = self.channel {
      guard try await LANChannel.check(wanted, on: bmc, &complaints) else {
        throw LANChannel.failure(complaints + ["Invalid channel: \(wanted.rawValue)"])
      }
      channel = wanted
    } else {
      guard let first = try await LANChannel.first(on: bmc, &complaints) else {
        throw LANChannel.failure(complaints + ["Invalid channel: 0"])
      }
      channel = first
    }
    var report = LANReport(channel: channel.rawValue, complaints: complaints)
    for number in LANReport.order {
      do throws(OperationFailure) {
        guard let data = try await bmc.lanParameter(number, of: channel) else { continue }
        try report.take(number, data)
      } catch {
        // Controllers without VLANs refuse these in many ways.
        if error.failure.isRefusal, [.vlanID, .vlanPriority].contains(number) { continue }
        throw error.after(report)
      }
    }
    return report
  }
}

/// The parameters of a LAN channel.
struct LANReport: IPMIReport {
  var channel: UInt8
  /// What was refused on the way, in ipmitool's words.
  var complaints: [String]
  private var values: [LANParameterNumber: LANParameter] = [:]

  /// Which parameters are asked for, in ipmitool's order.
  static let order: [LANParameterNumber] = [
    .setInProgress, .authenticationSupport, .authenticationEnables, .addressSource, .address,
    .subnetMask, .hardwareAddress, .communityString, .ipHeader, .arpControl,
    .gratuitousARPInterval, .defaultGateway, .defaultGatewayHardware, .backupGateway,
    .backupGatewayHardware, .vlanID, .vlanPriority, .cipherSuiteCount, .cipherSuites,
    .cipherSuitePrivileges, .badPasswordThreshold,
  ]

  init(channel: UInt8, complaints: [String]) {
    self.channel = channel
    self.complaints = complaints
  }

  /// Takes a parameter's data.
  mutating func take(_ number: LANParameterNumber, _ data: [UInt8]) throws(OperationFailure) {
    do throws(IPMIError) {
      values[number] = try LANParameter(number, parsing: data.messageBytes)
    } catch {
      // Controllers without a key for it send less; ipmitool prints "Not Available" then.
      if [.cipherSuitePrivileges, .badPasswordThreshold].contains(number) { return }
      throw OperationFailure(
        .malformedAnswer(error, command: GetLANConfigurationParameters.name),
        "Get LAN Parameter '\(number.name)' command failed")
    }
  }

  func write(to text: inout ReportText) {
    for complaint in complaints { text.complain(complaint) }
    for number in Self.order {
      if let value = values[number] {
        write(value, to: &text)
      } else if [.cipherSuitePrivileges, .badPasswordThreshold].contains(number) {
        row(number.name, "Not Available", to: &text)
      }
    }
  }

  private func row(_ name: String, _ value: String, to text: inout ReportText) {
    text.field(name, value, width: 24)
  }

  private func write(_ value: LANParameter, to text: inout ReportText) {
    let name = value.number.name
    switch value {
    case .authenticationEnables(let enables): write(enables, to: &text)
    case .cipherSuiteCount: break
    case .cipherSuites(let suites):
      let count = suiteCount ?? suites.count
      row(name, suites.prefix(count).map { String($0) }.joined(separator: ","), to: &text)
    case .cipherSuitePrivileges(let limits):
      row(name, String(limits.prefix(15).map(\.letter)), to: &text)
      let legend = [
        "X=Cipher Suite Unused", "c=CALLBACK", "u=USER", "o=OPERATOR", "a=ADMIN", "O=OEM",
      ]
      for line in legend { row("", "    " + line, to: &text) }
    case .badPasswordThreshold(let threshold):
      row(name, "\(threshold.threshold)", to: &text)
      row("Invalid password disable", threshold.sendsEvent ? "yes" : "no", to: &text)
      row("Attempt Count Reset Int.", "\(Int(threshold.resetInterval) * 10)", to: &text)
      row("User Lockout Interval", "\(Int(threshold.lockoutInterval) * 10)", to: &text)
    default: row(name, value.text, to: &text)
    }
  }

  private func write(_ enables: LANParameter.AuthenticationEnables, to text: inout ReportText) {
    let name = LANParameterNumber.authenticationEnables.name
    row(name, "Callback : \(enables.callback.text)", to: &text)
    row("", "User     : \(enables.user.text)", to: &text)
    row("", "Operator : \(enables.operator.text)", to: &text)
    row("", "Admin    : \(enables.administrator.text)", to: &text)
    row("", "OEM      : \(enables.oem.text)", to: &text)
  }

  private var suiteCount: Int? {
    guard case .cipherSuiteCount(let count)? = values[.cipherSuiteCount] else { return nil }
    return Int(count)
  }
}

extension LANParameter {
  /// The value as ipmitool prints it, for parameters that are one row.
  fileprivate var text: String {
    switch self {
    case .setInProgress(.complete): "Set Complete"
    case .setInProgress(.inProgress): "Set In Progress"
    case .setInProgress(.commitWrite): "Commit Write"
    case .setInProgress: "Reserved"
    case .authenticationSupport(let types): types.text
    case .address(let address), .subnetMask(let address), .defaultGateway(let address),
      .backupGateway(let address):
      address.text
    case .hardwareAddress(let address), .defaultGatewayHardware(let address),
      .backupGatewayHardware(let address):
      address.text
    case .addressSource(let source): source.text
    case .communityString(let bytes): String(decoding: bytes, as: UTF8.self)
    case .ipHeader(let header): header.text
    case .arpControl(let control): control.text
    case .gratuitousARPInterval(let interval): "\((Int(interval) + 1) / 2).0 seconds"
    case .vlanID(let id): id.map { "\($0)" } ?? "Disabled"
    case .vlanPriority(let priority): "\(priority)"
    case .cipherSuiteCount(let count), .destinationCount(let count): "\(count)"
    case .primaryPort(let port), .secondaryPort(let port): "\(port)"
    case .other(_, let data): data.hexadecimal
    case .authenticationEnables, .cipherSuites, .cipherSuitePrivileges, .badPasswordThreshold: ""
    }
  }
}

extension LANReport {
  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(_ text: String) { stringValue = text }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
  }

  /// Keys in camel case; a parameter that the controller does not have has none.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(channel, forKey: Key("channel"))
    for value in values.values { try encode(value, to: &container) }
  }

  private func encode(
    _ value: LANParameter, to container: inout KeyedEncodingContainer<Key>
  ) throws {
    func put(_ key: String, _ value: some Encodable) throws {
      try container.encode(value, forKey: Key(key))
    }
    func names(_ types: AuthenticationTypes) -> [String] {
      types.text.split(separator: " ").map(String.init)
    }
    switch value {
    case .setInProgress: try put("setInProgress", value.text)
    case .authenticationSupport(let types): try put("authenticationSupport", names(types))
    case .authenticationEnables(let enables):
      try put(
        "authenticationEnables",
        [
          "callback": names(enables.callback), "user": names(enables.user),
          "operator": names(enables.operator), "administrator": names(enables.administrator),
          "oem": names(enables.oem),
        ])
    case .addressSource: try put("addressSource", value.text)
    case .address: try put("address", value.text)
    case .subnetMask: try put("subnetMask", value.text)
    case .hardwareAddress: try put("hardwareAddress", value.text)
    case .communityString: try put("communityString", value.text)
    case .ipHeader(let header):
      try put("timeToLive", header.timeToLive)
    case .arpControl(let control):
      try put("answersARP", control.contains(.responses))
      try put("announcesByARP", control.contains(.gratuitous))
    case .gratuitousARPInterval(let interval):
      try put("gratuitousARPSeconds", (Double(interval) + 1) / 2)
    case .defaultGateway: try put("defaultGateway", value.text)
    case .defaultGatewayHardware: try put("defaultGatewayHardwareAddress", value.text)
    case .backupGateway: try put("backupGateway", value.text)
    case .backupGatewayHardware: try put("backupGatewayHardwareAddress", value.text)
    case .vlanID(let id): try put("vlan", id)
    case .vlanPriority(let priority): try put("vlanPriority", priority)
    case .cipherSuites(let suites):
      try put("cipherSuites", Array(suites.prefix(suiteCount ?? suites.count)))
    case .cipherSuitePrivileges(let limits):
      try put("cipherSuitePrivileges", limits.prefix(15).map(\.text))
    case .badPasswordThreshold(let threshold):
      try put("badPasswordThreshold", threshold.threshold)
      try put("badPasswordSendsEvent", threshold.sendsEvent)
      try put("badPasswordResetSeconds", Int(threshold.resetInterval) * 10)
      try put("badPasswordLockoutSeconds", Int(threshold.lockoutInterval) * 10)
    case .cipherSuiteCount, .primaryPort, .secondaryPort, .destinationCount, .other: break
    }
  }
}
