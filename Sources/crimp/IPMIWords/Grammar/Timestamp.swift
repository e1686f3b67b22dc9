import Glibc

/// A time as controllers keep it, written as ipmitool writes it: seconds since 1970, of which small
/// numbers count from the controller's start. IPMI 2.0, section 37.
struct Timestamp {
  /// The seconds.
  var seconds: UInt32
  /// Whether it is told in UTC and not in the host's zone.
  var isUTC: Bool

  /// Times up to this one count from the controller's start.
  private static let lastRelative: UInt32 = 0x2000_0000
  private static let secondsADay: UInt32 = 86400

  /// Whether no time is known.
  private var isUnspecified: Bool { seconds == .max }
  /// Whether it counts from the controller's start.
  private var isRelative: Bool { seconds <= Self.lastRelative }

  /// Date, time and zone, with words.
  var text: String {
    if isUnspecified { return "Unspecified" }
    guard isRelative else { return format("%c %Z") }
    return format(seconds < Self.secondsADay ? "S+ %H:%M:%S" : "S+ %y years %j days %H:%M:%S")
  }

  /// Date, time and zone, with numbers.
  var numeric: String {
    if isUnspecified { return "Unspecified" }
    guard isRelative else { return format("%x %X %Z") }
    return format(seconds < Self.secondsADay ? "S+ %H:%M:%S" : "S+ %y/%j %H:%M:%S")
  }

  /// The date alone.
  var date: String {
    isUnspecified ? "Unspecified" : format(isRelative ? "S+ %y/%j" : "%x")
  }

  /// The time of day, with the zone.
  var time: String {
    isUnspecified ? "Unspecified" : format("%X %Z")
  }

  /// The time as strftime(3) writes it.
  func format(_ format: String) -> String {
    var time = time_t(seconds)
    var parts = unsafe tm()
    if isUTC || isRelative {
      unsafe gmtime_r(&time, &parts)
    } else {
      unsafe localtime_r(&time, &parts)
    }
    var buffer = [CChar](repeating: 0, count: 128)
    let count = unsafe strftime(&buffer, buffer.count, format, &parts)
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
