internal import Glibc
internal import LinkLayer

/// A command line in the dialect of arp-scan.
struct ArpScanOptions {
  var verbosity = 0
  var interface: String?
  var file: String?
  var scansOwnNetwork = false
  var registryFile: String?
  var additionsFile: String?
  var isQuiet = false
  var isPlain = false
  var ignoresDuplicates = false
  var tellsRoundTrips = false
  var format: ArpScanFormat?
  var isRandom = false
  var randomSeed: UInt64?
  var attempts = 2
  var backoff = 1.5
  /// Milliseconds.
  var timeout = 500
  /// Microseconds; nil when the bandwidth decides.
  var interval: Int?
  /// Bits a second.
  var bandwidth: Int?
  var isNumeric = false
  var resolvesNames = false
  var senderStation: MACAddress?
  var targetStation = MACAddress.zero
  var hardwareType = 1
  var protocolType = 0x0800
  var hardwareLength = 6
  var protocolLength = 4
  var operation = 1
  var senderAddress: IPv4Address?
  /// `--arpspa=dest`.
  var asksFromTarget = false
  var source: MACAddress?
  var destination = MACAddress.broadcast
  var etherType = 0x0806
  var usesLLC = false
  var vlan: Int?
  var limit: Int?
  var savefile: String?
  var snapLength = 64
  var padding: [UInt8] = []
  /// The hosts that the command line names.
  var hosts: [String] = []

  private static let long: [LongOption] = [
    ("file", "f", true), ("localnet", "l", false), ("ouifile", "O", true), ("macfile", "m", true),
    ("quiet", "q", false), ("plain", "x", false), ("ignoredups", "g", false), ("rtt", "D", false),
    ("format", "F", true), ("random", "R", false), ("randomseed", "\u{1}", true),
    ("retry", "r", true), ("backoff", "b", true), ("timeout", "t", true), ("interval", "i", true),
    ("bandwidth", "B", true), ("numeric", "N", false), ("resolve", "d", false),
    ("arpsha", "u", true), ("arptha", "w", true), ("arphrd", "H", true), ("arppro", "p", true),
    ("arphln", "a", true), ("arppln", "P", true), ("arpop", "o", true), ("arpspa", "s", true),
    ("srcaddr", "S", true), ("destaddr", "T", true), ("prototype", "y", true), ("llc", "L", false),
    ("vlan", "Q", true), ("limit", "M", true), ("pcapsavefile", "W", true), ("snap", "n", true),
    ("retry-send", "Y", true), ("retry-send-interval", "E", true), ("padding", "A", true),
    ("interface", "I", true), ("verbose", "v", false), ("version", "V", false),
    ("help", "h", false),
  ].map { LongOption(name: $0.0, letter: $0.1, takesArgument: $0.2) }

  /// Reads `arguments`, or complains as the original does.
  init(program: String, _ arguments: [String], _ console: Console) throws(Exit) {
    hosts = try scanOptions(
      program: program, arguments,
      letters: "f:hr:b:t:i:vVn:I:qgNRdlxDF:O:m:u:w:H:p:a:P:o:s:S:T:y:LQ:M:W:Y:E:A:B:",
      long: Self.long
    ) { letter, argument throws(Exit) in
      try take(letter, argument, console)
    }
    guard scansOwnNetwork || !hosts.isEmpty || file != nil else {
      throw console.fail(
        "ERROR: No target hosts on command line and neither --file or --localnet options given\n",
        status: 1)
    }
  }

  /// Complains of options that exclude each other: the original does so once the interface is known, and
  /// the header told.
  func checkAgreement(_ console: Console) throws(Exit) {
    guard interval == nil || bandwidth == nil else {
      throw console.fail(
        "ERROR: You cannot specify both --bandwidth and --interval.\n", status: 1)
    }
    guard scansOwnNetwork else { return }
    if !hosts.isEmpty {
      throw console.fail(
        "ERROR: You can not specify targets with the --localnet option\n", status: 1)
    }
    if file != nil {
      throw console.fail(
        "ERROR: You can not specify both --file and --localnet options\n", status: 1)
    }
  }

