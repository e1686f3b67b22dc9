import Drivers
import Glibc
import IPMI
import Machines

/// `sel time get`: what time the log has.
struct ShowEventLogTime: IPMIOperation {
  var privilege: PrivilegeLevel { .user }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    EventLogTimeReport(
      seconds: try await bmc.ask(GetSELTime(), Complaint("Get SEL Time command failed")).time)
  }
}

/// `sel time set`: sets the log's time, and reads it back.
struct SetEventLogTime: IPMIOperation {
  var clock: EventLogClock

  var privilege: PrivilegeLevel { .operator }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    _ = try await bmc.ask(
      SetSELTime(time: clock.seconds), Complaint("Set SEL Time command failed"))
    return try await ShowEventLogTime().run(over: bmc)
  }
}

/// What a log's time is to be.
enum EventLogClock: Hashable, Sendable {
  /// This host's when the controller gets it.
  case now
  /// This one: seconds since 1970.
  case at(UInt32)

  /// Reads `now`, or a date and a time of this host's zone, or of UTC: `11/21/26 06:00:00`, with four
  /// digits for the year as well, or `2026-11-21 06:00:00`.
  init?(_ word: String, isUTC: Bool) {
    if word.lowercased() == "now" {
      self = .now
      return
    }
    let parts = word.split(separator: " ")
    guard parts.count == 2, let date = Self.date(parts[0]), let time = Self.numbers(parts[1], ":"),
      time.count == 3, time[0] < 24, time[1] < 60, time[2] <= 60
    else { return nil }
    var fields = unsafe tm()
    unsafe fields.tm_year = date.year - 1900
    unsafe fields.tm_mon = date.month - 1
    unsafe fields.tm_mday = date.day
    unsafe (fields.tm_hour, fields.tm_min, fields.tm_sec) = (time[0], time[1], time[2])
    unsafe fields.tm_isdst = -1
    let seconds = isUTC ? unsafe timegm(&fields) : unsafe mktime(&fields)
    guard let whole = UInt32(exactly: seconds) else { return nil }
    self = .at(whole)
  }

  private static func date(_ text: Substring) -> (year: Int32, month: Int32, day: Int32)? {
    let date: (year: Int32, month: Int32, day: Int32)
    if let parts = numbers(text, "-"), parts.count == 3 {
      date = (parts[0], parts[1], parts[2])
    } else if let parts = numbers(text, "/"), parts.count == 3 {
      // Two digits are of the years 1969 to 2068, as POSIX has it.
      let century: Int32 = parts[2] >= 100 ? 0 : parts[2] < 69 ? 2000 : 1900
      date = (parts[2] + century, parts[0], parts[1])
    } else {
      return nil
    }
    guard (1970...2106).contains(date.year), (1...12).contains(date.month),
      (1...31).contains(date.day)
    else { return nil }
    return date
  }

  private static func numbers(_ text: Substring, _ separator: Character) -> [Int32]? {
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    let numbers = parts.compactMap { $0.count <= 4 ? UInt16($0).map(Int32.init) : nil }
    return numbers.count == parts.count ? numbers : nil
  }

  /// Seconds since 1970.
  var seconds: UInt32 {
    switch self {
    case .now: UInt32(clamping: time(nil))
    case .at(let seconds): seconds
    }
  }
}

/// What time a log has.
struct EventLogTimeReport: IPMIReport {
  /// Seconds since 1970.
  var seconds: UInt32

  func write(to text: inout ReportText) {
    text.line(Timestamp(seconds: seconds, isUTC: text.style.isUTC).numeric)
  }
}
