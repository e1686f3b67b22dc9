import Drivers
import IPMI

/// `channel getaccess`: what a user, or every user, may do on a channel.
struct ShowAccess: IPMIOperation {
  var privilege: PrivilegeLevel { .operator }

  var channel: ChannelNumber
  /// The user; nil for all.
  var userID: UInt8?

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var report = AccessReport()
    var next = userID ?? 1
    var last = next
    while next <= last {
      do throws(OperationFailure) {
        let user = try await User(
          next, channel, on: bmc,
          complaint: Complaint(
            evaluated: "Unable to Get User Access (channel \(channel.rawValue) id \(next))"),
          nameComplaint: Complaint(evaluated: "Unable to Get User Name (id \(next))"))
        if report.users.isEmpty {
          report.maximumUsers = user.maximumUsers
          report.enabledUsers = user.enabledUsers
          if userID == nil { last = min(user.maximumUsers, 63) }
        }
        report.users.append(user)
      } catch {
        throw error.after(report)
      }
      next += 1
    }
    return report
  }
}

/// What users may do on a channel.
struct AccessReport: IPMIReport {
  var maximumUsers: UInt8 = 0
  var enabledUsers: UInt8 = 0
  var users: [User] = []

  func write(to text: inout ReportText) {
    guard !users.isEmpty else { return }
    func row(_ name: String, _ value: String) { text.field(name, value, width: 21) }
    row("Maximum User IDs", "\(maximumUsers)")
    row("Enabled User IDs", "\(enabledUsers)")
    for user in users {
      text.line()
      row("User ID", "\(user.id)")
      row("User Name", user.name)
      row("Fixed Name", user.hasFixedName ? "Yes" : "No")
      row("Access Available", user.mayCallIn ? "call-in / callback" : "callback")
      row("Link Authentication", user.hasLinkAuthentication ? "enabled" : "disabled")
      row("IPMI Messaging", user.hasMessaging ? "enabled" : "disabled")
      row("Privilege Level", user.privilege)
      row("Enable Status", user.status)
    }
  }
}

/// `channel setaccess`: changes some of what a user may do on a channel, and leaves the rest.
struct SetAccess: IPMIOperation {
  var channel: ChannelNumber
  var userID: UInt8
  private var set: UserAccess = []
  private var cleared: UserAccess = []
  private var limit: PrivilegeLimit?

  init(channel: ChannelNumber, userID: UInt8) {
    self.channel = channel
    self.userID = userID
  }

  /// Reads a word such as `link=on`.
  mutating func take(_ word: String) throws(WordsEnd) {
    let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
    let line =
      "setaccess \(word): expected callin=on|off, ipmi=on|off, link=on|off or privilege=LEVEL"
    guard parts.count == 2, let name = parts.first, let value = parts.last else {
      throw .wrong(line, "Invalid option: \(word)\n")
    }
    if name == "privilege" {
      guard let level = WordNumber.parse(value, as: UInt8.self), (1...15).contains(level) else {
        throw .wrong(
          "setaccess \(word): expected a level, 1 to 5, or 15",
          "Numeric [1-15] value expected, but '\(value)' given.")
      }
      return limit = PrivilegeLimit(rawValue: level)
    }
    let bits: [String: UserAccess] = [
      "callin": .callbackOnly, "ipmi": .messaging, "link": .linkAuthentication,
    ]
    guard let bit = bits[name], let isOn = ["on": true, "off": false][value] else {
      throw .wrong(line, "Invalid option: \(word)\n")
    }
    // Who may call in is not limited to being called back.
    if isOn != (bit == .callbackOnly) { set.insert(bit) } else { cleared.insert(bit) }
  }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let name = "(channel \(channel.rawValue) id \(userID))"
    let present = try await bmc.ask(
      GetUserAccess(channel: channel, userID: userID),
      Complaint(evaluated: "Unable to Get User Access \(name)"))
    let access = present.access.subtracting(cleared).union(set)
    _ = try await bmc.ask(
      SetUserAccess(
        channel: channel, userID: userID, access: access,
        privilegeLimit: limit ?? present.privilegeLimit),
      Complaint(evaluated: "Unable to Set User Access \(name)"))
    return DoneReport("Set User Access \(name) successful.")
  }
}
