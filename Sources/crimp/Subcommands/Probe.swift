import ArgumentParser
import Drivers
import EventLoop
import Glibc
import LinkLayer
import Links
import Machines

/// `crimp probe`: is an address free? RFC 5227 for IPv4, RFC 4862 for IPv6.
struct Probe: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe",
    abstract: "Ask whether addresses are free: RFC 5227 conflict detection, RFC 4862 DAD.",
    discussion: """
      Takes 4 to 7 s for IPv4 and 1 to 2 s for IPv6, as the RFCs have it; --fast scales that. \
      Exit status 0 when every address is free, 1 when one is in use. Needs CAP_NET_RAW.
      """)

  @Argument(help: ArgumentHelp("The addresses, IPv4 and IPv6 alike.", valueName: "addresses"))
  var operands: [OperandList<IPAddress>] = []

  @OptionGroup var file: AddressFile

  @OptionGroup var link: LinkOptions

  @Flag(help: "Scale the RFC's times so that no probe takes longer than 200 ms.")
  var fast = false

  @Option(
    help: ArgumentHelp(
      "Scale the RFC's times so that no probe takes longer than this.", valueName: "seconds"))
  var within: Double?

  @Flag(help: "Announce the addresses that are free.")
  var claim = false

  @Option(
    help: ArgumentHelp(
      "Keep the addresses claimed, until SIGTERM, by the RFC's policy: never, once or always.",
      valueName: "policy"))
  var defend: DefensePolicy?

  @Option(
    help: ArgumentHelp("Sender hardware address, as for a VRRP virtual MAC.", valueName: "address"))
  var mac: HardwareAddress?

  func perform() throws(CommandFailure) -> ExitStatus {
    if let within, !(within > 0 && within < 1e6) {
      throw CommandFailure(.usage, "--within \(within): expected seconds, more than 0")
    }
    guard !(fast && within != nil) else {
      throw CommandFailure(.usage, "--fast and --within: expected one of them")
    }
    guard defend == nil || claim else {
      throw CommandFailure(.usage, "--defend needs --claim: only what is claimed is defended")
    }
    let operands = try file.values(after: operands)
    guard !operands.isEmpty else { throw AddressFile.nothingNamed }
    // Each once.
    var seen: Set<IPAddress> = []
    let addresses = operands.map(\.value).filter { seen.insert($0).inserted }
    for address in addresses where !address.namesOneHost {
      throw CommandFailure(.usage, "\(address): expected the address of one host")
    }
    return try ProbeRun(self, addresses, try link.settings(for: operands)).run()
  }

  /// The longest that a probe may take; nil for the RFCs' own times.
  var longest: Duration? {
    within.map { Duration(seconds: $0) } ?? (fast ? .milliseconds(200) : nil)
  }
}

/// RFC 5227, section 2.4, (a) to (c).
enum DefensePolicy: String, ExpressibleByArgument, CaseIterable {
  case never
  case once
  case always

  var policy: AddressDefense.Policy {
    switch self {
    case .never: .never
    case .once: .once
    case .always: .always
    }
  }
}

/// Carries out `crimp probe`.
private struct ProbeRun {
  private let command: Probe
  /// What is probed for: all but this host's own.
  private let addresses: [IPAddress]
  private let own: [OwnAddress]
  private let place: LinkPlace
  private let link: any Link
  private let loop: EventLoop
  private let conversation: Conversation
  private let report: ProbeReport
  /// Who probes, with the addresses of all interfaces of the host: it is in no conflict with itself.
  private let identity: LinkIdentity
  private let linkLocalSource: IPv6Address
  private let interruption: Interruption

  init(
    _ command: Probe, _ addresses: [IPAddress], _ settings: LinkSettings
  ) throws(CommandFailure) {
    self.command = command
    let place = try LinkPlace(settings, for: addresses)
    try place.requireStation(command.mac, "--mac")
    let own = try place.ownAddresses(among: addresses)
    self.own = own
    self.addresses = addresses.filter { address in !own.contains { $0.address == address } }
    let link = try place.openHearing(place.neighborProtocols, for: command.mac)
    let loop = try place.makeLoop()
    conversation = try worded { () throws(LinkError) in
      try Conversation(link: link, loop: loop, tag: settings.tag)
    }
    var identity = try place.identityOfHost()
    if let mac = command.mac {
      identity.ownAddresses.insert(identity.hardwareAddress)
      identity.hardwareAddress = mac
    }
    self.identity = identity
    linkLocalSource = try place.linkLocalAddress ?? .unspecified
    self.place = place
    self.link = link
    self.loop = loop
    interruption = Interruption { loop.stop() }
    report = ProbeReport(settings, interface: place.properties.name)
  }

