internal import CaptureFile
internal import Glibc

/// The names of the files of one capture: `name_00001_20261121130500.pcapng`, number and local time, by
/// which Wireshark knows that they belong together.
struct CaptureFileName {
  private let stem: Substring
  private let suffix: Substring

  init(_ path: String) {
    let nameStart = path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
    let dot = path[nameStart...].lastIndex(of: ".") ?? path.endIndex
    // A name that begins with its only dot has no suffix.
    let end = dot == nameStart ? path.endIndex : dot
    stem = path[..<end]
    suffix = path[end...]
  }

  func numbered(_ number: Int, at time: CaptureTimestamp) -> String {
    var seconds = time_t(time.seconds)
    var fields = unsafe tm()
    unsafe localtime_r(&seconds, &fields)
    let parts = unsafe [
      (Int(fields.tm_year) + 1900, 4), (Int(fields.tm_mon) + 1, 2), (Int(fields.tm_mday), 2),
      (Int(fields.tm_hour), 2), (Int(fields.tm_min), 2), (Int(fields.tm_sec), 2),
    ]
    let stamp = parts.map { Self.digits($0, width: $1) }.joined()
    return "\(stem)_\(Self.digits(number, width: 5))_\(stamp)\(suffix)"
  }

  private static func digits(_ number: Int, width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }
}
