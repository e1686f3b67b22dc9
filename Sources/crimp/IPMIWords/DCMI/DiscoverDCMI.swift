import Drivers
import IPMI
import Machines

/// `dcmi discover`: what the controller has of DCMI.
struct DiscoverDCMI: IPMIOperation {
  var privilege: PrivilegeLevel { .callback }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var report = DCMICapabilitiesReport()
    for part in DCMICapabilitiesReport.Part.allCases {
      // ipmitool leaves a line empty behind it.
      let trailer = "Error discovering \(part.name) capabilities!\n"
      do throws(OperationFailure) {
        let response = try await bmc.askDCMI(
          GetDCMICapabilities(parameter: part.rawValue), trailer)
        guard let fault = Self.fault(of: response) else {
          report.parts.append((part, response.parameterData))
          continue
        }
        report.fault = fault + "\n" + trailer
        return report
      } catch {
        throw report.parts.isEmpty ? error : error.after(report)
      }
    }
    return report
  }

  /// Why the response is of no version that is known; nil when it is.
  private static func fault(of response: GetDCMICapabilities.Response) -> String? {
    guard response.versionMajor == 1, [0, 1, 5].contains(response.versionMinor) else {
      return "ERROR!  This command is not available on this platform"
    }
    guard (1...2).contains(response.revision) else {
      return "ERROR!  This command is not compatible with this version"
    }
    return nil
  }
}

/// What a controller has of DCMI. DCMI 1.5, table 6-3.
struct DCMICapabilitiesReport: IPMIReport {
  /// What is asked for at once.
  enum Part: UInt8, CaseIterable, Sendable {
    case platform = 1
    case mandatory = 2
    case optional = 3
    case access = 4

    /// ipmitool's name for it.
    var name: String {
      switch self {
      case .platform: "platform"
      case .mandatory: "mandatory_attributes"
      case .optional: "optional_attributes"
      case .access: "managebility access"
      }
    }
  }

  /// The parts' data.
  var parts: [(part: Part, data: [UInt8])] = []
  /// Why the rest is not known.
  var fault: String?

  var isAffirmative: Bool { fault == nil }

  func write(to text: inout ReportText) {
    for (part, data) in parts {
      let bytes = data + [0, 0, 0, 0]
      switch part {
      case .platform: writePlatform(bytes, to: &text)
      case .mandatory: writeMandatory(bytes, to: &text)
      case .optional: writeOptional(bytes, to: &text)
      case .access: writeAccess(bytes, to: &text)
      }
    }
    if let fault { text.complain(fault) } else { text.line() }
  }

  private func writePlatform(_ bytes: [UInt8], to text: inout ReportText) {
    text.line("    Supported DCMI capabilities:")
    text.line("\n         Mandatory platform capabilities")
    write(Self.mandatoryNames, bytes[0], to: &text)
    text.line("\n         Optional platform capabilities")
    write(["Power management available"], bytes[1], to: &text)
    text.line("\n         Managebility access capabilities")
    write(Self.accessNames, bytes[2], to: &text)
  }

  private func writeMandatory(_ bytes: [UInt8], to text: inout ReportText) {
    let entries = (UInt16(bytes[0]) | UInt16(bytes[1]) << 8) & 0x0fff
    text.line("\n    Mandatory platform attributes:")
    text.write("\n         SEL Attributes: ")
    text.line(
      "\n               SEL automatic rollover is "
        + (bytes[1] & 0x80 != 0 ? "enabled" : "not present"))
    text.line("               \(entries) SEL entries")
    text.line("\n         Identification Attributes: ")
    write(Self.identificationNames, bytes[2], to: &text)
    text.line("\n         Temperature Monitoring Attributes: ")
    write(Self.temperatureNames, bytes[3], to: &text)
  }

  private func writeOptional(_ bytes: [UInt8], to text: inout ReportText) {
    text.line("\n    Optional Platform Attributes: ")
    text.line("\n         Power Management:")
    text.line(
      "                Slave address of device: "
        + (bytes[0] == 0x40
          ? "20h (BMC)"
          : "\(bytes[0].hexadecimal(digits: 1))h (8bits)(Satellite/External controller)"))
    let channel = bytes[1] >> 4
    text.line(
      "                Channel number is "
        + (channel == 0 ? "0h (Primary BMC)" : "\(channel.hexadecimal(digits: 1))h "))
    text.line("                    Device revision is \(bytes[1] & 0x0f) ")
  }

  private func writeAccess(_ bytes: [UInt8], to text: inout ReportText) {
    text.line("\n    Manageability Access Attributes: ")
    for (name, byte) in [("Primary", bytes[0]), ("Secondary", bytes[1])] {
      text.line(
        "         \(name) LAN channel "
          + (byte == 0xff ? "is not available for OOB" : "number: \(byte) is available"))
    }
    text.line(
      "         "
        + (bytes[2] == 0xff
          ? "No serial channel is available" : "Serial channel number: \(bytes[2]) is available"))
  }

  private func write(_ names: [String], _ bits: UInt8, to text: inout ReportText) {
    for name in Self.texts(names, bits) { text.line("        \(name)") }
  }

  private static func texts(_ names: [String], _ bits: UInt8) -> [String] {
    names.enumerated().filter { bit, _ in bits >> bit & 1 == 1 }.map(\.element)
  }

  private static let mandatoryNames = [
    "Identification support available", "SEL logging available", "Chassis power available",
    "Temperature monitor available",
  ]
  private static let accessNames = [
    "In-band KCS channel available", "Out-of-band serial TMODE available",
    "Out-of-band secondary LAN channel available", "Out-of-band primary LAN channel available",
    "SOL enabled", "VLAN capable",
  ]
  private static let identificationNames = ["GUID", "DHCP hostname", "Asset tag"]
  private static let temperatureNames = ["inlet", "cpu", "baseboard"]

  // MARK: For programs

  private enum CodingKeys: CodingKey {
    case capabilities, selEntries, identification, temperatures, primaryLANChannel
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    for (part, data) in parts {
      let bytes = data + [0, 0, 0, 0]
      switch part {
      case .platform:
        let texts =
          Self.texts(Self.mandatoryNames, bytes[0])
          + Self.texts(["Power management available"], bytes[1])
          + Self.texts(Self.accessNames, bytes[2])
        try container.encode(texts, forKey: .capabilities)
      case .mandatory:
        let entries = (UInt16(bytes[0]) | UInt16(bytes[1]) << 8) & 0x0fff
        try container.encode(entries, forKey: .selEntries)
        try container.encode(
          Self.texts(Self.identificationNames, bytes[2]), forKey: .identification)
        try container.encode(Self.texts(Self.temperatureNames, bytes[3]), forKey: .temperatures)
      case .optional: break
      case .access:
        if bytes[0] != 0xff { try container.encode(bytes[0], forKey: .primaryLANChannel) }
      }
    }
  }
}
