import Drivers
import IPMI
import Machines

extension BMCTransport {
  /// A LAN parameter's data; nil when the controller has none such.
  ///
  /// - Throws: why there is no answer, or a refusal that does not mean that.
  func lanParameter(
    _ number: LANParameterNumber, of channel: ChannelNumber
  ) async throws(OperationFailure) -> [UInt8]? {
    let request = GetLANConfigurationParameters(channel: channel, number)
    let complaint = Complaint("Get LAN Parameter '\(number.name)' command failed")
    switch try await attempt(request, complaint) {
    case .success(let response): return response.parameterData
    case .failure(let code):
      if LANChannel.missing.contains(code) { return nil }
      throw OperationFailure(
        .completion(
          code, command: GetLANConfigurationParameters.name,
          meaning: GetLANConfigurationParameters.meaning(of: code)), complaint)
    }
  }
}

extension LANParameterNumber {
  /// The parameter as ipmitool prints it, or its number.
  var name: String { text ?? "\(rawValue)" }
}

/// Channels that are LANs.
enum LANChannel {
  /// What controllers answer that do not have a parameter: not supported, out of range, invalid.
  static let missing: Set<CompletionCode> = [
    CompletionCode(rawValue: 0x80), .parameterOutOfRange, .invalidDataField,
  ]

  /// Whether `channel` is a LAN; what the controller refuses to tell is added to `complaints`.
  static func check(
    _ channel: ChannelNumber, on bmc: any BMCTransport, _ complaints: inout [String]
  ) async throws(OperationFailure) -> Bool {
    let complaint = Complaint("Get Channel Info command failed")
    switch try await bmc.attempt(GetChannelInfo(channel: channel), complaint) {
    case .success(let info): return [.lan, .otherLAN].contains(info.medium)
    case .failure(let code):
      if code != .invalidDataField {
        complaints.append("Get Channel Info command failed: \(code.text)")
      }
      return false
    }
  }

  /// The first channel that is a LAN, from 1 to 13; nil when none is.
  static func first(
    on bmc: any BMCTransport, _ complaints: inout [String]
  ) async throws(OperationFailure) -> ChannelNumber? {
    for number in UInt8(1)...13 {
      let channel = ChannelNumber(rawValue: number)
      if try await check(channel, on: bmc, &complaints) { return channel }
    }
    return nil
  }

  /// Why a channel will not do.
  static func failure(_ complaints: [String]) -> OperationFailure {
    OperationFailure(
      .completion(.notPresent, command: GetChannelInfo.name, meaning: "the channel is no LAN"),
      complaints.joined(separator: "\n"))
  }
}
