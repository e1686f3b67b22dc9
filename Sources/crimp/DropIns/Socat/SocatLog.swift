import CLinux
import CaptureFile
import EventLoop
import Glibc
import Links

/// socat's messages, where they are wanted: standard error, a file, the system's log.
@safe final class SocatLog {
  /// How grave a message is.
  enum Level: Int, Comparable {
    case debug, info, notice, warning, error, fatal

    static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }

    fileprivate var letter: String { ["D", "I", "N", "W", "E", "F"][rawValue] }
    fileprivate var priority: Int32 {
      [LOG_DEBUG, LOG_INFO, LOG_NOTICE, LOG_WARNING, LOG_ERR, LOG_CRIT][rawValue]
    }
  }

  /// Where messages go.
  enum Target {
    case descriptor(Int32)
    case system(facility: Int32)
  }

  /// What calls itself so in each line.
  var program: String
  /// The least grave that is told.
  var threshold = Level.error
  /// Where messages go.
  var target = Target.descriptor(2)
  /// Where they go once all is open (`-lm`).
  var targetOnceOpen: Target?
  /// Whether times have microseconds.
  var hasMicroseconds = false
  /// Whether the host is named.
  var namesHost = false

  private var systemProgram: UnsafeMutablePointer<CChar>?

  init(program: String) {
    self.program = program
  }

  func info(_ text: @autoclosure () -> String) { write(.info, text) }
  func notice(_ text: @autoclosure () -> String) { write(.notice, text) }
  func warning(_ text: @autoclosure () -> String) { write(.warning, text) }
  func error(_ text: @autoclosure () -> String) { write(.error, text) }

  /// Says that all is open: from now on messages may go elsewhere.
  func everythingIsOpen() {
    if let next = targetOnceOpen.take() { target = next }
  }

  private func write(_ level: Level, _ text: () -> String) {
    guard level >= threshold else { return }
    switch target {
    case .descriptor(let descriptor):
      let host = namesHost ? " \(Self.host)" : ""
      let time = SocatTime.now
      let stamp = hasMicroseconds ? time.withMicroseconds : time.seconds
      let line = "\(stamp)\(host) \(program)[\(getpid())] \(level.letter) \(text())\n"
      StandardStream(descriptor: descriptor).write(line)
    case .system(let facility): tellSystem(level, facility, text())
    }
  }

  private func tellSystem(_ level: Level, _ facility: Int32, _ text: String) {
    if unsafe systemProgram == nil {
      unsafe systemProgram = strdup(program)
      unsafe openlog(systemProgram, LOG_PID, facility)
    }
    let line = "\(level.letter) \(text)"
    unsafe line.withCString { line in
      unsafe withVaList([line]) { arguments in unsafe vsyslog(level.priority, "%s", arguments) }
    }
  }

  private static var host: String {
    if let name = unsafe getenv("HOSTNAME") { return unsafe String(cString: name) }
    var name = [CChar](repeating: 0, count: 65)
    guard unsafe gethostname(&name, name.count - 1) == 0, let end = name.firstIndex(of: 0) else {
      return "?"
    }
    return String(decoding: name[..<end].lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The system log's facilities by their names.
  static func facility(_ name: String) -> Int32? {
    let names: [String: Int32] = [
      "auth": 4, "authpriv": 10, "cron": 9, "daemon": 3, "ftp": 11, "kern": 0, "lpr": 6, "mail": 2,
      "news": 7, "syslog": 5, "user": 1, "uucp": 8, "local0": 16, "local1": 17, "local2": 18,
      "local3": 19, "local4": 20, "local5": 21, "local6": 22, "local7": 23,
    ]
    return names[name].map { $0 << 3 }
  }
}

/// The time of day as socat writes it.
struct SocatTime {
  /// `2026/01/31 12:00:00`.
  var seconds: String
  /// How far into the second.
  var microseconds: Int

  /// With a point and six digits behind.
  var withMicroseconds: String {
    "\(seconds).\(Self.padded(microseconds, 6))"
  }

  /// What a dump has: nine digits, of which the last six are the microseconds.
  var ofDump: String {
    "\(seconds).\(Self.padded(microseconds, 9))"
  }

  static var now: SocatTime {
    let now = CaptureTimestamp.now
    var second = Int(now.seconds)
    var parts = unsafe tm()
    unsafe localtime_r(&second, &parts)
    let date = unsafe [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
    let clock = unsafe [Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec)]
    let text = [date.map { padded($0, 2) }, clock.map { padded($0, 2) }]
    return SocatTime(
      seconds: text[0].joined(separator: "/") + " " + text[1].joined(separator: ":"),
      microseconds: Int(now.nanoseconds / 1000))
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
