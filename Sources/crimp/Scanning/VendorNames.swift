import Glibc
import LinkLayer

/// Who made a station, by the first digits of its address, as the IEEE's registries tell.
///
/// Nothing is read before a first name is asked for. The files are kept as they are, some 3 MB, and a
/// table of where the names stand is made of them: 50,000 names take a few milliseconds.
final class VendorNames {
  /// Debian's `ieee-data`, large blocks first.
  static let ieeeData = ["oui", "mam", "oui36", "iab"].map { "/usr/share/ieee-data/\($0).csv" }
  /// The files of arp-scan: the registries in one, and what others add.
  static let arpScanRegistry = "/usr/share/arp-scan/ieee-oui.txt"
  static let arpScanAdditions = "/etc/arp-scan/mac-vendor.txt"

  private let paths: [String]
  private var files: [[UInt8]] = []
  /// Where the name of a prefix stands; the key is the prefix with a one before its digits, so that
  /// prefixes of all lengths differ.
  private var places: [UInt64: Place] = [:]
  /// Which lengths there are, in digits, the longest first.
  private var lengths: [Int] = []
  private var isRead = false

  private struct Place {
    var file: UInt32
    var start: UInt32
    var end: UInt32
  }

  /// Names from the files at `paths`; of a prefix that several have, the last one tells.
  init(_ paths: [String]) {
    self.paths = paths
  }

  /// Names from what is installed: the registries of `ieee-data` or else of arp-scan, and arp-scan's
  /// additions.
  static func installed() -> VendorNames {
    let hasData = unsafe access(ieeeData[0], R_OK) == 0
    return VendorNames((hasData ? ieeeData : [arpScanRegistry]) + [arpScanAdditions])
  }

  /// The maker of `station`; nil when no file knows it.
  func name(of station: HardwareAddress) -> String? {
    guard let address = station.macAddress else { return nil }
    readOnce()
    for length in lengths {
      let key = address.rawValue >> UInt64(48 - 4 * length) | 1 << UInt64(4 * length)
      guard let place = places[key] else { continue }
      return text(at: place)
    }
    return nil
  }

  /// Names of the same maker are asked for again and again, but a string is made quickly.
  private func text(at place: Place) -> String {
    let bytes = files[Int(place.file)][Int(place.start)..<Int(place.end)]
    return String(decoding: bytes, as: UTF8.self).replacing("\"\"", with: "\"")
  }

  /// How many names the file at `path` has; nil when it cannot be read.
  func count(in path: String) -> Int? {
    guard let bytes = try? WholeFile.bytes(at: path) else { return nil }
    var count = 0
    Self.scan(bytes, isTable: path.hasSuffix(".csv")) { _, _, _ in count += 1 }
    return count
  }

  private func readOnce() {
    guard !isRead else { return }
    isRead = true
    places.reserveCapacity(65_536)
    var known: Set<Int> = []
    for path in paths {
      guard let bytes = try? WholeFile.bytes(at: path), bytes.count < Int(UInt32.max) else {
        continue
      }
      let file = UInt32(files.count)
      Self.scan(bytes, isTable: path.hasSuffix(".csv")) { key, start, end in
        places[key] = Place(file: file, start: UInt32(start), end: UInt32(end))
        known.insert((64 - key.leadingZeroBitCount - 1) / 4)
      }
      files.append(bytes)
    }
    lengths = known.sorted(by: >)
  }

  // MARK: Formats

  /// Calls `body` with each prefix and where its name stands.
  private static func scan(
    _ bytes: [UInt8], isTable: Bool, _ body: (_ key: UInt64, _ start: Int, _ end: Int) -> Void
  ) {
    var index = 0
    while index < bytes.count {
      let end = isTable ? endOfRecord(bytes, index) : endOfLine(bytes, index)
      if isTable {
        scanRecord(bytes, index, end, body)
      } else {
        scanLine(bytes, index, end, body)
      }
      index = end + 1
    }
  }

  /// `PREFIX<TAB>NAME`, the prefix with or without colons; `#` before a comment.
  private static func scanLine(
    _ bytes: [UInt8], _ start: Int, _ end: Int, _ body: (UInt64, Int, Int) -> Void
  ) {
    guard start < end, bytes[start] != UInt8(ascii: "#"),
      let (key, next) = prefix(bytes, start, end), next < end, bytes[next] == UInt8(ascii: "\t")
    else { return }
    var (first, last) = (next, end)
    while first < last, isBlank(bytes[first]) { first += 1 }
    while last > first, isBlank(bytes[last - 1]) { last -= 1 }
    if first < last { body(key, first, last) }
  }

  /// `MA-L,002272,Name,Address`, a field with a comma in quotes.
  private static func scanRecord(
    _ bytes: [UInt8], _ start: Int, _ end: Int, _ body: (UInt64, Int, Int) -> Void
  ) {
    guard let comma = bytes[start..<end].firstIndex(of: UInt8(ascii: ",")),
      let (key, next) = prefix(bytes, comma + 1, end), next < end,
      bytes[next] == UInt8(ascii: ",")
    else { return }
    var (first, last) = (next + 1, next + 1)
    if first < end, bytes[first] == UInt8(ascii: "\"") {
      first += 1
      last = first
      while last < end {
        if bytes[last] == UInt8(ascii: "\"") {
          guard last + 1 < end, bytes[last + 1] == UInt8(ascii: "\"") else { break }
          last += 1
        }
        last += 1
      }
    } else {
      while last < end, bytes[last] != UInt8(ascii: ",") { last += 1 }
    }
    while last > first, isBlank(bytes[last - 1]) { last -= 1 }
    if first < last { body(key, first, last) }
  }

  /// The prefix that begins at `start`, of at most 12 digits, and where it ends.
  private static func prefix(
    _ bytes: [UInt8], _ start: Int, _ end: Int
  ) -> (key: UInt64, end: Int)? {
    var key = 1 as UInt64
    var (index, count) = (start, 0)
    while index < end {
      let byte = bytes[index]
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x41 + 10
      case 0x61...0x66: digit = byte - 0x61 + 10
      case 0x2d, 0x2e, 0x3a:
        index += 1
        continue
      default: return count > 0 && count <= 12 ? (key, index) : nil
      }
      guard count < 12 else { return nil }
      key = key << 4 | UInt64(digit)
      count += 1
      index += 1
    }
    return nil
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }

  private static func endOfLine(_ bytes: [UInt8], _ start: Int) -> Int {
    var index = start
    while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
    return index
  }

  /// A line end within quotes is part of a field.
  private static func endOfRecord(_ bytes: [UInt8], _ start: Int) -> Int {
    var index = start
    var isQuoted = false
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "\"") { isQuoted.toggle() }
      if bytes[index] == UInt8(ascii: "\n"), !isQuoted { return index }
      index += 1
    }
    return index
  }
}
