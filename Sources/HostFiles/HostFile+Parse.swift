extension HostFile {
  /// Reads a host file. Written again unchanged, it has the same bytes.
  ///
  /// - Throws: `HostFileError` at the first line that is none.
  public init(parsing bytes: [UInt8]) throws(HostFileError) {
    self.init()
    guard bytes.count <= Self.longestByteCount else {
      throw HostFileError(.tooLong, line: 1, column: 1)
    }
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: Self.lineEnd) ?? bytes.count
      lines.append(try Self.line(Array(bytes[start..<end]), number: lines.count + 1))
      isTerminated = end < bytes.count
      start = end + 1
    }
  }

  private static func line(_ bytes: [UInt8], number: Int) throws(HostFileError) -> Line {
    var words = Words(bytes)
    guard let host = words.next() else { return Line(bytes: bytes) }
    guard bytes[host].allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
      throw HostFileError(.malformedHost, line: number, column: host.lowerBound + 1)
    }
    let name = String(decoding: bytes[host], as: UTF8.self)
    guard let digits = words.next() else {
      let place = Place(host: name, byteCount: 0, digits: host.upperBound..<host.upperBound)
      return Line(bytes: bytes, entry: place)
    }
    let count = try count(bytes[digits], line: number, column: digits.lowerBound + 1)
    if let more = words.next() {
      throw HostFileError(.moreWords, line: number, column: more.lowerBound + 1)
    }
    return Line(bytes: bytes, entry: Place(host: name, byteCount: count, digits: digits))
  }

  private static func count(
    _ digits: ArraySlice<UInt8>, line: Int, column: Int
  ) throws(HostFileError) -> UInt64 {
    var value: UInt64 = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else {
        throw HostFileError(.malformedCount, line: line, column: column)
      }
      let (tenfold, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow) = tenfold.addingReportingOverflow(UInt64(digit & 0x0f))
      guard !isTooLarge, !overflow else {
        throw HostFileError(.countTooLarge, line: line, column: column)
      }
      value = sum
    }
    return value
  }

  /// The words of a line up to its comment.
  private struct Words {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) {
      self.bytes = bytes
    }

    /// Where the next word stands; nil when there is none.
    mutating func next() -> Range<Int>? {
      while offset < bytes.count, Self.isSpace(bytes[offset]) { offset += 1 }
      guard offset < bytes.count, bytes[offset] != UInt8(ascii: "#") else { return nil }
      let start = offset
      while offset < bytes.count, !Self.isSpace(bytes[offset]) { offset += 1 }
      return start..<offset
    }

    /// A carriage return counts as space: a file that was written elsewhere keeps its line ends.
    private static func isSpace(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
  }
}

/// Why bytes are no host file, and where.
public struct HostFileError: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Reason: Hashable, Sendable {
    /// A host holds a byte that no text has.
    case malformedHost
    /// What should be a number is none.
    case malformedCount
    /// A number does not fit into 64 bits.
    case countTooLarge
    /// More than a host and a number stand on a line.
    case moreWords
    /// There are more than ``HostFile/longestByteCount`` bytes.
    case tooLong
  }

  /// What is wrong.
  public let reason: Reason
  /// The line, from 1.
  public let line: Int
  /// The byte of the line, from 1.
  public let column: Int

  init(_ reason: Reason, line: Int, column: Int) {
    self.reason = reason
    self.line = line
    self.column = column
  }
}

extension HostFileError: CustomStringConvertible {
  /// One line: where, and what was expected there.
  public var description: String { "line \(line), column \(column): \(words)" }

  private var words: String {
    switch reason {
    case .malformedHost: "not a host"
    case .malformedCount: "expected a number of bytes"
    case .countTooLarge: "the number does not fit into 64 bits"
    case .moreWords: "expected a host and a number of bytes, and nothing else"
    case .tooLong: "the file has more than \(HostFile.longestByteCount) bytes"
    }
  }
}
