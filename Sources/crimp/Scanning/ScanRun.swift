import Drivers
import EventLoop
import Glibc
import LinkLayer
import Links
import Machines
import MonotonicTime

/// Carries out `crimp scan` on a link.
final class ScanRun {
  /// Room for a burst of answers: a switch may let a thousand of them through at once.
  private static let receiveBufferSize = 8 << 20 as Int32
  private static let progressInterval = Duration.milliseconds(250)
  /// How long lines are gathered.
  private static let flushInterval = Duration.milliseconds(50)

  private let orders: ScanOrders
  private let plan: ScanPlan
  private let link: any Link
  private let loop: EventLoop
  private let conversation: Conversation
  private let printer: ScanPrinter
  private var addressScan: RunningMachine<AddressScan>?
  private var nodesScan: RunningMachine<AllNodesScan>?
  private var flush: Alarm?
  private var end: Alarm?
  private var began = Instant.origin

  init(_ orders: ScanOrders) throws(CommandFailure) {
    self.orders = orders
    let plan = try ScanPlan(orders)
    let place = plan.place
    var options = PacketSocketLink.Options()
    options.receiveBufferSize = Self.receiveBufferSize
    options.snapLength = 256
    let link = try place.openHearing(Self.filter(place), options: options)
    let loop = try place.makeLoop()
    let settings = orders.link
    conversation = try worded { () throws(LinkError) in
      try Conversation(link: link, loop: loop, tag: settings.tag)
    }
    (self.plan, self.link, self.loop) = (plan, link, loop)
    printer = ScanPrinter(orders.link, orders.tellsVendors ? .installed() : nil)
  }

  private static func filter(_ place: LinkPlace) -> SocketFilter {
    .accepting(
      .arp, .neighborDiscovery, .multicastListener,
      .icmpv6EchoReply(identifier: identifier(place)),
      tag: place.settings.tag.map { .identifier($0.identifier) } ?? .untagged,
      framing: place.properties.framing)
  }

  private static func identifier(_ place: LinkPlace) -> UInt16 {
    UInt16(truncatingIfNeeded: place.seed.value)
  }

  func run() throws(CommandFailure) -> ExitStatus {
    HeldSignals.hold()
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGINT, SIGTERM, SIGPIPE]) { [weak self] _ in self?.stop() }
    }
    defer { signals.cancel() }
    let identity = try plan.place.identityOfHost()
    try plan.place.dropPrivileges()
    let outcome = try worded { () throws(ConversationFailure) in
      try loop.run { [self] () async throws(ConversationFailure) in try await scan(identity) }
    }
    printer.tell(outcome, after: plan.place.isReplay ? nil : loop.readClock() - began)
    try tellLosses()
    return try plan.place.close(
      link,
      after: outcome.hosts >= max(1, orders.options.hostLimit ?? 1) ? .success : .negative)
  }

  private func scan(_ identity: LinkIdentity) async throws(ConversationFailure) -> ScanOutcome {
    began = loop.readClock()
    flush = Alarm(on: loop) { [weak self] in self?.printer.flush() }
    end = Alarm(on: loop) { [weak self] in self?.stop() }
    end?.deadline = orders.timeLimit.map { began + $0 }
    let onReport = { [weak self] (report: ScanReport) in
      guard let self else { return }
      printer.tell(report)
      if !printer.isEmpty, flush?.deadline == nil {
        flush?.deadline = loop.now + Self.flushInterval
      }
    }
    var options = orders.options
    if orders.isRandom { options.random = plan.place.random(0) }
    if plan.targets.count > 0 {
      let machine = AddressScan(
        plan.targets, request: .resolution(from: plan.own), identity: identity, options: options)
      addressScan = conversation.begin(machine, onReport: onReport)
    }
    if !plan.sources.isEmpty {
      let machine = AllNodesScan(
        from: plan.sources, identifier: Self.identifier(plan.place), identity: identity,
        options: options)
      nodesScan = conversation.begin(machine, onReport: onReport)
    }
    showProgress()
    var total = ScanOutcome()
    if let addressScan { total.add(try await addressScan.outcome()) }
    if let nodesScan { total.add(try await nodesScan.outcome()) }
    (flush, end) = (nil, nil)
    printer.clearProgress()
    return total
  }

  private func stop() {
    addressScan?.perform { $0.stop(at: $1) }
    nodesScan?.perform { $0.stop(at: $1) }
  }

  /// A replay has no time that could be waited for.
  private func showProgress() {
    guard !orders.link.quiet, !plan.place.isReplay, StandardStream.error.isTerminal else { return }
    loop.schedule(after: Self.progressInterval) { [weak self] in
      guard let self, let scan = addressScan?.machine, scan.fraction < 1 else { return }
      let elapsed = loop.now - began
      let remaining = scan.fraction > 0.02 ? elapsed * (1 / scan.fraction - 1) : nil
      printer.show(scan.fraction, scan.progress.hosts, remaining: remaining)
      showProgress()
    }
  }

  /// What the kernel had no room for may have been answers.
  private func tellLosses() throws(CommandFailure) {
    guard let socket = link as? PacketSocketLink, !orders.link.quiet else { return }
    let lost = try worded { () throws(LinkError) in try socket.statistics() }.dropped
    guard lost > 0 else { return }
    StandardStream.error.writeLine(
      "crimp: \(lost) frames came faster than they could be heard: a lower --rate loses none")
  }
}

extension ScanOutcome {
  fileprivate mutating func add(_ other: ScanOutcome) {
    addresses += other.addresses
    questions += other.questions
    hosts += other.hosts
    duplicates += other.duplicates
    wasStopped = wasStopped || other.wasStopped
  }
}
