import Drivers
import IPMI
import Machines

/// Tells the controller of events.
struct SendEvents: IPMIOperation {
  /// Who tells it: a remote console's software.
  static let generatorID: UInt16 = 0x41

  private let events: [(announcement: String?, event: PlatformEventMessage)]

  init(_ events: [(announcement: String?, event: PlatformEventMessage)]) {
    self.events = events
  }

  var privilege: PrivilegeLevel { .operator }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var report = SentEventsReport()
    for (announcement, event) in events {
      if let announcement { report.lines.append(.text(announcement)) }
      report.note(event)
      do throws(OperationFailure) {
        _ = try await bmc.ask(
          event, Complaint("Platform Event Message command failed"), isRepeatable: false)
      } catch {
        throw error.after(report)
      }
    }
    return report
  }
}

/// The events that a controller was told of.
struct SentEventsReport: IPMIReport {
  /// One line.
  enum Line: Sendable {
    case text(String)
    case event(LoggedEvent)
  }

  var lines: [Line] = []
  var isAffirmative = true

  /// Notes an event that is sent now.
  mutating func note(_ event: PlatformEventMessage) {
    let record = SystemEventRecord(
      recordID: 0, .event(event.systemEvent(generatorID: SendEvents.generatorID), time: 0))
    do throws(IPMIError) {
      lines.append(.event(try LoggedEvent(parsing: record.bytes)))
    } catch {
      // A record that was just written is one.
    }
  }

  func write(to text: inout ReportText) {
    for line in lines {
      switch line {
      case .text(let words): text.line(words)
      case .event(let logged): EventLine(logged: logged).write(to: &text)
      }
    }
  }

  private enum CodingKeys: CodingKey { case events, words }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    let events = lines.compactMap { line in
      if case .event(let logged) = line { EventReport(logged) } else { nil }
    }
    let words = lines.compactMap { if case .text(let words) = $0 { words } else { nil } }
    try container.encode(events, forKey: .events)
    if !words.isEmpty { try container.encode(words, forKey: .words) }
  }
}
