import Glibc
import Sockets

/// A command line of `nc`.
struct NetcatOptions {
  /// What kind of address is spoken to.
  enum Family {
    case any
    case internet(InternetFamily)
    case unix
  }

  /// How a proxy is spoken to.
  enum ProxyProtocol {
    case socks4
    case socks5
    case connect
  }

  var family = Family.any
  var allowsBroadcast = false
  var sendsCarriageReturns = false
  var isDebugging = false
  /// `-d`: standard input is not read.
  var isDetached = false
  var passesDescriptor = false
  var receiveBufferByteCount: Int?
  /// `-i`: seconds between two lines, and between two ports.
  var interval = 0
  var keepsListening = false
  var listens = false
  var hopLimit: UInt8?
  var leastHopLimit: UInt8?
  /// `-N`: the end of standard input is passed on.
  var endsWriting = false
  var isNumeric = false
  var sendBufferByteCount: Int?
  var proxyUser: String?
  var sourcePort: String?
  /// `-q`: how many seconds to stay after the end; negative for the end of both sides.
  var quitDelay = -1
  var isShuffled = false
  var signature: SegmentSignature?
  var source: String?
  var typeOfService: UInt8?
  var answersTelnet = false
  var usesDatagrams = false
  var isVerbose = false
  var receiveLimit: Int?
  /// `-w`: seconds.
  var timeout: Int?
  var proxyProtocol = ProxyProtocol.socks5
  var proxy: String?
  var usesDCCP = false
  var scans = false

  /// Whom to speak to, or where to listen; nil for any of this host's addresses.
  var host: String?
  /// Ports, services and ranges; where it listens one, and with `-U` none.
  var ports: [String] = []

  /// The protocol as messages name it.
  var protocolName: String { usesDatagrams ? "udp" : usesDCCP ? "dccp" : "tcp" }

  var isUnix: Bool {
    if case .unix = family { true } else { false }
  }

  static let letters = "46bCDdFhI:i:klM:m:NnO:P:p:q:rSs:T:tUuV:vW:w:X:x:Zz"

  /// Reads the command line as the original does: wrong values are complained about where they stand, and
  /// what does not go together at the end.
  init(
    parsing arguments: [String], program: String, _ messages: NetcatMessages
  ) throws(Exit) {
    // The closure of a scan cannot change what is not made yet.
    var options = NetcatOptions()
    let operands = try scanOptions(
      program: program, arguments, letters: Self.letters
    ) { letter, argument throws(Exit) in
      try options.take(letter, argument, messages)
    }
    try options.take(operands, messages)
    try options.check(messages)
    self = options
  }

  private init() {}

  private mutating func take(
    _ letter: Character, _ argument: String, _ messages: NetcatMessages
  ) throws(Exit) {
    switch letter {
    case "4": family = .internet(.v4)
    case "6": family = .internet(.v6)
    case "U": family = .unix
    case "b": allowsBroadcast = true
    case "C": sendsCarriageReturns = true
    case "D": isDebugging = true
    case "d": isDetached = true
    case "F": passesDescriptor = true
    case "k": keepsListening = true
    case "l": listens = true
    case "N": endsWriting = true
    case "n": isNumeric = true
    case "P": proxyUser = argument
    case "p": sourcePort = argument
    case "r": isShuffled = true
    case "s": source = argument
    case "t": answersTelnet = true
    case "u": usesDatagrams = true
    case "v": isVerbose = true
    case "x": proxy = argument
    case "Z": usesDCCP = true
    case "z": scans = true
    default: try takeValue(letter, argument, messages)
    }
  }

  private mutating func takeValue(
    _ letter: Character, _ argument: String, _ messages: NetcatMessages
  ) throws(Exit) {
    /// A number of `argument` within `range`; else the complaint that `words` begin.
    func number(
      _ range: ClosedRange<Int>, _ words: String, namesIt: Bool = true
    ) throws(Exit) -> Int {
      do throws(DecimalNumber.Failure) {
        return try DecimalNumber.read(argument, in: range)
      } catch {
        throw messages.fail("\(words) \(error.words)" + (namesIt ? ": \(argument)" : ""))
      }
    }
    switch letter {
    case "I": receiveBufferByteCount = try number(1...1 << 30, "TCP receive window")
    case "O": sendBufferByteCount = try number(1...1 << 30, "TCP send window")
    case "i": interval = try number(0...Int(UInt32.max), "interval")
    case "M": hopLimit = UInt8(try number(0...255, "ttl is", namesIt: false))
    case "m": leastHopLimit = UInt8(try number(0...255, "minttl is", namesIt: false))
    case "q":
      quitDelay = try number(Int(Int32.min)...Int(Int32.max), "quit timer")
      if quitDelay >= 0 { endsWriting = true }
    case "S": signature = try NetcatSecrets.signature(messages)
    case "T":
      guard let value = TypeOfServiceName.value(argument) else {
        throw messages.fail("illegal tos value \(argument)")
      }
      typeOfService = value
    case "V": throw messages.fail("no alternate routing table support available")
    case "W": receiveLimit = try number(1...Int(Int32.max), "receive limit")
    case "w": timeout = try number(0...Int(Int32.max / 1000), "timeout")
    case "X":
      switch argument.lowercased() {
      case "4": proxyProtocol = .socks4
      case "5": proxyProtocol = .socks5
      case "connect": proxyProtocol = .connect
      default: throw messages.fail("unsupported proxy protocol")
      }
    case "h":
      messages.console.complain(NetcatUsage.help)
      throw Exit(status: 0)
    default: throw messages.usage()
    }
  }

  // MARK: What goes together

  private mutating func take(_ operands: [String], _ messages: NetcatMessages) throws(Exit) {
    switch operands.count {
    case 0:
      guard listens else { throw messages.usage() }
      host = source
      ports = sourcePort.map { [$0] } ?? []
      (source, sourcePort) = (nil, nil)
    case 1:
      let mayBind = isUnix && usesDatagrams && !listens
      guard sourcePort == nil, source == nil || mayBind else { throw messages.usage() }
      if isUnix { host = operands[0] } else if listens { ports = operands }
    default:
      let conflicts = sourcePort != nil || source != nil || operands.count > 2
      guard !listens || !conflicts else { throw messages.usage() }
      host = operands[0]
      ports = Array(operands[1...])
    }
  }

  private func check(_ messages: NetcatMessages) throws(Exit) {
    if isUnix {
      if usesDCCP { throw messages.fail("cannot use -Z and -U") }
      if !ports.isEmpty { throw messages.fail("cannot use port with -U") }
      if host == nil { throw messages.fail("missing socket pathname") }
    } else if ports.isEmpty {
      throw messages.fail("missing port number")
    }
    if listens, scans { throw messages.fail("cannot use -z and -l") }
    if !listens, keepsListening { throw messages.fail("must use -l with -k") }
    if isUnix, passesDescriptor { throw messages.fail("cannot use -F and -U") }
    guard let proxy else { return }
    if usesDatagrams { throw messages.fail("no proxy support for UDP mode") }
    if usesDCCP { throw messages.fail("no proxy support for DCCP mode") }
    if listens { throw messages.fail("no proxy support for listen") }
    if isUnix { throw messages.fail("no proxy support for unix sockets") }
    if source != nil { throw messages.fail("no proxy support for local source address") }
    _ = try NetcatProxy(proxy, proxyProtocol, messages)
  }
}
