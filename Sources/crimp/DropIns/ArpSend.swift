internal import CaptureFile
internal import EventLoop
internal import Glibc
internal import LinkLayer
internal import Links
internal import MonotonicTime

/// `arpsend`, as OpenVZ's program answers: updates neighbours' caches, finds duplicates, asks, and
/// replies.
enum ArpSend {
  /// Exit statuses.
  enum Status {
    static let ok: Int32 = 0
    static let usage: Int32 = 1
    static let system: Int32 = 2
    /// Somebody answered who should not.
    static let answered: Int32 = 3
    /// Nobody answered who should.
    static let unanswered: Int32 = 4
  }

  /// Runs the command line and returns the exit status.
  static func run(program: String, _ arguments: [String]) -> Int32 {
    let console = Console()
    do throws(Exit) {
      let options = try ArpSendOptions(program: program, arguments, console)
      if let address = options.ipv6Address {
        return options.command == .update
          ? NDSend.announce(address, on: options.interface, console) : Status.ok
      }
      return try ArpSendSession(options, console).run()
    } catch {
      return error.status
    }
  }
}

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

/// One run of arpsend: a frame for each address, a wait, the next round.
private final class ArpSendSession {
  private let options: ArpSendOptions
  private let console: Console
  private let interface: DropInInterface
  private let link: PacketSocketLink
  private let ownIP: IPv4Address
  private let targets: [IPv4Address]
  private var answers = 0
  private var rounds = 0
  private var end: Completion<Void>?
  private var failure: Exit?

  init(_ options: ArpSendOptions, _ console: Console) throws(Exit) {
    (self.options, self.console) = (options, console)
    interface = try Self.find(options, console)
    guard let address = interface.address ?? (options.isForced ? .unspecified : nil) else {
      throw Self.fail(
        "Cannot get the IP address of network interface \(options.interface): "
          + "Cannot assign requested address", console)
    }
    ownIP = address
    targets = options.targets.isEmpty ? [address] : options.targets
    do throws(LinkError) {
      link =
        try Self.isDeaf(options)
        ? interface.openSender()
        : interface.open(hearing: .accepting(.arp, framing: interface.framing))
    } catch {
      if case .permission(let error) = error {
        throw Self.fail("socket function returned error: \(error.reason)", console)
      }
      throw Self.fail("socket function returned error: \(error)", console)
    }
    if options.isVerbose {
      let mac = interface.interface.hardwareAddress
      log("Retreived addresses: MAC address='\(mac)', IP address='\(address)'")
    }
  }

  /// Whether no answer can come before the end: the last round of updates and replies ends the run.
  private static func isDeaf(_ options: ArpSendOptions) -> Bool {
    options.count == 1 && (options.command == .update || options.command == .reply)
  }

  private static func find(
    _ options: ArpSendOptions, _ console: Console
  ) throws(Exit) -> DropInInterface {
    let name = options.interface
    guard let found = DropInInterface(name) else {
      throw fail("Unknown network interface \(name): No such device", console)
    }
    guard found.interface.isUp else { throw fail("Network interface \(name) is down", console) }
    guard found.interface.usesNeighborDiscovery else {
      throw fail("Network interface \(name) is not ARPable", console)
    }
    guard !found.interface.flags.contains(.slave) else {
      throw fail("Network interface \(name) is a slave device", console)
    }
    return found
  }

  func run() throws(Exit) -> Int32 {
    try sendRound()
    if isDone { return status }
    do {
      try? Privileges.dropAll()
      let loop = try EventLoop()
      let end = Completion<Void>(on: loop)
      self.end = end
      try link.start(on: loop) { [weak self] in self?.receive() }
      tick(on: loop)
      try loop.run { try await end.value }
    } catch {
      throw Self.fail("\(error)", console)
    }
    if let failure { throw failure }
    return status
  }

