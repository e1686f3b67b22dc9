import Drivers
import IPMI
import Machines

/// `channel info`.
struct ShowChannel: IPMIOperation {
  var privilege: PrivilegeLevel { .user }

  var channel: ChannelNumber

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let info = try await bmc.ask(
      GetChannelInfo(channel: channel), Complaint(evaluated: "Unable to Get Channel Info"))
    var report = ChannelReport(info)
    guard [.lan, .otherLAN].contains(info.medium) else { return report }
    do throws(OperationFailure) {
      report.volatile = ChannelReport.Access(
        try await bmc.ask(
          GetChannelAccess(channel: info.channel, settings: .volatile),
          Complaint(evaluated: "Unable to Get Channel Access (volatile)")
        ).access)
      report.nonVolatile = ChannelReport.Access(
        try await bmc.ask(
          GetChannelAccess(channel: info.channel, settings: .nonVolatile),
          Complaint(evaluated: "Unable to Get Channel Access (non-volatile)")
        ).access)
    } catch {
      throw error.after(report)
    }
    return report
  }
}

/// What a channel is.
struct ChannelReport: IPMIReport {
  var channel: UInt8
  var medium: String
  var messageProtocol: String
  var sessionSupport: String
  var activeSessions: UInt8
  var vendorID: UInt32
  /// What counts at present; nil for channels that are no LAN.
  var volatile: Access?
  /// What outlives a restart; nil for channels that are no LAN.
  var nonVolatile: Access?

  /// Who gets through.
  struct Access: Encodable {
    var allowsAlerts: Bool
    var authenticatesMessages: Bool
    var authenticatesUserLevel: Bool
    var mode: String

    init(_ access: ChannelAccess) {
      allowsAlerts = access.allowsAlerts
      authenticatesMessages = access.authenticatesMessages
      authenticatesUserLevel = access.authenticatesUserLevel
      mode = access.mode.text
    }
  }

  init(_ info: GetChannelInfo.Response) {
    channel = info.channel.rawValue
    medium = info.medium.text
    messageProtocol = info.messageProtocol.text
    sessionSupport = info.sessionSupport.text
    activeSessions = info.activeSessions
    vendorID = info.vendorID
  }

  func write(to text: inout ReportText) {
    func row(_ name: String, _ value: String) { text.field("  " + name, value, width: 24) }
    func ability(_ name: String, _ value: Bool) { row("  " + name, value ? "enabled" : "disabled") }
    func write(_ access: Access?, _ name: String) {
      guard let access else { return }
      text.line("  \(name)")
      ability("Alerting", access.allowsAlerts)
      ability("Per-message Auth", access.authenticatesMessages)
      ability("User Level Auth", access.authenticatesUserLevel)
      row("  Access Mode", access.mode)
    }
    text.line("Channel 0x\(channel.hexadecimal(digits: 1)) info:")
    row("Channel Medium Type", medium)
    row("Channel Protocol Type", messageProtocol)
    row("Session Support", sessionSupport)
    row("Active Session Count", "\(activeSessions)")
    row("Protocol Vendor ID", "\(vendorID)")
    write(volatile, "Volatile(active) Settings")
    write(nonVolatile, "Non-Volatile Settings")
  }
}

/// `channel authcap`.
struct ShowAuthenticationCapabilities: IPMIOperation {
  var channel: ChannelNumber
  var privilege: PrivilegeLimit

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let complaint = Complaint(
      "Unable to Get Channel Authentication Capabilities",
      refused: "Get Channel Authentication Capabilities failed")
    let request = GetChannelAuthenticationCapabilities(channel: channel, privilege: privilege)
    if case .success(let response) = try await bmc.attempt(request, complaint) {
      return CapabilitiesReport(response)
    }
    // Controllers of IPMI 1.5 refuse what asks for more.
    var older = request
    older.asksForExtendedData = false
    return CapabilitiesReport(try await bmc.ask(older, complaint))
  }
}

/// Which authentications a channel offers.
struct CapabilitiesReport: IPMIReport {
  var channel: UInt8
  var authenticationTypes: [String]
  /// nil when the controller tells nothing of IPMI 2.0.
  var hasKey: Bool?
  var authenticatesMessages: Bool
  var authenticatesUserLevel: Bool
  var hasNamedUsers: Bool
  var hasUnnamedUsers: Bool
  var allowsAnonymousLogin: Bool
  var supportsVersion15: Bool?
  var supportsVersion20: Bool?
  var oemIdentifier: UInt32?
  private var auxiliary: UInt8

  private enum CodingKeys: CodingKey {
    case channel, authenticationTypes, hasKey, authenticatesMessages, authenticatesUserLevel
    case hasNamedUsers, hasUnnamedUsers, allowsAnonymousLogin, supportsVersion15
    case supportsVersion20, oemIdentifier
  }

