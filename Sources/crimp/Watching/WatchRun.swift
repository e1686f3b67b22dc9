import Drivers
import EventLoop
import Glibc
import LinkLayer
import Links
import Machines
import MonotonicTime

/// What `crimp watch` was asked for.
struct WatchOrders {
  var link = LinkSettings()
  var options = WatchOptions()
  /// Whether the interface's own networks say what a bogon is.
  var takesOwnNetworks = true
  var statePath: String?
  var program: String?
  var tellsVendors = true
}

/// Carries out `crimp watch` on a link, until it is told to end.
final class WatchRun {
  private static let flushInterval = Duration.milliseconds(200)

  private let orders: WatchOrders
  private let place: LinkPlace
  private let link: any Link
  private let loop: EventLoop
  private let conversation: Conversation
  private let printer: WatchPrinter
  private let journal: WatchJournal?
  private let hook: WatchHook?
  private var machine: StationWatch
  private var running: RunningMachine<StationWatch>?
  private var flush: Alarm?
  private var hasToldFailure = false

  init(_ orders: WatchOrders) throws(CommandFailure) {
    var settings = orders.link
    if settings.interface == nil, settings.replayPath == nil {
      settings = try LinkPlace.settingsOfMainInterface(settings)
    }
    let place = try LinkPlace(settings, for: [])
    try place.requireSilentRecording()
    var linkOptions = PacketSocketLink.Options()
    linkOptions.receiveBufferSize = 2 << 20
    linkOptions.snapLength = 512
    let link = try place.openHearing(place.neighborProtocols, options: linkOptions)
    let loop = try place.makeLoop()
    conversation = try worded { () throws(LinkError) in
      try Conversation(link: link, loop: loop, tag: settings.tag)
    }
    conversation.outlastsOutages = true
    let clock = WatchClock(link.timestamp, at: loop.readClock())
    journal = try orders.statePath.map { path throws(CommandFailure) in
      try WatchJournal(path, clock)
    }
    hook = try orders.program.map { program throws(CommandFailure) in
      try WatchHook(program, on: loop)
    }
    printer = WatchPrinter(
      settings, orders.tellsVendors ? .installed() : nil, clock, interface: place.properties.name)
    machine = StationWatch(
      identity: try place.identityOfHost(), options: try Self.options(orders, place),
      remembering: try journal?.read() ?? [])
    (self.orders, self.place, self.link, self.loop) = (orders, place, link, loop)
  }

  private static func options(
    _ orders: WatchOrders, _ place: LinkPlace
  ) throws(CommandFailure) -> WatchOptions {
    var options = orders.options
    let own = try place.addresses
    options.ownAddresses = Set(own.map(\.address))
    if orders.takesOwnNetworks, options.networks.isEmpty {
      options.networks = own.filter { !$0.address.isIPv6 && $0.length < 32 }
    }
    return options
  }

  func run() throws(CommandFailure) -> ExitStatus {
    HeldSignals.hold()
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGINT, SIGTERM, SIGPIPE]) { [weak self] _ in self?.stop() }
    }
    defer { signals.cancel() }
    try place.dropPrivileges()
    // After that, so that the file is the caller's; and before a first event, so that a file that
    // cannot be written is told at once.
    try journal?.rewrite(machine.records)
    flush = Alarm(on: loop) { [weak self] in self?.keep() }
    place.whenReplayEnds { [weak self] in self?.stop() }
    let records = try worded { () throws(ConversationFailure) in
      try loop.run { [self] () async throws(ConversationFailure) in
        let running = conversation.begin(machine) { [weak self] in self?.take($0) }
        self.running = running
        return try await running.outcome()
      }
    }
    flush = nil
    try journal?.rewrite(records)
    return try place.close(link, after: .success)
  }

  private func stop() {
    running?.perform { $0.stop(at: $1) }
  }

  private func take(_ report: WatchReport) {
    switch report {
    case .event(let event):
      printer.tell(event)
      hook?.run(printer.variables(of: event))
    case .remember(let record): journal?.remember(record)
    case .forget(let address): journal?.forget(address)
    }
    guard journal?.hasPending == true, flush?.deadline == nil else { return }
    flush?.deadline = loop.now + Self.flushInterval
  }

  /// Keeps what was noted. A disk that is full does not end a watch: it is told once, and tried again.
  private func keep() {
    guard let journal, let machine = running?.machine else { return }
    journal.flush()
    guard journal.needsRewriting(for: machine.count) else {
      hasToldFailure = false
      return
    }
    do throws(CommandFailure) {
      try journal.rewrite(machine.records)
      hasToldFailure = false
    } catch {
      if !hasToldFailure { StandardStream.error.writeLine("crimp: \(error.message)") }
      hasToldFailure = true
      flush?.deadline = loop.now + .seconds(10)
    }
  }
}
