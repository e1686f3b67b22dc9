import ArgumentParser
import Drivers
import EventLoop
import Glibc
import LinkLayer
import Links
import Machines
import MonotonicTime

/// `crimp ping`: round trips by ARP, Neighbor Discovery, or to a MAC by ICMP.
struct Ping: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "ping",
    abstract: "Ping neighbours by ARP or NDP, or a hardware address by ICMP.",
    discussion: """
      Requests go to all until the owner has answered, and to the owner from then on. A second \
      owner of an address is reported. Ends at --count, at --deadline, or at Ctrl-C. \
      Exit status 0 when every target answered, 1 when one did not. Needs CAP_NET_RAW.
      """)

  @Argument(
    help: ArgumentHelp(
      "IPv4, IPv6 and hardware addresses, several at once.", valueName: "targets"))
  var operands: [OperandList<PingTarget>] = []

  @OptionGroup var file: AddressFile

  @OptionGroup var link: LinkOptions

  @Option(
    name: [.customShort("c", allowingJoined: true), .long], parsing: .unconditional,
    help: "Requests to send to each target; without it, no end but a recording's.")
  var count: Int?

  @Option(help: ArgumentHelp("Seconds from one request to the next.", valueName: "seconds"))
  var interval = 1.0

  @Option(help: ArgumentHelp("Seconds that an answer is waited for.", valueName: "seconds"))
  var timeout = 1.0

  @Flag(help: "Ask all with every request, even after the owner has answered.")
  var broadcast = false

  @OptionGroup var question: QuestionOptions

  @Option(
    help: ArgumentHelp(
      "IP destination of the echo requests to a hardware address.", valueName: "address"))
  var destination: IPAddress = .v4(.broadcast)

  func perform() throws(CommandFailure) -> ExitStatus {
    if let count, count < 1 {
      throw CommandFailure(.usage, "--count \(count): expected 1 or more")
    }
    try question.check()
    for (name, value) in [("--interval", interval), ("--timeout", timeout)] {
      guard value > 0, value < 1e6 else {
        throw CommandFailure(.usage, "\(name) \(value): expected seconds, more than 0")
      }
    }
    let operands = try file.values(after: operands)
    guard !operands.isEmpty else { throw AddressFile.nothingNamed }
    let targets = operands.map(\.value)
    for case .protocolAddress(let address) in targets where !address.namesOneHost {
      throw CommandFailure(.usage, "\(address): expected the address of one host")
    }
    return try PingRun(self, targets, try link.settings(for: operands)).run()
  }

  var options: PingOptions {
    var options = PingOptions()
    options.count = count
    options.interval = Duration(seconds: interval)
    options.timeout = Duration(seconds: timeout)
    options.timeLimit = question.timeLimit
    options.staysBroadcast = broadcast
    return options
  }
}

/// Whom to ping.
enum PingTarget: Hashable, Sendable, ExpressibleByArgument, CustomStringConvertible {
  case protocolAddress(IPAddress)
  case hardwareAddress(HardwareAddress)

  init?(argument: String) {
    if let address = IPAddress(argument) {
      self = .protocolAddress(address)
    } else if let address = MACAddress(argument) {
      self = .hardwareAddress(HardwareAddress(address))
    } else {
      return nil
    }
  }

  var description: String {
    switch self {
    case .protocolAddress(let address): address.description
    case .hardwareAddress(let address): address.description
    }
  }
}

/// Carries out `crimp ping`.
private struct PingRun {
  private let command: Ping
  private let targets: [PingTarget]
  private let place: LinkPlace
  /// The interface's addresses, one of which asks.
  private let own: [IPPrefix]
  private let link: any Link
  private let loop: EventLoop
  private let conversation: Conversation
  private let report: PingPrinter

  init(
    _ command: Ping, _ targets: [PingTarget], _ settings: LinkSettings
  ) throws(CommandFailure) {
    self.command = command
    self.targets = targets
    let addresses = targets.compactMap { target in
      if case .protocolAddress(let address) = target { address } else { nil }
    }
    if addresses.isEmpty, settings.interface == nil, settings.replayPath == nil {
      throw CommandFailure(.usage, "--interface is missing: a hardware address does not tell it")
    }
    let place = try LinkPlace(settings, for: addresses)
    let hasMAC = addresses.count < targets.count
    let link = try place.openHearing(hasMAC ? .everything : place.neighborProtocols)
    let loop = try place.makeLoop()
    conversation = try worded { () throws(LinkError) in
      try Conversation(link: link, loop: loop, tag: settings.tag)
    }
    own = try place.addresses
    self.place = place
    self.link = link
    self.loop = loop
    report = PingPrinter(settings)
  }

  func run() throws(CommandFailure) -> ExitStatus {
    HeldSignals.hold()
    let pings = try targets.enumerated().map { number, target throws(CommandFailure) in
      try begin(target, number)
    }
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGINT, SIGTERM, SIGPIPE]) { _ in for ping in pings { ping.stop() } }
    }
    defer { signals.cancel() }
    if command.count == nil { place.whenReplayEnds { for ping in pings { ping.stop() } } }
    try place.dropPrivileges()
    let answered = try worded { () throws(ConversationFailure) in
      try loop.run { () async throws(ConversationFailure) in
        var answered = 0
        for (target, ping) in zip(targets, pings) {
          let statistics = try await ping.outcome()
          report.tell(statistics, of: target)
          if statistics.received > 0 { answered += 1 }
        }
        return answered
      }
    }
    return try place.close(link, after: answered == pings.count ? .success : .negative)
  }

  private func begin(
    _ target: PingTarget, _ number: Int
  ) throws(CommandFailure) -> RunningPing {
    let onReport = { (event: PingReport) in report.tell(event, from: target) }
    switch target {
    case .hardwareAddress(let address):
      guard case .v4(let destination) = command.destination else {
        throw CommandFailure(
          .usage, "--destination \(command.destination): expected an IPv4 address")
      }
      let ping = EchoPing(
        target: address, source: try place.source4(command.question.source, for: nil, among: own),
        destination: destination, identity: place.identity, options: command.options,
        random: place.random(number))
      return RunningPing(conversation.begin(ping, onReport: onReport)) { $0.stop(at: $1) }
    case .protocolAddress(.v4(let address)):
      let ping = NeighborPing(
        target: address,
        source: try place.source4(command.question.source, for: address, among: own),
        identity: place.identity, options: command.options)
      return RunningPing(conversation.begin(ping, onReport: onReport)) { $0.stop(at: $1) }
    case .protocolAddress(.v6(let address)):
      let ping = NeighborPing(
        target: address,
        source: try place.source6(command.question.source, for: address, among: own),
        identity: place.identity, options: command.options)
      return RunningPing(conversation.begin(ping, onReport: onReport)) { $0.stop(at: $1) }
    }
  }
}

/// A ping at work, whichever machine does it.
private struct RunningPing {
  let outcome: () async throws(ConversationFailure) -> PingStatistics
  let stop: () -> Void

  init<Protocol: Machine>(
    _ running: RunningMachine<Protocol>,
    stop: @escaping (inout Protocol, Instant) -> Protocol.Actions
  ) where Protocol.Outcome == PingStatistics {
    outcome = { () async throws(ConversationFailure) in try await running.outcome() }
    self.stop = { running.perform(stop) }
  }
}