  init(_ response: GetChannelAuthenticationCapabilities.Response) {
    let status = response.status.rawValue
    let isExtended = response.authenticationTypes.rawValue & 0x80 != 0
    channel = response.channel.rawValue
    let types = response.authenticationTypes
    let names: [(AuthenticationTypes, String)] = [
      (.none, "NONE"), (.md2, "MD2"), (.md5, "MD5"), (.straightPassword, "PASSWORD"),
      (.oem, "OEM"),
    ]
    authenticationTypes = names.filter { types.contains($0.0) }.map(\.1)
    authenticatesMessages = status & 0x10 == 0
    authenticatesUserLevel = status & 0x08 == 0
    hasNamedUsers = status & 0x04 != 0
    hasUnnamedUsers = status & 0x02 != 0
    allowsAnonymousLogin = status & 0x01 != 0
    if isExtended {
      hasKey = status & 0x20 != 0
      supportsVersion15 = response.versions.rawValue & 1 != 0
      supportsVersion20 = response.versions.rawValue & 2 != 0
    }
    oemIdentifier = types.contains(.oem) ? response.oemIdentifier : nil
    auxiliary = response.oemAuxiliary
  }

  func write(to text: inout ReportText) {
    func row(_ name: String, _ value: String) { text.field(name, value, width: 27) }
    func answer(_ name: String, _ value: Bool) { row(name, value ? "yes" : "no") }
    row("Channel number", "\(channel)")
    row("IPMI v1.5  auth types", authenticationTypes.map { $0 + " " }.joined())
    if let hasKey { row("KG status", hasKey ? "non-zero" : "default (all zeroes)") }
    row("Per message authentication", authenticatesMessages ? "enabled" : "disabled")
    row("User level authentication", authenticatesUserLevel ? "enabled" : "disabled")
    answer("Non-null user names exist", hasNamedUsers)
    answer("Null user names exist", hasUnnamedUsers)
    answer("Anonymous login enabled", allowsAnonymousLogin)
    if let supportsVersion15 { answer("Channel supports IPMI v1.5", supportsVersion15) }
    if let supportsVersion20 { answer("Channel supports IPMI v2.0", supportsVersion20) }
    guard let oemIdentifier else { return }
    row("IANA Number for OEM", "\(oemIdentifier)")
    row("OEM Auxiliary Data", "0x\(auxiliary.hexadecimal(digits: 1))")
  }
}

/// `channel getciphers`: the list of cipher suites, part by part.
struct ShowCipherSuites: IPMIOperation {
  var channel: ChannelNumber
  var payloadType: UInt8

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let complaint = Complaint(
      "Unable to Get Channel Cipher Suites", refused: "Get Channel Cipher Suites failed")
    var bytes: [UInt8] = []
    for index in UInt8(0)...63 {
      let part = try await bmc.ask(
        GetChannelCipherSuites(channel: channel, payloadType: payloadType, index: index),
        complaint)
      bytes += part.records
      guard part.records.count >= GetChannelCipherSuites.partByteCount else { break }
    }
    do throws(IPMIError) {
      return CipherSuitesReport(try CipherSuiteRecord.list(parsing: bytes.messageBytes))
    } catch {
      throw OperationFailure(
        .malformedAnswer(error, command: GetChannelCipherSuites.name),
        "Bad start of record byte in cipher suite data")
    }
  }
}

/// Which cipher suites a channel offers.
struct CipherSuitesReport: IPMIReport {
  var suites: [Suite]

  /// A cipher suite.
  struct Suite: Encodable {
    var id: UInt8
    /// The manufacturer whose suite it is; nil for those of the specification.
    var enterpriseNumber: UInt32?
    var authentication: String
    var integrity: String
    var confidentiality: String
  }

  init(_ records: [CipherSuiteRecord]) {
    suites = records.map { record in
      func name(_ tag: UInt8, _ names: [String]) -> String {
        let number = Int((record.algorithms.last { $0 >> 6 == tag } ?? 0) & 0x3f)
        return number < names.count ? names[number] : unknownText(number)
      }
      return Suite(
        id: record.id, enterpriseNumber: record.enterpriseNumber,
        authentication: name(0, ["none", "hmac_sha1", "hmac_md5", "hmac_sha256"]),
        integrity: name(1, ["none", "hmac_sha1_96", "hmac_md5_128", "md5_128", "sha256_128"]),
        confidentiality: name(2, ["none", "aes_cbc_128", "xrc4_128", "xrc4_40"]))
    }
  }

  func write(to text: inout ReportText) {
    if !text.style.isCSV {
      text.line("ID   IANA    Auth Alg        Integrity Alg   Confidentiality Alg")
    }
    for suite in suites {
      let cells = [
        "\(suite.id)", suite.enterpriseNumber.map { $0.hexadecimal(digits: 6) } ?? "N/A",
        suite.authentication, suite.integrity, suite.confidentiality,
      ]
      guard !text.style.isCSV else {
        text.line(cells.joined(separator: ","))
        continue
      }
      text.line(zip(cells, [4, 7, 15, 15, 15]).map { $0.filled(to: $1) }.joined(separator: " "))
    }
  }
}
