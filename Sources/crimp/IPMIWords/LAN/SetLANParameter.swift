import Drivers
import IPMI
import Machines

/// `lan set`: writes a parameter of a channel and reads it back, with the mark set meanwhile that
/// parameters are being changed.
struct SetLANParameter: IPMIOperation {
  /// What the parameter shall be.
  enum Value: Sendable {
    /// These bytes.
    case bytes([UInt8])
    /// What becomes of those that are there.
    case changed(@Sendable ([UInt8]) -> [UInt8])
  }

  var channel: UInt8
  var number: LANParameterNumber
  var value: Value
  /// What ipmitool says of it first; nil when it says nothing.
  var announcement: String?
  /// What ipmitool says of it last; nil when it says nothing.
  var conclusion: String?

  /// How long to wait for a controller that takes a parameter slowly, look by look.
  private static let waits: [Duration] = [100, 200, 400, 800, 1600, 3200].map {
    .milliseconds($0)
  }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let channel = try await LANWords.channel(self.channel, on: bmc)
    let data: [UInt8]
    switch value {
    case .bytes(let bytes): data = bytes
    case .changed(let change):
      guard let present = try await bmc.lanParameter(number, of: channel) else {
        throw OperationFailure(
          .completion(
            CompletionCode(rawValue: 0x80), command: GetLANConfigurationParameters.name,
            meaning: "parameter not supported"),
          "Get LAN Parameter '\(number.name)' command failed: parameter not supported")
      }
      data = change(present)
    }
    let report = SetReport(announcement: announcement, conclusion: nil)
    do throws(OperationFailure) {
      let isMarked = try await mark(channel, on: bmc)
      do throws(OperationFailure) {
        try await write(data, to: channel, on: bmc)
      } catch {
        if isMarked { try await unmark(channel, on: bmc) }
        throw error
      }
      if isMarked { try await unmark(channel, on: bmc) }
    } catch {
      throw error.after(report)
    }
    return SetReport(announcement: announcement, conclusion: conclusion)
  }

  private func write(
    _ data: [UInt8], to channel: ChannelNumber, on bmc: any BMCTransport
  ) async throws(OperationFailure) {
    _ = try await bmc.ask(
      SetLANConfigurationParameters(channel: channel, .other(number, data: data)),
      Complaint(
        "Set LAN Parameter failed",
        meanings: [
          0x80: "Parameter not supported", 0x81: "Another change is in progress",
          0x82: "Parameter is read-only", 0x83: "Parameter is write-only",
        ]))
    var seen: [UInt8]?
    for wait in [.zero] + Self.waits {
      if wait > .zero { try await bmc.pause(for: wait, Complaint("Set LAN Parameter failed")) }
      seen = try await bmc.lanParameter(number, of: channel)
      if seen == data { return }
    }
    let complaint =
      seen.map { $0.count != data.count } ?? true
      ? "Mismatched data lengths: \(seen?.count ?? 0) != \(data.count)"
      : "LAN Parameter Data does not match!  Write may have failed."
    throw OperationFailure(
      .completion(
        .completed, command: SetLANConfigurationParameters.name,
        meaning: "the parameter has another value than was written"), complaint)
  }

  /// Marks that parameters are being changed; whether the controller has the mark.
  private func mark(
    _ channel: ChannelNumber, on bmc: any BMCTransport
  ) async throws(OperationFailure) -> Bool {
    guard try await bmc.lanParameter(.setInProgress, of: channel) != nil else { return false }
    return try await set(.inProgress, channel, on: bmc)
  }

  private func unmark(
    _ channel: ChannelNumber, on bmc: any BMCTransport
  ) async throws(OperationFailure) {
    // Few controllers know the commit, and those that do not have written already.
    _ = try await set(.commitWrite, channel, on: bmc)
    _ = try await set(.complete, channel, on: bmc)
  }

  private func set(
    _ state: SetInProgress, _ channel: ChannelNumber, on bmc: any BMCTransport
  ) async throws(OperationFailure) -> Bool {
    let answer = try await bmc.attempt(
      SetLANConfigurationParameters(channel: channel, .setInProgress(state)),
      Complaint("Set LAN Parameter failed"))
    if case .success = answer { return true }
    return false
  }
}

/// Something was set.
struct SetReport: IPMIReport {
  /// What ipmitool says before it is done; nil when it says nothing.
  var announcement: String?
  /// What ipmitool says then; nil when it says nothing.
  var conclusion: String?

  func write(to text: inout ReportText) {
    if let announcement { text.line(announcement) }
    if let conclusion { text.line(conclusion) }
  }
}
