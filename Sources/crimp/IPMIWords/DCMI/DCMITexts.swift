import Drivers
import IPMI
import Machines

/// The texts that a controller keeps for DCMI, 16 bytes a command. DCMI 1.5, section 6.4.
enum DCMITextKind: String, Encodable, Sendable {
  /// The asset tag: up to 64 bytes.
  case assetTag
  /// The controller's name: up to 63 bytes and a zero.
  case controllerName

  /// How many bytes a command carries.
  static let partByteCount = 16

  /// How many bytes it may have.
  var limit: Int { self == .assetTag ? 64 : 63 }

  /// What ipmitool says at the end when it cannot be read.
  var readFailure: String {
    self == .assetTag
      ? "Error getting asset tag!" : "Error getting management controller identifier string!"
  }

  /// What ipmitool says at the end when it cannot be set.
  var setFailure: String {
    self == .assetTag
      ? "\nError setting asset tag!" : "Error setting management controller identifier string!"
  }
}

/// `dcmi asset_tag` and `get_mc_id_string`.
struct ShowDCMIText: IPMIOperation {
  var text: DCMITextKind

  var privilege: PrivilegeLevel { .user }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    do throws(BMCFailure) {
      // Some controllers refuse more bytes than there are.
      var (bytes, total) = try await part(over: bmc, at: 0, text == .assetTag ? 0 : 1)
      bytes = []
      while bytes.count < total {
        let count = min(total - bytes.count, DCMITextKind.partByteCount)
        let part = try await part(over: bmc, at: bytes.count, count).bytes.prefix(count)
        guard !part.isEmpty else { break }
        bytes += part
      }
      return DCMITextReport(
        kind: text, text: String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
    } catch {
      throw OperationFailure(dcmi: error, text.readFailure)
    }
  }

  private func part(
    over bmc: any BMCTransport, at offset: Int, _ count: Int
  ) async throws(BMCFailure) -> (bytes: [UInt8], total: Int) {
    let (offset, count) = (UInt8(clamping: offset), UInt8(clamping: count))
    switch text {
    case .assetTag:
      var answer = try await bmc.call(BMCCall(GetAssetTag(offset: offset, count: count)))
      // These say how the inventory has encoded it. DCMI 1.5, table 6-16.
      if (0x80...0x83).contains(answer.completionCode.rawValue), !answer.data.isEmpty {
        answer.completionCode = .completed
      }
      let response = try GetAssetTag.response(in: answer)
      return (response.text, Int(response.totalCount))
    case .controllerName:
      let response = try await bmc.request(
        GetManagementControllerID(offset: offset, count: count))
      return (response.text, Int(response.totalCount))
    }
  }
}

/// `dcmi set_asset_tag` and `set_mc_id_string`.
struct SetDCMIText: IPMIOperation {
  var text: DCMITextKind
  var value: String

  var privilege: PrivilegeLevel { text == .assetTag ? .operator : .administrator }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var bytes = Array(value.utf8)
    if text == .controllerName { bytes.append(0) }
    do throws(BMCFailure) {
      var offset = 0
      while offset < bytes.count {
        let part = Array(bytes[offset...].prefix(DCMITextKind.partByteCount))
        switch text {
        case .assetTag:
          _ = try await bmc.request(SetAssetTag(offset: UInt8(clamping: offset), text: part))
        case .controllerName:
          _ = try await bmc.request(
            SetManagementControllerID(offset: UInt8(clamping: offset), text: part))
        }
        offset += part.count
      }
    } catch {
      throw OperationFailure(dcmi: error, text.setFailure)
    }
    return DCMITextReport(kind: text, text: value, isSet: true)
  }
}

/// A text that a controller keeps for DCMI.
struct DCMITextReport: IPMIReport {
  var kind: DCMITextKind
  var text: String
  var isSet = false

  private enum CodingKeys: CodingKey { case kind, text }

  func write(to report: inout ReportText) {
    let title =
      switch (kind, isSet) {
      case (.assetTag, false): "Asset tag"
      case (.assetTag, true): "Set Asset Tag"
      case (.controllerName, false): "Get Management Controller Identifier String"
      case (.controllerName, true): "Set Management Controller Identifier String Command"
      }
    report.line()
    report.line(" \(title): \(text)")
    report.line()
  }
}
