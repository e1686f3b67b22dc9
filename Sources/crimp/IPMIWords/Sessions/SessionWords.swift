import Drivers
import IPMI
import Machines

/// `session info …`.
enum SessionWords {
  static let group = WordGroup(
    names: ["session"], summary: "Print session information",
    read: { words throws(WordsEnd) in try read(&words) })

  private static let help = "Session Commands: info <active | all | id 0xnnnnnnnn | handle 0xnn>"
  private static let expected = "expected active, all, id NUMBER or handle NUMBER"

  private static func read(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(help) }
    let verb = try words.next(or: .wrong("session: expected info", help, status: 0))
    guard verb == "info" else {
      throw .wrong("session \(verb): expected info", "Invalid SESSION command: \(verb)\n" + help)
    }
    guard !words.takesHelp() else { throw .help(help) }
    let word = try words.next(or: .wrong("session info: \(expected)", help, status: 0))
    switch word {
    case "active": return one(.current)
    case "all": return ShowSessions()
    case "id": return one(.sessionID(try number(word, &words)))
    case "handle": return one(.handle(try number(word, &words)))
    default:
      throw .wrong(
        "session info \(word): \(expected)",
        "Invalid SESSION info parameter: \(word)\n" + help)
    }
  }

  private static func number<Integer: FixedWidthInteger>(
    _ name: String, _ words: inout WordReader
  ) throws(WordsEnd) -> Integer {
    let word = try words.next(
      or: .wrong("session info \(name): expected a number", "Missing \(name) argument\n" + help))
    guard let number = WordNumber.parse(word, as: Integer.self) else {
      throw .wrong(
        "session info \(name) \(word): expected a number of \(Integer.bitWidth) bits",
        "HEX number expected, but '\(word)' given.\n" + help)
    }
    return number
  }

  static let complaint = Complaint("Get Session Info command failed")

  private static func one(_ target: GetSessionInfo.Target) -> any IPMIOperation {
    // The present session shall show the level that was asked for.
    SingleRequest(
      request: GetSessionInfo(target), complaint: complaint, isFullyPrivileged: true
    ) { SessionsReport(sessions: [SessionReport($0)]) }
  }
}

/// `session info all`: one place of the controller's list after the other.
struct ShowSessions: IPMIOperation {
  var privilege: PrivilegeLevel { .user }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var report = SessionsReport(sessions: [])
    var last: UInt8 = 1
    var index: UInt8 = 1
    while index <= last {
      switch try await ask(index, bmc, report) {
      case .success(let response):
        report.sessions.append(SessionReport(response))
        last = response.possibleSessions
      case .failure(let code):
        // No session has the place.
        guard code == .invalidDataField || code == .notPresent else {
          throw refusal(code).after(report)
        }
      }
      index += 1
    }
    return report
  }

  private func ask(
    _ index: UInt8, _ bmc: any BMCTransport, _ report: SessionsReport
  ) async throws(OperationFailure) -> Result<GetSessionInfo.Response, CompletionCode> {
    do throws(OperationFailure) {
      // The present session is among them, and shall show the level that was asked for.
      return try await bmc.attempt(
        GetSessionInfo(.index(index)), SessionWords.complaint, isFullyPrivileged: true)
    } catch {
      throw error.after(report)
    }
  }

  private func refusal(_ code: CompletionCode) -> OperationFailure {
    OperationFailure(
      .completion(
        code, command: GetSessionInfo.name, meaning: GetSessionInfo.meaning(of: code)),
      SessionWords.complaint)
  }
}

/// The sessions of a controller.
struct SessionsReport: IPMIReport {
  var sessions: [SessionReport]

  func write(to text: inout ReportText) {
    for session in sessions {
      text.style.isCSV ? session.writeCSV(to: &text) : session.writeRows(to: &text)
    }
  }
}

/// One session, or a place for one.
struct SessionReport: Encodable, Sendable {
  var handle: UInt8
  var slots: UInt8
  var activeSessions: UInt8
  var userID: UInt8?
  var privilege: String?
  /// `IPMIv1.5` or `IPMIv2/RMCP+`.
  var type: String?
  var channel: UInt8?
  var consoleAddress: String?
  var consoleHardwareAddress: String?
  var consolePort: UInt16?

  init(_ response: GetSessionInfo.Response) {
    handle = response.handle
    slots = response.possibleSessions
    activeSessions = response.activeSessions
    guard let session = response.session else { return }
    userID = session.userID
    privilege = session.privilege.text
    type = session.sessionProtocol == 0 ? "IPMIv1.5" : "IPMIv2/RMCP+"
    channel = session.channel.rawValue
    guard let console = session.lanConsole else { return }
    consoleAddress = console.address.map { String($0) }.joined(separator: ".")
    consoleHardwareAddress = console.hardwareAddress.map { $0.hexadecimal() }
      .joined(separator: ":")
    consolePort = console.port
  }

  /// Names and values of what there is, in ipmitool's order.
  private var rows: [(name: String, value: String)] {
    let rows: [(String, String?)] = [
      ("session handle", "\(handle)"),
      ("slot count", "\(slots)"),
      ("active sessions", "\(activeSessions)"),
      ("user id", userID.map { "\($0)" }),
      ("privilege level", privilege),
      ("session type", type),
      ("channel number", channel.map { "0x\($0.hexadecimal())" }),
      ("console ip", consoleAddress),
      ("console mac", consoleHardwareAddress),
      ("console port", consolePort.map { "\($0)" }),
    ]
    return rows.compactMap { name, value in value.map { (name, $0) } }
  }

  fileprivate func writeRows(to text: inout ReportText) {
    for row in rows { text.field(row.name, row.value, width: 30) }
    text.line()
  }

  fileprivate func writeCSV(to text: inout ReportText) {
    text.line(rows.map(\.value).joined(separator: ","))
  }
}
