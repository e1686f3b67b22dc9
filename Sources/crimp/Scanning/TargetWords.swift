import Glibc
import LinkLayer
import Machines

/// Reads what a scan is to ask from its operands: addresses, networks, ranges, and files of them.
struct TargetWords {
  private(set) var ranges: [AddressRange] = []

  /// Reads `operands`: each an address, a network, a range, `-` for standard input, or a file's name.
  init(_ operands: [String]) throws(CommandFailure) {
    for operand in operands { try read(operand) }
  }

  /// The targets.
  var targets: ScanTargets {
    get throws(CommandFailure) {
      do throws(ScanTargets.Failure) {
        return try ScanTargets(ranges)
      } catch {
        throw CommandFailure(
          .usage, "more than \(ScanTargets.limit) addresses: expected as many as 10.0.0.0/8 at most"
        )
      }
    }
  }

  private mutating func read(_ operand: String) throws(CommandFailure) {
    if let range = Self.range(operand) { return ranges.append(range) }
    let isFile = unsafe access(operand, F_OK) == 0
    guard isFile || operand == "-" else {
      let looksLikeAddress = operand.first?.isNumber == true || operand.contains(":")
      throw CommandFailure(
        looksLikeAddress ? .usage : .noInput,
        "\(operand): expected an address, a network as 192.0.2.0/24, a range as 192.0.2.1-9, "
          + "- or a file of them")
    }
    let bytes = try WholeFile.bytes(at: operand)
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let content = line.prefix { $0 != UInt8(ascii: "#") }
      for word in content.split(whereSeparator: {
        $0 == 0x2c || $0 == 0x20 || (9...13).contains($0)
      }) {
        let text = String(decoding: word, as: UTF8.self)
        guard let range = Self.range(text) else {
          throw CommandFailure(
            .usage, "\(operand), line \(index + 1): '\(text)' is no address, network or range")
        }
        ranges.append(range)
      }
    }
  }

  /// An address, `192.0.2.0/24`, `192.0.2.0:255.255.255.0`, `192.0.2.1-192.0.2.9`, or
  /// `192.0.2.1-9`.
  static func range(_ text: String) -> AddressRange? {
    if let address = IPAddress(text) { return AddressRange(address) }
    if let prefix = IPPrefix(text) { return AddressRange(prefix) }
    if let dash = text.firstIndex(of: "-") {
      guard let first = IPAddress(String(text[..<dash])) else { return nil }
      let rest = text[text.index(after: dash)...]
      if let last = IPAddress(String(rest)) { return AddressRange(from: first, through: last) }
      guard case .v4(let address) = first, let byte = UInt8(rest) else { return nil }
      let last = IPv4Address(rawValue: address.rawValue & ~0xff | UInt32(byte))
      return AddressRange(from: first, through: .v4(last))
    }
    guard let colon = text.firstIndex(of: ":"), let address = IPv4Address(String(text[..<colon])),
      let mask = IPv4Address(String(text[text.index(after: colon)...])),
      case let length = (~mask.rawValue).leadingZeroBitCount,
      mask.rawValue == UInt32.max << UInt32(32 - length),
      let prefix = IPPrefix(address: .v4(address), length: length)
    else { return nil }
    return AddressRange(prefix)
  }
}
