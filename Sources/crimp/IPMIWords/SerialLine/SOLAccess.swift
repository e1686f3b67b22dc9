import Drivers
import IPMI
import Machines

/// `sol payload status`: whether a user may use serial over LAN.
struct ShowSOLAccess: IPMIOperation {
  var channel: ChannelNumber
  var userID: UInt8

  var privilege: PrivilegeLevel { .operator }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let response = try await bmc.ask(
      GetUserPayloadAccess(channel: channel, userID: userID),
      Complaint(
        "Error. No valid response received.",
        refused:
          "Error getting SOL payload status for user \(userID) on channel \(channel.rawValue)"))
    return SOLAccessReport(
      user: userID, channel: channel.rawValue, enabled: response.access.allowsSerialOverLAN)
  }
}

/// Whether a user may use serial over LAN.
struct SOLAccessReport: IPMIReport {
  var user: UInt8
  var channel: UInt8
  var enabled: Bool

  func write(to text: inout ReportText) {
    text.line("User \(user) on channel \(channel) is \(enabled ? "en" : "dis")abled")
  }
}

/// `sol payload enable|disable`: lets a user use serial over LAN, or no more.
struct SetSOLAccess: IPMIOperation {
  var channel: ChannelNumber
  var userID: UInt8
  var isEnabled: Bool

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let verb = isEnabled ? "en" : "dis"
    _ = try await bmc.ask(
      SetUserPayloadAccess(
        channel: channel, userID: userID, disables: !isEnabled, access: .serialOverLAN),
      Complaint(
        "Error \(verb)abling SOL payload for user \(userID) on channel \(channel.rawValue)"))
    return DoneReport(nil)
  }
}
