import Drivers
import IPMI
import Machines

/// `sol info`: how serial over LAN is configured on a channel.
struct ShowSOL: IPMIOperation {
  var channel: ChannelNumber

  var privilege: PrivilegeLevel { .operator }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    try await SOLReport(of: channel, at: bmc)
  }
}

/// The parameters of serial over LAN. IPMI 2.0, table 26-5.
struct SOLReport: IPMIReport {
  var setInProgress: UInt8 = 0
  var enabled = false
  var forceEncryption = false
  var forceAuthentication = false
  var privilegeLevel = PrivilegeLimit(rawValue: 0).text
  var accumulateInterval: UInt8 = 0
  var sendThreshold: UInt8 = 0
  var retryCount: UInt8 = 0
  var retryInterval: UInt8 = 0
  var volatileBitRate = SOLParameter.BitRate(rawValue: 0).text
  var nonVolatileBitRate = SOLParameter.BitRate(rawValue: 0).text
  /// Nil where the controller does not tell.
  var payloadChannel: UInt8?
  /// Nil where the controller does not tell.
  var payloadPort: UInt16?
  /// What the second parameter says of privilege: for whoever changes the rest of it.
  private(set) var limit = PrivilegeLimit(rawValue: 0)
  /// Parameters that the controller does not have.
  private(set) var missing: [String] = []
  private let channel: UInt8
  /// The session's port: the controller's that does not tell another.
  private let sessionPort: UInt16

  private enum CodingKeys: String, CodingKey {
    case setInProgress, enabled, forceEncryption, forceAuthentication, privilegeLevel
    case accumulateInterval, sendThreshold, retryCount, retryInterval, volatileBitRate
    case nonVolatileBitRate, payloadChannel, payloadPort
  }

  private static let names: [(number: SOLParameterNumber, name: String)] = [
    (.setInProgress, "Set In Progress (0)"), (.enable, "Enable (1)"),
    (.authentication, "Authentication (2)"), (.accumulation, "Character Interval (3)"),
    (.retry, "Retry (4)"), (.nonVolatileBitRate, "Nonvolatile Bitrate (5)"),
    (.volatileBitRate, "Volatile Bitrate (6)"), (.payloadChannel, "Payload Channel (7)"),
    (.payloadPort, "Payload Port (8)"),
  ]

  /// Asks for one parameter after the other.
  init(of channel: ChannelNumber, at bmc: any BMCTransport) async throws(OperationFailure) {
    self.channel = channel.rawValue
    sessionPort = (bmc as? AddressedTransport)?.port ?? FleetSettings.port
    for (number, name) in Self.names {
      let complaint = Complaint(
        "Error: No response requesting SOL parameter '\(name)'",
        refused: "Error requesting SOL parameter '\(name)'")
      let request = GetSOLConfigurationParameters(channel: channel, number)
      switch try await bmc.attempt(request, complaint) {
      case .success(let response): try take(number, response, name)
      case .failure(let code) where code.rawValue == 0x80: missing.append(name)
      case .failure(let code):
        throw OperationFailure(
          .completion(
            code, command: GetSOLConfigurationParameters.name,
            meaning: GetSOLConfigurationParameters.meaning(of: code)), complaint)
      }
    }
  }

  private mutating func take(
    _ number: SOLParameterNumber, _ response: GetSOLConfigurationParameters.Response,
    _ name: String
  ) throws(OperationFailure) {
    do throws(IPMIError) {
      take(try response.value(as: number))
    } catch {
      throw OperationFailure(
        .malformedAnswer(error, command: GetSOLConfigurationParameters.name),
        "Error: Unexpected data length (\(response.parameterData.count + 1)) "
          + "received for SOL parameter '\(name)'")
    }
  }

  private mutating func take(_ parameter: SOLParameter) {
    switch parameter {
    case .setInProgress(let state): setInProgress = state.rawValue
    case .enable(let isEnabled): enabled = isEnabled
    case .authentication(let encryption, let authentication, let limit):
      (forceEncryption, forceAuthentication, self.limit) = (encryption, authentication, limit)
      privilegeLevel = limit.text
    case .accumulation(let interval, let threshold):
      (accumulateInterval, sendThreshold) = (interval, threshold)
    case .retry(let count, let interval): (retryCount, retryInterval) = (count, interval)
    case .nonVolatileBitRate(let rate): nonVolatileBitRate = rate.text
    case .volatileBitRate(let rate): volatileBitRate = rate.text
    case .payloadChannel(let channel): payloadChannel = channel.rawValue
    case .payloadPort(let port): payloadPort = port
    case .other: break
    }
  }

  private var state: String {
    switch setInProgress {
    case 0: "set-complete"
    case 1: "set-in-progress"
    case 2: "commit-write"
    default: "unknown"
    }
  }

  private var values: [String] {
    [
      state, "\(enabled)", "\(forceEncryption)", "\(forceAuthentication)", privilegeLevel,
      "\(Int(accumulateInterval) * 5)", "\(sendThreshold)", "\(retryCount)",
      "\(Int(retryInterval) * 10)", volatileBitRate, nonVolatileBitRate,
      "\(payloadChannel ?? channel)", "\(payloadPort ?? sessionPort)",
    ]
  }

  private static let rows = [
    "Set in progress", "Enabled", "Force Encryption", "Force Authentication", "Privilege Level",
    "Character Accumulate Level (ms)", "Character Send Threshold", "Retry Count",
    "Retry Interval (ms)", "Volatile Bit Rate (kbps)", "Non-Volatile Bit Rate (kbps)",
    "Payload Channel", "Payload Port",
  ]

  func write(to text: inout ReportText) {
    for name in missing {
      switch name {
      case "Payload Channel (7)":
        text.complain(
          "Info: SOL parameter '\(name)' not supported - defaulting to 0x\(channel.hexadecimal())")
      case "Payload Port (8)":
        text.complain(
          "Info: SOL parameter '\(name)' not supported - defaulting to \(sessionPort)")
      default: text.complain("Info: SOL parameter '\(name)' not supported")
      }
    }
    guard !text.style.isCSV else { return text.line(values.joined(separator: ",")) }
    for (name, value) in zip(Self.rows, values) {
      let isChannel = name == "Payload Channel"
      let more = isChannel ? " (0x\((payloadChannel ?? channel).hexadecimal()))" : ""
      text.field(name, value + more, width: 32)
    }
  }
}
