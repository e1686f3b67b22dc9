/// A host file: hosts, and how many bytes each has moved.
///
///     # file starts
///     host1.example.org 1000000000
///     10.0.0.2 0
///
/// One host a line, then its bytes as a decimal number; a host alone has moved none. What begins with `#` is
/// a comment, and may follow a number too. Comments, empty lines, the order, and the space between the words
/// stay as they were when the file is written again: only the numbers change.
///
/// The format is that of the shd-tcp-tools (their readme, "host files").
public struct HostFile: Hashable, Sendable {
  /// A host and what it has moved.
  public struct Entry: Hashable, Sendable {
    /// A name or an address, as the file has it.
    public let host: String
    /// How many bytes it has moved.
    public let byteCount: UInt64
  }

  /// One line without its end.
  struct Line: Hashable, Sendable {
    var bytes: [UInt8]
    var entry: Place?
  }

  /// Where an entry stands in its line.
  struct Place: Hashable, Sendable {
    let host: String
    var byteCount: UInt64
    /// The digits; empty, behind the host, when there are none.
    var digits: Range<Int>
  }

  /// A file with more bytes than this is none.
  public static let longestByteCount = 1 << 20

  var lines: [Line]
  /// Whether a line end stands behind the last line.
  var isTerminated: Bool

  /// A file without hosts.
  public init() {
    lines = []
    isTerminated = true
  }

  /// The hosts in the order of the file.
  public var entries: [Entry] {
    lines.compactMap { line in
      line.entry.map { Entry(host: $0.host, byteCount: $0.byteCount) }
    }
  }

  /// The host that has moved the fewest bytes, the first of several; nil when there is none.
  public var least: Entry? {
    entries.min { $0.byteCount < $1.byteCount }
  }

  /// What `host` has moved; nil when the file does not have it.
  public func byteCount(of host: String) -> UInt64? {
    lines.lazy.compactMap(\.entry).first { $0.host == host }?.byteCount
  }

  /// Adds to what `host` has moved, up to the largest number of 64 bits; a host that the file does not have
  /// gets a line at its end.
  ///
  /// - Returns: false when `host` cannot stand in a file: nothing has changed then.
  @discardableResult
  public mutating func add(_ count: UInt64, to host: String) -> Bool {
    let (sum, overflow) = (byteCount(of: host) ?? 0).addingReportingOverflow(count)
    return set(overflow ? .max : sum, for: host)
  }

  /// Says how many bytes `host` has moved; a host that the file does not have gets a line at its end.
  ///
  /// - Returns: false when `host` cannot stand in a file: nothing has changed then.
  @discardableResult
  public mutating func set(_ count: UInt64, for host: String) -> Bool {
    guard let index = lines.firstIndex(where: { $0.entry?.host == host }) else {
      return append(count, for: host)
    }
    guard var place = lines[index].entry, place.byteCount != count || place.digits.isEmpty else {
      return true
    }
    var number = Array(String(count).utf8)
    if place.digits.isEmpty { number.insert(UInt8(ascii: " "), at: 0) }
    let start = place.digits.lowerBound
    lines[index].bytes.replaceSubrange(place.digits, with: number)
    place.digits = (place.digits.isEmpty ? start + 1 : start)..<(start + number.count)
    place.byteCount = count
    lines[index].entry = place
    return true
  }

  private mutating func append(_ count: UInt64, for host: String) -> Bool {
    let text = Array("\(host) \(count)".utf8)
    guard let line = try? HostFile(parsing: text).lines.first, line.entry?.host == host else {
      return false
    }
    lines.append(line)
    isTerminated = true
    return true
  }

  /// The file.
  public var bytes: [UInt8] {
    var result: [UInt8] = []
    for (index, line) in lines.enumerated() {
      result += line.bytes
      if index < lines.count - 1 || isTerminated { result.append(HostFile.lineEnd) }
    }
    return result
  }

  static let lineEnd = UInt8(ascii: "\n")
}
