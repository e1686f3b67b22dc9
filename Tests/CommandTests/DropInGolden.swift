import LinkLayer
import Support

/// A recorded run of an original: `Fixtures/originals/README.md` tells the format.
struct DropInGolden: CustomStringConvertible {
  /// `DIALECT/CASE`.
  var name: String
  /// Why Crimp answers differently: stands in the records of what it does instead.
  var why: String?
  /// The name that the program is called by.
  var program = ""
  var arguments: [String] = []
  /// A signal to send, and after how many milliseconds.
  var signal: (name: String, milliseconds: Int)?
  /// What is to be seen.
  var outcome = DropInOutcome()

  var description: String { name }

  /// A run that was not recorded.
  init(name: String) {
    self.name = name
  }

  init(name: String, parsing text: String) throws(GoldenError) {
    self.init(name: name)
    var section = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty { continue }
      if line.hasPrefix("  ") {
        outcome.append(String(line.dropFirst(2)), to: section)
        continue
      }
      section = String(line)
      try takeHeading(section)
    }
  }

  /// The same run of the same program by another name.
  func called(_ name: String) -> DropInGolden {
    var other = self
    (other.program, other.name) = (name, "\(name): \(self.name)")
    return other
  }

  private mutating func takeHeading(_ line: String) throws(GoldenError) {
    let words = line.split(separator: " ").map(String.init)
    switch words[0] {
    case "$":
      guard words.count > 1 else { throw GoldenError(name: name, line: line) }
      (program, arguments) = (words[1], Array(words[2...]))
    case "signal:":
      guard words.count == 5, let milliseconds = Int(words[3]) else {
        throw GoldenError(name: name, line: line)
      }
      signal = (words[1], milliseconds)
    case "why:": why = words.dropFirst().joined(separator: " ")
    case "pidfile:": outcome.pidfile = words[1]
    case "status:": outcome.status = Int32(words[1]) ?? -1
    case "stdout:", "stderr:", "frames:": break
    default: throw GoldenError(name: name, line: line)
    }
  }
}

/// A line of a recorded run that is not in the format.
struct GoldenError: Error {
  var name: String
  var line: String
}

/// What a run left behind, with the placeholders in place of what differs at every run.
struct DropInOutcome: Equatable, CustomStringConvertible {
  var status: Int32 = 0
  var pidfile: String?
  var output = ""
  var errorOutput = ""
  var frames: [String] = []

  /// Adds an escaped line to `section`.
  mutating func append(_ line: String, to section: String) {
    switch section {
    case "stdout:": output += Self.unescaped(line)
    case "stderr:": errorOutput += Self.unescaped(line)
    default: frames.append(line)
    }
  }

  private static func unescaped(_ line: String) -> String {
    if line.hasSuffix("\\") { return unescaped(String(line.dropLast())).dropLast() + "" }
    var result = ""
    var rest = line[...]
    while let first = rest.first {
      if rest.hasPrefix("\\x"), let byte = UInt8(rest.dropFirst(2).prefix(2), radix: 16) {
        result.unicodeScalars.append(Unicode.Scalar(byte))
        rest = rest.dropFirst(4)
      } else {
        result.append(first)
        rest = rest.dropFirst()
      }
    }
    return result + "\n"
  }

  var description: String {
    """
    status \(status)\(pidfile.map { ", pidfile \($0)" } ?? "")
    stdout: \(output.debugDescription)
    stderr: \(errorOutput.debugDescription)
    frames: \(frames.joined(separator: "\n        "))
    """
  }
}

/// The placeholders of `Fixtures/originals/README.md`, put in place of what they stand for.
enum GoldenRules {
  static func normalised(_ text: String, program: String, pidfile: String) -> String {
    var result = text.replacing(program, with: "<program>").replacing(pidfile, with: "<pidfile>")
    result = result.replacing(#/time=[0-9.]+ [num]?sec/#, with: "time=<time>")
    result = result.replacing(#/std-dev = [0-9.\/]+ ms/#, with: "std-dev = <times>")
    result = result.replacing(#/\ +[0-9]+\.[0-9]{3}ms/#, with: "  <time>ms")
    result = result.replacing(#/at time [0-9]+[.,][0-9]+/#, with: "at time <time>")
    result = result.replacing(
      #/[A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} \S+ send_arp: \[[0-9]+\]: /#, with: "<log> ")
    guard let usage = result.firstMatch(of: #/usage:|Usage/#) else { return result }
    return result[..<usage.range.lowerBound] + "<usage>\n"
  }

  /// A frame as the records show it; nil for what the host's kernel sends of itself.
  static func shown(_ frame: [UInt8]) -> String? {
    guard frame.count >= 14 else { return nil }
    let type = UInt16(frame[12]) << 8 | UInt16(frame[13])
    var masked: [ClosedRange<Int>] = []
    switch type {
    case 0x0806, 0x0842: break
    case 0x86dd:
      guard frame.count > 54, frame[20] == 58, frame[54] == 136 else { return nil }
      masked = [15...17]
    case 0x0800 where isMagicPacket(frame):
      // Identification, checksums, and the port that it comes from.
      masked = [18...19, 24...25, 34...35, 40...41]
    case 0x0800:
      guard frame.count > 23, frame[23] == 1 else { return nil }
      masked = echoFields(at: 0)
    case 0x8100:
      if frame.count > 17, frame[16] == 8, frame[17] == 0 { masked = echoFields(at: 4) }
    default: return nil
    }
    return shown(frame, masking: masked)
  }

  /// The same of a question for `address`, and of nothing else.
  static func shown(_ frame: [UInt8], asking address: IPAddress) -> String? {
    switch address {
    case .v4(let address):
      guard frame.count >= 42, frame[12...13] == [0x08, 0x06],
        Array(frame[38..<42]) == address.bytes
      else { return nil }
      return shown(frame, masking: [])
    case .v6(let address):
      guard frame.count >= 78, frame[12...13] == [0x86, 0xdd], frame[20] == 58, frame[54] == 135,
        Array(frame[62..<78]) == address.bytes
      else { return nil }
      // The nonce of RFC 7527 is drawn, and makes the checksum another.
      let hasNonce = frame.count >= 86 && frame[78] == 14
      return shown(frame, masking: hasNonce ? [15...17, 56...57, 80...85] : [15...17])
    }
  }

  private static func shown(_ frame: [UInt8], masking masked: [ClosedRange<Int>]) -> String {
    let digits = frame.enumerated().map { index, byte in
      masked.contains { $0.contains(index) } ? "--" : hex(byte)
    }
    let cuts = [0, 6, 12, 14, digits.count]
    return zip(cuts, cuts.dropFirst()).map { digits[$0..<$1].joined() }.joined(separator: " ")
  }

  private static func isMagicPacket(_ frame: [UInt8]) -> Bool {
    frame.count > 48 && frame[23] == 17 && frame[42..<48].allSatisfy { $0 == 0xff }
  }

  /// Identification, checksums, identifier and payload of an echo request.
  private static func echoFields(at shift: Int) -> [ClosedRange<Int>] {
    [18...19, 24...25, 36...39, 42...61].map { $0.lowerBound + shift...$0.upperBound + shift }
  }

  private static func hex(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16)
    return text.count == 1 ? "0" + text : text
  }
}
