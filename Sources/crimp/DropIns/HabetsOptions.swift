internal import LinkLayer

/// A command line in the dialect of Thomas Habets' arping 2.23.
struct HabetsOptions {
  /// How answers are shown.
  enum Display {
    case normal, quiet, dots, rawFirst, rawSecond, rawBoth
  }

  /// What is pinged, as far as the options decide it.
  enum Mode {
    case undecided, address, hardware
  }

  var display = Display.normal
  var mode = Mode.undecided
  var verbosity = 0
  /// `-a`: BEL with each answer.
  var beepsOnReply = false
  /// `-e`: BEL with each missing answer.
  var beepsOnSilence = false
  /// `-u`: how many were sent beside how many were answered.
  var showsSent = false
  /// `-d`: look for a second owner.
  var findsDuplicates = false
  /// `-c`; nil for no end.
  var count: Int?
  /// `-C`; nil for no end.
  var replies: Int?
  /// `-w`, in seconds; nil when not given.
  var deadline: Double?
  /// `-W`, in microseconds.
  var interval = 1_000_000
  /// `-i` or `-I`.
  var interface: String?
  /// `-F`: no search for an interface that has the target's net.
  var guessesInterface = false
  /// `-g`.
  var group: String?
  /// `-m`.
  var timestampType: String?
  /// `-p`: also hear answers to other hardware addresses.
  var isPromiscuous = false
  /// `-P`: send replies.
  var sendsReplies = false
  /// `-U`: all ones as target hardware address.
  var isUnsolicited = false
  /// `-A`: answers of the destination's hardware address only.
  var matchesSource = false
  /// `-B`.
  var targetsBroadcast = false
  /// `-s`.
  var sourceMAC: String?
  /// `-t`.
  var targetMAC: String?
  /// `-S`, `-0` and `-b`.
  var sourceIP: String?
  /// `-T`, and `-B`.
  var targetIP: String?
  /// Whether `targetIP` came by `-T`.
  var hasDirectedTarget = false
  /// `-V`.
  var vlan: Int?
  /// `-Q`.
  var priority: Int?
  /// The host or MAC to ping.
  var target: String?

  /// Reads `arguments`; what the original refuses before it looks at any interface is refused here.
  init(program: String, _ arguments: [String], console: Console) throws(Exit) {
    if arguments.contains("--help") {
      console.write(HabetsUsage.long)
      throw Exit(status: 0)
    }
    let operands = try scanOptions(
      program: program, arguments, letters: "0aAbBC:c:dDeFg:hi:I:m:pPqQ:rRs:S:t:T:uUvV:w:W:zZ"
    ) { letter, argument throws(Exit) in
      try take(letter, argument, console)
    }
    guard operands.count <= 1 else {
      throw console.fail(
        "arping: Too many args on command line. Expected at most one.\n", status: 1)
    }
    target = operands.first
    try refuseContradictions(console)
    if findsDuplicates && count == nil { count = 3 }
  }

  private mutating func take(
    _ letter: Character, _ argument: String, _ console: Console
  ) throws(Exit) {
    switch letter {
    case "0": sourceIP = "0.0.0.0"
    case "a": beepsOnReply = true
    case "A": matchesSource = true
    case "b": sourceIP = "255.255.255.255"
    case "B": (targetIP, targetsBroadcast) = ("255.255.255.255", true)
    case "c": count = Self.limit(argument)
    case "C": replies = Self.limit(argument)
    case "d": findsDuplicates = true
    case "D": display = .dots
    case "e": beepsOnSilence = true
    case "F": guessesInterface = true
    case "g": group = argument
    case "i": interface = try Self.interface(argument, console)
    case "I": interface = argument
    case "m": timestampType = argument
    case "p": isPromiscuous = true
    case "P": sendsReplies = true
    case "q": display = .quiet
    case "Q": priority = try Self.priority(argument, console)
    case "r": display = display == .rawSecond ? .rawBoth : .rawFirst
    case "R": display = display == .rawFirst ? .rawBoth : .rawSecond
    case "s": sourceMAC = argument
    case "S": sourceIP = argument
    case "t": (targetMAC, mode) = (argument, .address)
    case "T": (targetIP, hasDirectedTarget, mode) = (argument, true, .hardware)
    case "u": showsSent = true
    case "U": (isUnsolicited, mode) = (true, .address)
    case "v": verbosity += 1
    case "V": vlan = try Self.vlan(argument, console)
    case "w": deadline = Numbers.seconds(argument)
    case "W": interval = Int(max(0, min(Numbers.seconds(argument), 4294)) * 1_000_000)
    // -z and -Z: the seccomp filter is the original's own; see Privileges for what is given up.
    case "z", "Z": break
    case "h":
      console.write(HabetsUsage.short)
      throw Exit(status: 0)
    default:
      console.write(HabetsUsage.short)
      throw Exit(status: 1)
    }
  }

