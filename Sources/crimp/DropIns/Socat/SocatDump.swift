import Glibc
import Machines

/// Shows the bytes that are written (`-v`, `-x`), and keeps them in files (`-r`, `-R`).
final class SocatDump {
  private let showsText: Bool
  private let showsHex: Bool
  private let leftFile: Int32?
  private let rightFile: Int32?

  /// Nil when nothing is to be shown or kept.
  init?(_ line: SocatCommandLine) throws(SocatFailure) {
    guard line.dumpsText || line.dumpsHex || line.rawLeftPath != nil || line.rawRightPath != nil
    else { return nil }
    showsText = line.dumpsText
    showsHex = line.dumpsHex
    leftFile = try Self.open(line.rawLeftPath)
    rightFile = try Self.open(line.rawRightPath)
  }

  private static func open(_ path: String?) throws(SocatFailure) -> Int32? {
    guard let path else { return nil }
    let flags = O_CREAT | O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC
    let descriptor = unsafe Glibc.open(path, flags, 0o664)
    guard descriptor >= 0 else {
      throw SocatFailure("option -r \"\(path)\": \(SocatWords.reason(errno))")
    }
    return descriptor
  }

  /// Takes one block on its way.
  ///
  /// - Parameters:
  ///   - bytes: what is written.
  ///   - source: where it came from.
  ///   - offset: how much the same direction had of its session before.
  func show(_ bytes: [UInt8], from source: StreamRelay.Side, at offset: Int) {
    if let file = source == .near ? leftFile : rightFile {
      StandardStream(descriptor: file).write(bytes)
    }
    guard showsText || showsHex else { return }
    let mark = source == .near ? ">" : "<"
    var text = Array(
      ("\(mark) \(SocatTime.now.ofDump)  length=\(bytes.count) from=\(offset)"
        + " to=\(offset + bytes.count - 1)\n").utf8)
    if showsHex {
      text += showsText ? Self.rows(bytes) : Self.hex(bytes) + [UInt8(ascii: "\n")]
    } else {
      for byte in bytes { Self.append(byte, to: &text) }
    }
    StandardStream.error.write(text)
  }

  /// ` 68 65 6c`.
  private static func hex(_ bytes: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 3)
    let digits = Array("0123456789abcdef".utf8)
    for byte in bytes {
      text += [UInt8(ascii: " "), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
    return text
  }

  /// Rows of 16 bytes, or up to a line's end, with their letters beside them.
  private static func rows(_ bytes: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      var row = rest.prefix(16)
      if let end = row.firstIndex(of: UInt8(ascii: "\n")) { row = row[...end] }
      rest = rest[row.endIndex...]
      let numbers = hex(Array(row))
      text += numbers
      text += [UInt8](repeating: UInt8(ascii: " "), count: 48 - numbers.count + 2)
      text += row.map { isPrintable($0) ? $0 : UInt8(ascii: ".") }
      text.append(UInt8(ascii: "\n"))
    }
    return text + Array("--\n".utf8)
  }

  /// A byte as text: line ends and tabs as they are, other signs of C behind a backslash, a point for what
  /// cannot be shown.
  private static func append(_ byte: UInt8, to text: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "\n"), UInt8(ascii: "\t"): text.append(byte)
    case 0x07: text += Array("\\a".utf8)
    case 0x08: text += Array("\\b".utf8)
    case 0x0b: text += Array("\\v".utf8)
    case 0x0c: text += Array("\\f".utf8)
    case UInt8(ascii: "\r"): text += Array("\\r".utf8)
    case UInt8(ascii: "\\"): text += Array("\\\\".utf8)
    default: text.append(isPrintable(byte) ? byte : UInt8(ascii: "."))
    }
  }

  private static func isPrintable(_ byte: UInt8) -> Bool { (0x20...0x7e).contains(byte) }
}