  /// Updates and replies end with the last round; the others wait for its answers.
  private var isDone: Bool {
    rounds == options.count && (options.command == .update || options.command == .reply)
  }

  private func tick(on loop: EventLoop) {
    guard options.timeout > 0 else { return }
    loop.schedule(after: .seconds(options.timeout)) { [weak self] in
      guard let self, end?.isFulfilled == false else { return }
      guard rounds != options.count else { return stop() }
      do throws(Exit) {
        try sendRound()
      } catch {
        failure = error
        return stop()
      }
      isDone ? stop() : tick(on: loop)
    }
  }

  private func stop() {
    end?.fulfil(())
  }

  private var status: Int32 {
    switch options.command {
    case .update, .detect: answers > 0 ? ArpSend.Status.answered : ArpSend.Status.ok
    case .request: answers > 0 ? ArpSend.Status.ok : ArpSend.Status.unanswered
    case .reply: ArpSend.Status.ok
    }
  }

  // MARK: Frames

  private func sendRound() throws(Exit) {
    rounds += 1
    for target in targets {
      let frame = frame(target)
      if options.isVerbose { log("Send the packet: \(Self.describe(frame))") }
      do throws(LinkError) {
        try link.send(frame.bytes(framing: .ethernet, tag: nil, padding: .ethernetMinimum))
      } catch {
        throw Self.fail("sendto function returned error: \(error)", console)
      }
    }
  }

  private func frame(_ target: IPv4Address) -> LinkFrame {
    let own = interface.interface.hardwareAddress
    let source = options.source.map { HardwareAddress($0) } ?? own
    let destination = HardwareAddress(options.destination ?? .broadcast)
    let packet = ARPPacket(
      operation: options.command == .reply ? .reply : .request,
      senderHardwareAddress: options.sender.map { HardwareAddress($0) } ?? source,
      senderProtocolAddress: options.senderIP ?? ownIP,
      targetHardwareAddress: options.target.map { HardwareAddress($0) } ?? destination,
      targetProtocolAddress: target)
    return LinkFrame(destination: destination, source: source, payload: .arp(packet))
  }

  private func receive() {
    do throws(LinkError) {
      _ = try link.receive(limit: 64) { bytes, information in
        guard end?.isFulfilled == false, information.direction == .inbound,
          let frame = try? LinkFrame(parsing: bytes, framing: .ethernet),
          case .arp(let packet) = frame.payload
        else { return }
        take(packet, frame)
      }
    } catch {
      failure = Self.fail("recvfrom function returned error: \(error)", console)
      stop()
    }
  }

  private func take(_ packet: ARPPacket, _ frame: LinkFrame) {
    guard targets.contains(packet.senderProtocolAddress) else {
      if options.isVerbose { log("Received an unknown packet: \(Self.describe(frame))") }
      return
    }
    if options.isVerbose { log("Received the packet: \(Self.describe(frame))") }
    log(
      "\(packet.senderProtocolAddress) is detected on another computer: "
        + "\(packet.senderHardwareAddress)")
    answers += 1
    if options.endsAtOnce { stop() }
  }

  // MARK: Output

  private static func describe(_ frame: LinkFrame) -> String {
    guard case .arp(let packet) = frame.payload else { return "" }
    let operation =
      packet.operation == .request ? "request" : packet.operation == .reply ? "reply" : "unknown"
    return "eth '\(frame.source)' -> eth '\(frame.destination)'; arp sndr "
      + "'\(packet.senderHardwareAddress)' '\(packet.senderProtocolAddress)'; \(operation); "
      + "arp recipient '\(packet.targetHardwareAddress)' '\(packet.targetProtocolAddress)'"
  }

  private func log(_ text: String) {
    console.complain("arpsend: \(text)\n")
  }

  private static func fail(_ text: String, _ console: Console) -> Exit {
    console.fail("arpsend: \(text)\n", status: ArpSend.Status.system)
  }
}