  private func refuseContradictions(_ console: Console) throws(Exit) {
    let isAddressOnly = targetsBroadcast || targetMAC != nil || isUnsolicited
    if mode == .address && hasDirectedTarget || mode == .hardware && isAddressOnly {
      throw console.fail(
        "arping: -T can only be used to ping MAC and -BtU only to ping IPs", status: 1)
    }
    if hasDirectedTarget && targetsBroadcast {
      throw console.fail(
        "arping: -B can't be used with -T, since they set the same thing\n", status: 1)
    }
    if let sourceMAC, HabetsMAC.parse(sourceMAC) == nil {
      throw console.fail("arping: Weird MAC addr \(sourceMAC)\n", status: 1)
    }
    if let targetMAC, HabetsMAC.parse(targetMAC) == nil {
      throw console.fail("Illegal MAC addr \(targetMAC)\n", status: 1)
    }
  }

  /// A count that stands for no end when it is negative.
  private static func limit(_ text: String) -> Int? {
    let value = Numbers.integer(text)
    return value < 0 ? nil : value
  }

  private static func interface(_ name: String, _ console: Console) throws(Exit) -> String {
    guard name.contains(":") else { return name }
    throw console.fail(
      """
      arping: If you're trying to feed me an interface alias then you don't really
      know what this programs does, do you?
      Use -I if you really mean it (undocumented on purpose)

      """, status: 1)
  }

  private static func priority(_ text: String, _ console: Console) throws(Exit) -> Int {
    let value = Numbers.integer(text)
    guard (0...7).contains(value) else {
      throw console.fail("arping: 802.1p priority must be 0-7. It's \(value)\n", status: 1)
    }
    return value
  }

  private static func vlan(_ text: String, _ console: Console) throws(Exit) -> Int {
    let value = Numbers.integer(text)
    guard (0...4095).contains(value) else {
      throw console.fail("arping: vlan tag must 0-4095. Is \(value)\n", status: 1)
    }
    return value
  }
}

/// A MAC address as this dialect takes it: octets of one or two digits between `:` or `-`, or
/// Cisco's three groups of four.
enum HabetsMAC {
  /// Whether an operand is meant as a MAC address, right or wrong.
  static func isMeant(by text: String) -> Bool {
    text.utf8.contains(UInt8(ascii: ":")) || groups(text, "-", of: 2...2, count: 6) != nil
      || groups(text, ".", of: 4...4, count: 3) != nil
  }

  /// The address, or nil for what is none.
  static func parse(_ text: String) -> MACAddress? {
    for separator: Character in [":", "-"] {
      guard let octets = groups(text, separator, of: 1...2, count: 6) else { continue }
      return MACAddress(rawValue: octets.reduce(0) { $0 << 8 | $1 })
    }
    guard let words = groups(text, ".", of: 4...4, count: 3) else { return nil }
    return MACAddress(rawValue: words.reduce(0) { $0 << 16 | $1 })
  }

  private static func groups(
    _ text: String, _ separator: Character, of digits: ClosedRange<Int>, count: Int
  ) -> [UInt64]? {
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    guard parts.count == count else { return nil }
    var values: [UInt64] = []
    for part in parts {
      guard digits.contains(part.utf8.count), part.allSatisfy(\.isHexDigit) else { return nil }
      guard let value = UInt64(part, radix: 16) else { return nil }
      values.append(value)
    }
    return values
  }
}
