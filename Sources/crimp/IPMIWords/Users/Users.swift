import Drivers
import IPMI
import Machines

/// `user list`: every user of a channel.
struct ListUsers: IPMIOperation {
  var privilege: PrivilegeLevel { .operator }

  var channel: ChannelNumber

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var report = UserListReport()
    var userID: UInt8 = 1
    var last: UInt8 = 1
    while userID <= last {
      do throws(OperationFailure) {
        let user = try await User(userID, channel, on: bmc, complaint: .evaluated)
        last = min(user.maximumUsers, 63)
        report.users.append(user)
      } catch {
        throw error.after(report)
      }
      userID += 1
    }
    return report
  }
}

extension Complaint {
  /// What ipmitool says of an answer that it expects nothing of.
  static let evaluated = Complaint(
    silence: "IPMI response is NULL.", beforeCode: "IPMI command failed: ")
}

/// A user of a channel.
struct User: Encodable, Sendable {
  var id: UInt8
  var name: String
  var hasFixedName: Bool
  /// Whether the user may call in, and is not only called back.
  var mayCallIn: Bool
  var hasLinkAuthentication: Bool
  var hasMessaging: Bool
  /// The highest privilege level, as ipmitool prints it.
  var privilege: String
  /// `enabled`, `disabled` or `unknown`.
  var status: String
  fileprivate(set) var maximumUsers: UInt8
  fileprivate(set) var enabledUsers: UInt8

  private enum CodingKeys: CodingKey {
    case id, name, hasFixedName, mayCallIn, hasLinkAuthentication, hasMessaging, privilege, status
  }

  /// Asks for a user: two commands.
  init(
    _ id: UInt8, _ channel: ChannelNumber, on bmc: any BMCTransport, complaint: Complaint,
    nameComplaint: Complaint? = nil
  ) async throws(OperationFailure) {
    let access = try await bmc.ask(GetUserAccess(channel: channel, userID: id), complaint)
    let name: String
    switch try await bmc.attempt(GetUserName(userID: id), nameComplaint ?? complaint) {
    case .success(let response): name = response.name.text
    // Users whose name was never set have none. IPMI 2.0, section 22.29.
    case .failure(.notPresent), .failure(.invalidDataField): name = ""
    case .failure(let code):
      throw OperationFailure(
        .completion(code, command: GetUserName.name, meaning: GetUserName.meaning(of: code)),
        nameComplaint ?? complaint)
    }
    self.id = id
    self.name = name
    hasFixedName = id <= access.fixedNames
    mayCallIn = !access.access.contains(.callbackOnly)
    hasLinkAuthentication = access.access.contains(.linkAuthentication)
    hasMessaging = access.access.contains(.messaging)
    privilege = access.privilegeLimit.text
    status = access.status.text
    maximumUsers = access.maximumUsers
    enabledUsers = access.enabledUsers
  }
}

/// `user list`.
struct UserListReport: IPMIReport {
  var users: [User] = []

  func write(to text: inout ReportText) {
    if text.style.isCSV {
      for user in users { text.line(cells(user).joined(separator: ",")) }
      return
    }
    guard !users.isEmpty else { return }
    text.line("ID  Name\t     Callin  Link Auth\tIPMI Msg   Channel Priv Limit")
    let widths = [4, 17, 8, 11, 11, 0]
    for user in users {
      text.line(zip(cells(user), widths).map { $0.filled(to: $1) }.joined())
    }
  }

  private func cells(_ user: User) -> [String] {
    [
      "\(user.id)", user.name, "\(user.mayCallIn)", "\(user.hasLinkAuthentication)",
      "\(user.hasMessaging)", user.privilege,
    ]
  }
}

/// `user summary`.
struct ShowUserSummary: IPMIOperation {
  var channel: ChannelNumber

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let access = try await bmc.ask(GetUserAccess(channel: channel, userID: 1), .evaluated)
    return UserSummaryReport(
      maximum: access.maximumUsers, enabled: access.enabledUsers, fixedNames: access.fixedNames)
  }
}

/// How many users there can be, and are.
struct UserSummaryReport: IPMIReport {
  var maximum: UInt8
  var enabled: UInt8
  var fixedNames: UInt8

  func write(to text: inout ReportText) {
    guard !text.style.isCSV else { return text.line("\(maximum),\(enabled),\(fixedNames)") }
    text.line("Maximum IDs\t    : \(maximum)")
    text.line("Enabled User Count  : \(enabled)")
    text.line("Fixed Name Count    : \(fixedNames)")
  }
}

/// `user test`: whether a user has this password.
struct TestPassword: IPMIOperation {
  var userID: UInt8
  var password: UserPassword

  var carriesSecret: Bool { true }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let complaint = Complaint(evaluated: "Set User Password command failed (user \(userID))")
    let request = SetUserPassword(userID: userID, .test(password))
    switch try await bmc.attempt(request, complaint) {
    case .success: return PasswordTestReport(result: "Success", isAffirmative: true)
    case .failure(let code):
      var report = PasswordTestReport(result: "Unknown error", isAffirmative: false)
      switch code.rawValue {
      case 0x80: report.result = "Failure: password incorrect"
      case 0x81: report.result = "Failure: wrong password size"
      default: break
      }
      return report
    }
  }
}

/// Whether a password is a user's.
struct PasswordTestReport: IPMIReport {
  /// What ipmitool says of it.
  var result: String
  var isAffirmative: Bool

  func write(to text: inout ReportText) {
    text.line(result)
  }
}
