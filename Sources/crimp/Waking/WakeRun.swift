import Drivers
import EventLoop
import Glibc
import LinkLayer
import Links
import Machines
import Sockets

/// What became of the hosts that were to be woken.
struct WakeResult {
  /// A host that did not prove to be awake, though that was asked for.
  struct Asleep {
    var target: WakeTarget
    /// How often it was woken.
    var attempts: Int
  }

  /// Who may sleep still; of these, somebody with another way to their power can take care.
  var asleep: [Asleep]
  /// Whether all were woken that had to prove it; against a recording, and whether the same was sent.
  var status: ExitStatus
}

/// Carries out `crimp wake` for hosts: packets and, when it is asked for, the proof.
struct WakeRun {
  private let request: WakeRequest
  private let report: WakeReport
  /// The link, when frames of our own making are sent or heard.
  private let place: LinkPlace?
  private let plan: WakePlan

  /// Finds what the run needs of the network. Enters the namespace of the request, for good.
  init(_ request: WakeRequest) throws(CommandFailure) {
    var request = request
    if let namespace = request.link.namespace { try Station.enter(namespace) }
    request.link.namespace = nil
    if request.proof != nil { try WakeAddresses.fill(&request) }
    let needsLink = request.sendsFrames || (request.proof.map { $0.port == nil } ?? false)
    place = needsLink ? try LinkPlace(request.link, for: Self.landmarks(request)) : nil
    if request.proof != nil, let place {
      try WakeAddresses.fill(&request, fromNeighborsOf: place)
    }
    plan = try WakePlan(request, at: place)
    self.request = request
    report = WakeReport(request, interface: place?.properties.name)
  }

  /// The addresses by which the interface is known when none is named.
  private static func landmarks(_ request: WakeRequest) throws(CommandFailure) -> [IPAddress] {
    let places =
      request.destinations.filter(\.namesOneHost) + request.targets.compactMap(\.address)
    guard request.link.interface == nil, request.link.replayPath == nil, places.isEmpty else {
      return places
    }
    throw CommandFailure(.usage, "--interface is missing: a hardware address does not tell it")
  }

  /// Wakes, and waits as long as was asked for; whoever sleeps then is woken by `fallback`, if there is
  /// one, and waited for once more.
  func run(_ fallback: WakeFallback? = nil) throws(CommandFailure) -> WakeResult {
    let loop = try makeLoop()
    let link = try openLink()
    let ways = try plan.ways(interface: request.link.interface)
    let waker: Waker
    do throws(LinkError) {
      let conversation = try link.map { link throws(LinkError) in
        try Conversation(link: link, loop: loop, tag: request.link.tag, hears: plan.hears)
      }
      waker = try Waker(on: loop, conversation: conversation, ways: ways)
    } catch {
      throw CommandFailure(error)
    }
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGINT, SIGTERM, SIGPIPE]) { _ in waker.stop() }
    }
    defer { signals.cancel() }
    try dropPrivileges()
    let outcome = try outcome(of: waker, on: loop)
    var sleepers = outcome.unproven
    if let fallback, !sleepers.isEmpty, !outcome.wasStopped {
      let powered = try fallback.powerOn(sleepers.map { request.targets[$0.station] }, report)
      sleepers = try stillAsleep(sleepers, powered, waker, loop)
    }
    if request.proof == nil { sleepers = [] }
    let asleep = sleepers.map {
      WakeResult.Asleep(target: request.targets[$0.station], attempts: $0.attempts)
    }
    for host in asleep { report.tell(host) }
    let status: ExitStatus = asleep.isEmpty ? .success : .negative
    guard let place, let link else { return WakeResult(asleep: asleep, status: status) }
    return WakeResult(asleep: asleep, status: try place.close(link, after: status))
  }

  /// Waits once more for those of `sleepers` that were switched on by other means.
  private func stillAsleep(
    _ sleepers: [WakingOutcome.Unproven], _ powered: Set<String>, _ waker: Waker,
    _ loop: EventLoop
  ) throws(CommandFailure) -> [WakingOutcome.Unproven] {
    let awaited = Set(
      sleepers.map(\.station).filter { powered.contains(request.targets[$0].name) })
    guard !awaited.isEmpty else { return sleepers }
    let silent = Set(try outcome(of: waker, on: loop, telling: awaited).unproven.map(\.station))
    return sleepers.filter { !awaited.contains($0.station) || silent.contains($0.station) }
  }

  /// Runs the machine to its end, and tells of all stations, or of some.
  private func outcome(
    of waker: Waker, on loop: EventLoop, telling stations: Set<Int>? = nil
  ) throws(CommandFailure) -> WakingOutcome {
    let machine = Waking(plan.sleepers, identity: plan.identity, options: request.options)
    do throws(ConversationFailure) {
      return try loop.run { () async throws(ConversationFailure) in
        try await waker.run(machine) { news in
          if stations?.contains(news.station) ?? true { report.tell(news) }
        }
      }
    } catch {
      guard case .link(.system(let error)) = error, error.isAboutReachability else {
        throw CommandFailure(error)
      }
      let places = request.destinations.map(\.description).joined(separator: ", ")
      throw CommandFailure(
        .unavailable, "\(places): \(error.reason); name the network's interface with --interface")
    }
  }

  private func makeLoop() throws(CommandFailure) -> EventLoop {
    if let place { return try place.makeLoop() }
    return try worded { () throws(SystemError) in try EventLoop() }
  }

  private func openLink() throws(CommandFailure) -> (any Link)? {
    guard let place else { return nil }
    return plan.hears
      ? try place.openHearing(place.neighborProtocols) : try place.openSending()
  }

  private func dropPrivileges() throws(CommandFailure) {
    if let place { return try place.dropPrivileges() }
    try worded { () throws(SystemError) in try Privileges.dropAll() }
  }
}

extension WakingReport {
  /// Whom it is about.
  fileprivate var station: Int {
    switch self {
    case .packet(let station, _), .asked(let station), .impostor(let station, _): station
    case .awake(let awakening): awakening.station
    }
  }
}

extension SystemError {
  /// Whether the route, and no fault of this host, is in question.
  fileprivate var isAboutReachability: Bool {
    [ENETUNREACH, EHOSTUNREACH, ENETDOWN, EADDRNOTAVAIL, EINVAL].contains(errno)
  }
}