  private mutating func take(
    _ letter: Character, _ argument: String, _ console: Console
  ) throws(Exit) {
    switch letter {
    case "h":
      console.write(ArpScanUsage.text)
      throw Exit(status: 0)
    case "V":
      console.write("arp-scan \(ArpScan.version): crimp, in the dialect of arp-scan\n")
      throw Exit(status: 0)
    case "?": throw console.fail(ArpScanUsage.brief, status: 1)
    case "v": verbosity += 1
    case "I": interface = argument
    case "f": file = argument
    case "l": scansOwnNetwork = true
    case "O": registryFile = argument
    case "m": additionsFile = argument
    case "q": isQuiet = true
    case "x": isPlain = true
    case "g": ignoresDuplicates = true
    case "D": tellsRoundTrips = true
    case "F": format = try ArpScanFormat(argument, console)
    case "R": isRandom = true
    case "\u{1}": randomSeed = UInt64(clamping: try Self.number(argument, console))
    case "N": isNumeric = true
    case "d": resolvesNames = true
    case "M": limit = try Self.number(argument, console)
    case "W": savefile = argument
    case "n": snapLength = try Self.number(argument, console)
    // How often a full queue is tried again, and when, the link decides.
    case "Y", "E": break
    default: try takeTiming(letter, argument, console)
    }
  }

  private mutating func takeTiming(
    _ letter: Character, _ argument: String, _ console: Console
  ) throws(Exit) {
    switch letter {
    case "r": attempts = try Self.number(argument, console)
    case "b": backoff = Numbers.seconds(argument)
    case "t": timeout = try Self.number(argument, console)
    case "i": interval = try Self.interval(argument, console)
    case "B": bandwidth = try Self.bandwidth(argument, console)
    default: try takeField(letter, argument, console)
    }
  }

  private mutating func takeField(
    _ letter: Character, _ argument: String, _ console: Console
  ) throws(Exit) {
    switch letter {
    case "u": senderStation = try Self.station(argument, console)
    case "w": targetStation = try Self.station(argument, console)
    case "H": hardwareType = try Self.number(argument, console)
    case "p": protocolType = try Self.number(argument, console)
    case "a": hardwareLength = try Self.number(argument, console)
    case "P": protocolLength = try Self.number(argument, console)
    case "o": operation = try Self.number(argument, console)
    case "s":
      asksFromTarget = argument == "dest"
      senderAddress = IPv4Address(argument)
      guard asksFromTarget || senderAddress != nil else {
        throw console.fail("inet_pton failed for \(argument): Success\n", status: 1)
      }
    case "S": source = try Self.station(argument, console)
    case "T": destination = try Self.station(argument, console)
    case "y": etherType = try Self.number(argument, console)
    case "L": usesLLC = true
    case "Q": vlan = try Self.number(argument, console)
    case "A": padding = try Self.hexadecimal(argument, console)
    default: throw console.fail(ArpScanUsage.brief, status: 1)
    }
  }
}

extension ArpScanOptions {
  /// A number as strtol(3) reads it with base 0; held within what a field can hold.
  private static func number(_ text: String, _ console: Console) throws(Exit) -> Int {
    let isHexadecimal = text.lowercased().hasPrefix("0x")
    let value =
      isHexadecimal ? Int(text.dropFirst(2), radix: 16) : Int(text)
    guard let value else {
      throw console.fail("ERROR: \"\(text)\" is not a valid numeric value\n", status: 1)
    }
    return max(0, min(value, Int(Int32.max)))
  }

  /// Milliseconds, or microseconds with `u` behind them.
  private static func interval(_ text: String, _ console: Console) throws(Exit) -> Int {
    guard let last = text.last, !last.isNumber else {
      return try number(text, console) * 1000
    }
    guard last == "u" else {
      throw console.fail("ERROR: Unknown interval multiplier character: \"\(last)\"\n", status: 1)
    }
    return try number(String(text.dropLast()), console)
  }

  private static func bandwidth(_ text: String, _ console: Console) throws(Exit) -> Int {
    guard let last = text.last, !last.isNumber else { return try number(text, console) }
    switch last {
    case "k", "K": return try number(String(text.dropLast()), console) * 1000
    case "m", "M": return try number(String(text.dropLast()), console) * 1_000_000
    default:
      throw console.fail("ERROR: Unknown bandwidth multiplier character: \"\(last)\"\n", status: 1)
    }
  }

  private static func station(_ text: String, _ console: Console) throws(Exit) -> MACAddress {
    guard let address = MACAddress(text) else {
      throw console.fail("Invalid target MAC address: \(text)\n", status: 1)
    }
    return address
  }

  private static func hexadecimal(_ text: String, _ console: Console) throws(Exit) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    guard digits.count == text.count, digits.count % 2 == 0 else {
      throw console.fail(
        "ERROR: Length of --padding argument must be even (multiple of 2).\n", status: 1)
    }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
