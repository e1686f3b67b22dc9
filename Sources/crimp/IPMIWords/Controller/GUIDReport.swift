import Glibc
import IPMI

/// `mc guid`: the system's identifier, and how it seems to be laid out.
struct GUIDReport: IPMIReport {
  /// How the bytes are to be read.
  enum Form: Hashable, Sendable {
    /// As the version in them suggests.
    case automatic
    /// As told.
    case encoding(GUID.Encoding)
    /// Not at all.
    case dump

    /// The form of ipmitool's word; what it does not know is `auto`.
    init(word: String) {
      switch word {
      case "smbios": self = .encoding(.smbios)
      case "ipmi": self = .encoding(.ipmi)
      case "rfc4122": self = .encoding(.rfc4122)
      case "dump": self = .dump
      default: self = .automatic
      }
    }
  }

  /// The identifier as text, or all its digits when it cannot be read.
  var guid: String
  /// `IPMI`, `SMBIOS` or `RFC4122`; nil when it cannot be read.
  var encoding: String?
  /// The kind of identifier: 1 to 5, 0 for an unknown one; nil when it cannot be read.
  var version: UInt8?
  private var isGuessed: Bool
  private var rawVersion: UInt8 = 0
  private var time: UInt32?

  private enum CodingKeys: CodingKey { case guid, encoding, version }

  init(_ guid: GUID, as form: Form) {
    isGuessed = form == .automatic
    let chosen: GUID.Encoding? =
      switch form {
      case .dump: nil
      case .encoding(let encoding): encoding
      case .automatic: Self.detected(guid)
      }
    guard let chosen else {
      self.guid = (0..<16).map { guid.octets[$0].hexadecimal(uppercase: true) }.joined()
      return
    }
    let fields = Fields(guid, chosen)
    self.guid = guid.text(chosen)
    encoding = chosen.name
    rawVersion = fields.version
    version = (1...5).contains(rawVersion) ? rawVersion : 0
    if rawVersion == 1 { time = fields.seconds.flatMap { UInt32(exactly: $0) } }
  }

  /// The encoding in which the version makes sense: the first in which it is of a time that was, else
  /// the last one.
  private static func detected(_ guid: GUID) -> GUID.Encoding? {
    var detected: GUID.Encoding?
    for encoding in [GUID.Encoding.rfc4122, .ipmi, .smbios] {
      let fields = Fields(guid, encoding)
      guard (1...5).contains(fields.version) else { continue }
      detected = encoding
      let present = Int64(Glibc.time(nil))
      if fields.version == 1, let seconds = fields.seconds, (0...present).contains(seconds) {
        break
      }
    }
    return detected
  }

  func write(to text: inout ReportText) {
    text.line("System GUID   : \(guid)")
    guard let encoding, let version else { return }
    if isGuessed {
      let warning = encoding == "IPMI" ? "" : " (WARNING: IPMI Specification violation!)"
      text.line("GUID Encoding : \(encoding)\(warning)")
    }
    let names = [
      "Unknown/unsupported (\(rawVersion))", "Time-based",
      "DCE Security with POSIX UIDs (not for IPMI)", "Name-based using MD5",
      "Random or pseudo-random", "Name-based using SHA-1",
    ]
    text.line("GUID Version  : \(names[Int(version)])")
    if let time {
      text.line(
        "Timestamp     : \(Timestamp(seconds: time, isUTC: text.style.isUTC).numeric)")
    }
  }

  /// What an identifier's digits mean. RFC 4122, section 4.1.
  private struct Fields {
    /// The kind of identifier: 4 bits.
    var version: UInt8
    /// When it was made, in seconds since 1970.
    var seconds: Int64?

    init(_ guid: GUID, _ encoding: GUID.Encoding) {
      let digits = guid.text(encoding).filter { $0 != "-" }
      func number(_ range: Range<Int>) -> UInt64 {
        let start = digits.index(digits.startIndex, offsetBy: range.lowerBound)
        let end = digits.index(digits.startIndex, offsetBy: range.upperBound)
        return UInt64(digits[start..<end], radix: 16) ?? 0
      }
      version = UInt8(number(12..<13))
      // Counted in steps of 100 ns from 15 October 1582.
      let steps = number(13..<16) << 48 | number(8..<12) << 32 | number(0..<8)
      seconds = Int64(steps / 10_000_000) - 12_219_292_800
    }
  }
}

extension GUID.Encoding {
  /// The encoding as ipmitool names it.
  var name: String {
    switch self {
    case .ipmi: "IPMI"
    case .smbios: "SMBIOS"
    case .rfc4122: "RFC4122"
    }
  }
}