  func run() throws(CommandFailure) -> ExitStatus {
    HeldSignals.hold()
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGINT, SIGTERM, SIGPIPE]) { _ in interruption.handler() }
    }
    defer { signals.cancel() }
    try place.dropPrivileges()
    for address in own { report.tell(address) }
    let status = try worded { () throws(ConversationFailure) in
      try loop.run { () async throws(ConversationFailure) in
        guard let free = try await probe() else { return ExitStatus.negative }
        if command.claim, !free.isEmpty, try await !claim(free) {
          return .negative
        }
        return own.isEmpty && free.count == addresses.count ? .success : .negative
      }
    }
    return try place.close(link, after: status)
  }

  /// Probes for all addresses at once, and returns those that are free; nil when it was interrupted.
  private func probe() async throws(ConversationFailure) -> [IPAddress]? {
    var probes: [RunningMachine<AddressProbe>] = []
    var detections: [RunningMachine<DuplicateAddressDetection>] = []
    for (number, address) in addresses.enumerated() {
      let random = place.random(number)
      switch address {
      case .v4(let address):
        probes.append(conversation.begin(probe(for: address, random)))
      case .v6(let address):
        detections.append(conversation.begin(detection(of: address, random)))
      }
    }
    var free: [IPAddress] = []
    var unknown: [IPAddress] = []
    for running in probes {
      let address = IPAddress.v4(running.machine.address)
      switch try await Self.verdict(running) {
      case .free: free.append(address)
      case .conflict(let conflict): report.tell(conflict)
      case nil: unknown.append(address)
      }
    }
    for running in detections {
      let address = IPAddress.v6(running.machine.address)
      switch try await Self.verdict(running) {
      case .free: free.append(address)
      case .conflict(let conflict): report.tell(conflict)
      case nil: unknown.append(address)
      }
    }
    for address in free { report.tell(free: address) }
    guard !unknown.isEmpty else { return free }
    report.tell(unknown: unknown)
    return nil
  }

  /// How a probe ended; nil when it was broken off.
  private static func verdict<Protocol: Machine>(
    _ running: RunningMachine<Protocol>
  ) async throws(ConversationFailure) -> Protocol.Outcome? {
    do throws(ConversationFailure) {
      return try await running.outcome()
    } catch .cancelled {
      return nil
    }
  }

  private func probe(for address: IPv4Address, _ random: MachineRandom) -> AddressProbe {
    AddressProbe(
      address: address, identity: identity,
      timing: command.longest.map(ProbeTiming.scaled) ?? .rfc5227, random: random)
  }

  private func detection(
    of address: IPv6Address, _ random: MachineRandom
  ) -> DuplicateAddressDetection {
    DuplicateAddressDetection(
      address: address, identity: identity,
      timing: command.longest.map(DuplicateAddressDetection.Timing.scaled) ?? .rfc4862,
      linkLocalSource: linkLocalSource, random: random)
  }

  /// Announces as RFC 5227, section 2.3, has it, and keeps the addresses if that is asked for.
  /// Says whether all of them are held at the end.
  private func claim(_ addresses: [IPAddress]) async throws(ConversationFailure) -> Bool {
    // A cable that is drawn for a moment does not end a defence.
    conversation.outlastsOutages = true
    let plan = AnnouncementPlan(
      addresses: addresses, forms: [.gratuitousRequest, .neighborAdvertisement],
      schedule: .rfc5227)
    let announcement = conversation.begin(
      AddressAnnouncement(plan, identity: identity), onReport: { report.tell($0) },
      onOutage: { $0.loseCarrier(at: $1) })
    // Without it a carrier that comes back is not noticed, and the round ends unsent.
    let carrier = try? CarrierWatch(place, on: loop) { isThere in
      announcement.perform { machine, now in
        isThere ? machine.regainCarrier(at: now) : machine.loseCarrier(at: now)
      }
    }
    defer { carrier?.cancel() }
    guard let policy = command.defend?.policy else {
      guard let round = try await announcement.outcome().heldRound else { return true }
      report.tell(unsent: round)
      return false
    }
    let defense = conversation.begin(
      AddressDefense(addresses: addresses, policy: policy, identity: identity)
    ) { event in
      report.tell(event)
      guard case .abandoned(let conflict) = event else { return }
      announcement.perform { machine, now in machine.withdraw([conflict.address], at: now) }
    }
    interruption.handler = {
      announcement.perform { machine, now in machine.stop(at: now) }
      defense.perform { machine, now in machine.stop(at: now) }
    }
    place.whenReplayEnds(interruption.handler)
    let outcome = try await defense.outcome()
    // What was given up must not be announced any more.
    announcement.perform { machine, now in machine.stop(at: now) }
    _ = try await announcement.outcome()
    guard case .stopped(let held) = outcome else { return false }
    return held.count == addresses.count
  }
}

/// What an interruption does at the moment: a probe is broken off, a defence ends well.
private final class Interruption {
  var handler: () -> Void

  init(_ handler: @escaping () -> Void) {
    self.handler = handler
  }
}
