internal import LinkLayer

/// A command line of `arpsend`.
struct ArpSendOptions {
  /// What to do.
  enum Command {
    case update, detect, request, reply
  }

  var command = Command.update
  /// `-c`; nil for no end.
  var count: Int?
  /// `-w` in seconds: the wait after each round.
  var timeout = 1
  /// `-s`: the frame's source.
  var source: MACAddress?
  /// `-t`: the frame's destination.
  var destination: MACAddress?
  /// `-S`: the sender's hardware address.
  var sender: MACAddress?
  /// `-T`: the target's hardware address.
  var target: MACAddress?
  /// `-i`: the sender's address.
  var senderIP: IPv4Address?
  /// `-e`: the addresses asked for.
  var targets: [IPv4Address] = []
  /// An IPv6 address given to `-i` or `-e`: neighbour discovery's business.
  var ipv6Address: IPv6Address?
  /// `-o`, and implied when one address is looked for: end at the first answer.
  var endsAtOnce = false
  /// `-f`: an interface without an address will do.
  var isForced = false
  /// `-v`.
  var isVerbose = false
  var interface = ""

  static let mostTargets = 1024

  private static let long = [
    LongOption(name: "update", letter: "U"), LongOption(name: "detect", letter: "D"),
    LongOption(name: "request", letter: "Q"), LongOption(name: "reply", letter: "P"),
    LongOption(name: "count", letter: "c", takesArgument: true),
    LongOption(name: "timeout", letter: "w", takesArgument: true),
    LongOption(name: "src-hw", letter: "s", takesArgument: true),
    LongOption(name: "trg-hw", letter: "t", takesArgument: true),
    LongOption(name: "src-arp", letter: "S", takesArgument: true),
    LongOption(name: "trg-arp", letter: "T", takesArgument: true),
    LongOption(name: "src-ip", letter: "i", takesArgument: true),
    LongOption(name: "trg-ip", letter: "e", takesArgument: true),
    LongOption(name: "at-once", letter: "o"), LongOption(name: "force", letter: "f"),
  ]

  /// Reads `arguments`; whatever is wrong with them is answered with the usage and status 1.
  init(program: String, _ arguments: [String], _ console: Console) throws(Exit) {
    var commands: [Command] = []
    var isWrong = false
    let operands = try scanOptions(
      program: program, arguments, letters: "UDQPc:w:s:t:S:T:i:e:ovf", long: Self.long
    ) { letter, argument throws(Exit) in
      switch letter {
      case "U": commands.append(.update)
      case "D": commands.append(.detect)
      case "Q": commands.append(.request)
      case "P": commands.append(.reply)
      case "c":
        let value = Numbers.integer(argument)
        isWrong = isWrong || value == 0
        count = value < 0 ? nil : value
      case "w": timeout = max(0, Numbers.integer(argument))
      case "s": source = try Self.hardwareAddress(argument, program, console)
      case "t": destination = try Self.hardwareAddress(argument, program, console)
      case "S": sender = try Self.hardwareAddress(argument, program, console)
      case "T": target = try Self.hardwareAddress(argument, program, console)
      case "i": try takeSource(argument, program, console)
      case "e": try takeTarget(argument, program, console)
      case "o": endsAtOnce = true
      case "v": isVerbose = true
      case "f": isForced = true
      default: isWrong = true
      }
      if isWrong || commands.count > 1 { throw Self.usage(program, console) }
    }
    guard let command = commands.first, operands.count == 1, let interface = operands.first,
      command != .detect || !targets.isEmpty || ipv6Address != nil,
      command != .update || senderIP != nil || ipv6Address != nil
    else { throw Self.usage(program, console) }
    (self.command, self.interface) = (command, interface)
    if command == .detect && targets.count <= 1 { endsAtOnce = true }
  }

  private mutating func takeSource(
    _ text: String, _ program: String, _ console: Console
  ) throws(Exit) {
    if text.contains(":") {
      ipv6Address = try Self.ipv6Address(text)
    } else {
      senderIP = try Self.address(text, program, console)
    }
  }

  private mutating func takeTarget(
    _ text: String, _ program: String, _ console: Console
  ) throws(Exit) {
    if text.contains(":") {
      ipv6Address = try Self.ipv6Address(text)
      return
    }
    guard targets.count < Self.mostTargets else { throw Self.usage(program, console) }
    targets.append(try Self.address(text, program, console))
  }

  private static func address(
    _ text: String, _ program: String, _ console: Console
  ) throws(Exit) -> IPv4Address {
    guard let address = HostName.numeric(text), address != .broadcast else {
      throw usage(program, console)
    }
    return address
  }

  /// A wrong one is ndsend's to refuse, which says nothing and returns 255.
  private static func ipv6Address(_ text: String) throws(Exit) -> IPv6Address {
    guard let address = IPv6Address(text) else { throw Exit(status: 255) }
    return address
  }

  /// Twelve hexadecimal digits with or without colons between octets, or `broadcast`.
  private static func hardwareAddress(
    _ text: String, _ program: String, _ console: Console
  ) throws(Exit) -> MACAddress {
    if text == "broadcast" { return .broadcast }
    if let address = MACAddress(text) { return address }
    guard text.utf8.count == 12, text.allSatisfy(\.isHexDigit), let value = UInt64(text, radix: 16)
    else { throw usage(program, console) }
    return MACAddress(rawValue: value)
  }

  private static func usage(_ program: String, _ console: Console) -> Exit {
    console.fail(
      """
      Usage: \(program) -U -i <address> | -D -e <address>... | -Q | -P
             [-e <address>]... [-i <address>] [-s <MAC>] [-t <MAC>] [-S <MAC>] [-T <MAC>]
             [-c <count>] [-w <seconds>] [-o] [-f] [-v] <interface>

      """, status: ArpSend.Status.usage)
  }
}
