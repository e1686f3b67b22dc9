import CaptureFile
import Drivers
import EventLoop
import Glibc
import LinkLayer
import Links
import Machines
import MonotonicTime

/// Carries out `crimp replay` on interfaces.
struct ReplayRun {
  /// How long before a frame's time the process is awake: a processor that slept takes so long.
  private static let margin = Duration.microseconds(120)

  private let request: ReplayRequest

  init(_ request: ReplayRequest) {
    self.request = request
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    if let path = request.path { return try ReplayToFile(request, path).perform() }
    if let namespace = request.namespace { try Station.enter(namespace) }
    let places = try request.interfaces.map { name throws(CommandFailure) in try place(name) }
    let links = try places.map { properties throws(CommandFailure) in try open(properties) }
    let loop = try worded { () throws(SystemError) in try EventLoop() }
    let tape = try ReplayTape(
      request, station: places.first?.hardwareAddress.macAddress ?? .zero)
    return try play(tape, links, loop)
  }

  private func place(_ name: String) throws(CommandFailure) -> LinkProperties {
    let interface = try worded { () throws(NetlinkError) in
      try KernelTables().interface(named: name)
    }
    guard interface.isUp else { throw CommandFailure(LinkError.interfaceDown(name)) }
    guard interface.hardwareAddress.macAddress != nil else {
      throw CommandFailure(LinkError.unsupportedHardware(name))
    }
    return LinkProperties(interface)
  }

  private func open(_ properties: LinkProperties) throws(CommandFailure) -> PacketSocketLink {
    var options = PacketSocketLink.Options()
    options.bypassesQueueingDiscipline = request.bypassesQueueingDiscipline
    return try worded { () throws(LinkError) in
      try PacketSocketLink(properties, .sendOnly, options: options)
    }
  }

  private func play(
    _ tape: ReplayTape, _ links: [PacketSocketLink], _ loop: EventLoop
  ) throws(CommandFailure) -> ExitStatus {
    let isPrecise = !request.sleeps && request.options.pace.hasTimes
    if isPrecise { makeTimersPrecise() }
    let session = ReplaySession(
      tape, on: links, loop: loop, options: request.options,
      margin: isPrecise ? Self.margin : .zero)
    let report = ReplayReport(request, tape)
    let progress = ReplayProgress(of: session, request, on: loop)
    HeldSignals.hold()
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGINT, SIGTERM, SIGUSR1, SIGPIPE]) { signal in
        guard signal == SIGUSR1 else { return session.stop() }
        progress?.clear()
        report.tell(ReplayFigures(session), isFinal: false)
      }
    }
    defer { signals.cancel() }
    try worded { () throws(SystemError) in try Privileges.dropAll() }
    var failure: CommandFailure?
    do throws(ReplaySession<ReplayTape>.Failure) {
      try loop.run { () async throws(ReplaySession<ReplayTape>.Failure) in try await session.run() }
    } catch {
      switch error {
      case .source(let error): failure = error
      case .link(let error): failure = CommandFailure(error)
      }
    }
    progress?.end()
    report.tell(ReplayFigures(session), isFinal: true)
    for link in links { link.close() }
    if let failure { throw failure }
    return try report.status(ReplayFigures(session))
  }

  /// A kernel that does not let us wakes up later; the margin covers that.
  private func makeTimersPrecise() {
    do throws(SystemError) {
      try EventLoop.setTimerSlack(.nanoseconds(1))
    } catch {
      return
    }
  }
}

extension ReplayFigures {
  init(_ session: ReplaySession<ReplayTape>) {
    amounts = session.amounts
    elapsed = session.elapsed
    lateness = session.lateness
    stepsBack = session.stepsBack
    refusals = session.refusals
    misfits = session.misfits
  }
}
