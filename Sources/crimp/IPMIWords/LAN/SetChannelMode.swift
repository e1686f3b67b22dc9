import Drivers
import IPMI

/// `lan set CHANNEL access` and `… alert`: changes a channel's lasting settings, and then those that
/// count at present.
struct SetChannelMode: IPMIOperation {
  /// What is changed.
  enum Change: Sendable {
    /// Whether commands get through; a channel that is opened may be used up to the administrator's
    /// level.
    case access(Bool)
    /// Whether event filters may send alerts.
    case alerts(Bool)
  }

  var channel: UInt8
  var change: Change

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let channel = try await LANWords.channel(self.channel, on: bmc)
    var announcement: String?
    if case .alerts(let isOn) = change {
      announcement =
        "\(isOn ? "Enabling" : "Disabling") PEF alerts for LAN channel \(channel.rawValue)"
    }
    do throws(OperationFailure) {
      let lasting = try await access(channel, .nonVolatile, on: bmc)
      try await set(channel, .nonVolatile, lasting, on: bmc)
      // Alerts are the same in both settings, and access is a matter of each.
      if case .access = change {
        try await set(channel, .volatile, try await access(channel, .volatile, on: bmc), on: bmc)
      } else {
        try await set(channel, .volatile, lasting, on: bmc)
      }
    } catch {
      throw error.after(SetReport(announcement: announcement))
    }
    return SetReport(announcement: announcement, conclusion: conclusion)
  }

  private var conclusion: String {
    switch change {
    case .access: "Set Channel Access for channel \(channel) was successful."
    case .alerts(let isOn): "PEF alerts for channel \(channel) \(isOn ? "enabled" : "disabled")."
    }
  }

  private func access(
    _ channel: ChannelNumber, _ settings: ChannelSettings, on bmc: any BMCTransport
  ) async throws(OperationFailure) -> ChannelAccess {
    try await bmc.ask(
      GetChannelAccess(channel: channel, settings: settings), complaint("Get", settings)
    ).access
  }

  private func set(
    _ channel: ChannelNumber, _ settings: ChannelSettings, _ access: ChannelAccess,
    on bmc: any BMCTransport
  ) async throws(OperationFailure) {
    var access = access
    var limitSettings = ChannelSettings.unchanged
    switch change {
    case .access(let isOn):
      access.mode = isOn ? .alwaysAvailable : .disabled
      access.privilegeLimit = PrivilegeLimit(.administrator)
      limitSettings = settings
    case .alerts(let isOn):
      access.allowsAlerts = isOn
    }
    _ = try await bmc.ask(
      SetChannelAccess(
        channel: channel, accessSettings: settings, limitSettings: limitSettings, access: access),
      complaint("Set", settings))
  }

  private func complaint(_ verb: String, _ settings: ChannelSettings) -> Complaint {
    let kind = settings == .volatile ? "volatile" : "non-volatile"
    return Complaint(evaluated: "Unable to \(verb) Channel Access(\(kind)) for channel \(channel)")
  }
}
