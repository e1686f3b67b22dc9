import CaptureFile
import Decoding
import Glibc

/// How the times of frames are told.
enum FrameTimeStyle: String, CaseIterable {
  /// Not at all.
  case none
  /// The time of day in the host's zone.
  case clock
  /// The day and the time of day in UTC, as RFC 3339 writes them.
  case utc
  /// Seconds since 1970.
  case epoch
  /// Seconds since the first frame.
  case since
  /// Seconds since the frame before.
  case delta
}

/// Writes the times of frames, one after the other.
struct FrameClock {
  private let style: FrameTimeStyle
  private var first: CaptureTimestamp?
  private var previous: CaptureTimestamp?
  /// The quarter of an hour for which the host's zone was asked last, and what the clock showed at its
  /// start.
  private var quarter: (start: Int64, shown: UInt64)?

  init(_ style: FrameTimeStyle) {
    self.style = style
  }

  /// Appends the time of a frame, and a space behind it. A frame without a time has dashes.
  mutating func write(_ time: CaptureTimestamp?, into text: inout LineText) {
    guard style != .none else { return }
    guard let time else { return text.append("-- ") }
    let start = first ?? time
    let before = previous ?? time
    first = start
    previous = time
    switch style {
    case .none: break
    case .clock: writeClock(time, into: &text)
    case .utc: writeUTC(time, into: &text)
    case .epoch: FrameClock.write(time.seconds, time.nanoseconds, into: &text)
    case .since: FrameClock.write(from: start, to: time, into: &text)
    case .delta: FrameClock.write(from: before, to: time, into: &text)
    }
    text.append(character: " ")
  }

  private mutating func writeClock(_ time: CaptureTimestamp, into text: inout LineText) {
    // Zones change their offset at full quarters of an hour at most, so one question serves 900 s.
    let length = 900 as Int64
    let passed = (time.seconds % length + length) % length
    // A file may say the first second that there is.
    let start = time.seconds &- passed
    if quarter?.start != start {
      var seconds = time_t(start)
      var fields = unsafe tm()
      unsafe localtime_r(&seconds, &fields)
      quarter = unsafe (start, UInt64(fields.tm_hour) * 3600 + UInt64(fields.tm_min) * 60)
    }
    let second = (quarter?.shown ?? 0) + UInt64(passed)
    FrameClock.writeDayTime(second % 86_400, time.nanoseconds, into: &text)
  }

  private func writeUTC(_ time: CaptureTimestamp, into text: inout LineText) {
    var seconds = time_t(time.seconds)
    var fields = unsafe tm()
    unsafe gmtime_r(&seconds, &fields)
    let (year, month, day) = unsafe (fields.tm_year, fields.tm_mon, fields.tm_mday)
    text.append(decimal: UInt64(clamping: Int(year) + 1900), width: 4)
    text.append("-")
    text.append(decimal: UInt64(clamping: month + 1), width: 2)
    text.append("-")
    text.append(decimal: UInt64(clamping: day), width: 2)
    text.append("T")
    let second = (time.seconds % 86_400 + 86_400) % 86_400
    FrameClock.writeDayTime(UInt64(second), time.nanoseconds, into: &text)
    text.append("Z")
  }

  private static func writeDayTime(
    _ second: UInt64, _ nanoseconds: UInt32, into text: inout LineText
  ) {
    text.append(decimal: second / 3600, width: 2)
    text.append(character: ":")
    text.append(decimal: second / 60 % 60, width: 2)
    text.append(character: ":")
    text.append(decimal: second % 60, width: 2)
    writeFraction(nanoseconds, into: &text)
  }

  private static func write(
    from start: CaptureTimestamp, to end: CaptureTimestamp, into text: inout LineText
  ) {
    guard end >= start else {
      text.append(character: "-")
      return write(from: end, to: start, into: &text)
    }
    let (whole, overflow) = end.seconds.subtractingReportingOverflow(start.seconds)
    let isBorrowed = end.nanoseconds < start.nanoseconds
    let fraction = end.nanoseconds + (isBorrowed ? 1_000_000_000 : 0) - start.nanoseconds
    write(overflow ? .max : whole - (isBorrowed ? 1 : 0), fraction, into: &text)
  }

  private static func write(_ seconds: Int64, _ nanoseconds: UInt32, into text: inout LineText) {
    if seconds < 0 { text.append(character: "-") }
    text.append(decimal: seconds.magnitude)
    writeFraction(nanoseconds, into: &text)
  }

  /// Microseconds, or nanoseconds where there are any.
  private static func writeFraction(_ nanoseconds: UInt32, into text: inout LineText) {
    text.append(character: ".")
    guard nanoseconds % 1000 != 0 else {
      return text.append(decimal: UInt64(nanoseconds / 1000), width: 6)
    }
    text.append(decimal: UInt64(nanoseconds), width: 9)
  }
}
