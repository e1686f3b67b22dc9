import EventLoop
import Glibc
import MonotonicTime
import Relay
import Sockets

/// A relay of streams, from its start to its end: reloads give it new terms and targets meanwhile.
final class StreamRelayRun: ControlledRelay {
  let loop: EventLoop
  private let run: ConnectionRelay
  private let listening: ListeningPlaces
  private(set) var terms: RelayTerms
  private(set) var workers: RelayWorkers?
  private(set) var group: UpstreamGroup?
  private(set) var control: ControlSocket?
  private(set) var isEnding = false
  private var checks: HealthChecks?
  private var accounts: RelayAccounts?
  private let throughput = ThroughputLine()
  private let voice: RelayVoice
  private var isRecordingOver = false
  /// The reload that goes on.
  private var reloading: Completion<Void>?

  var command: RelayCommand { terms.command }
  var reporter: RelayReporter { voice.reporter }

  init(_ run: ConnectionRelay) throws(CommandFailure) {
    self.run = run
    loop = run.loop
    listening = ListeningPlaces(run)
    terms = try RelayTerms(run.command)
    voice = RelayVoice(RelayReporter(run.command))
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    let (route, group) = try loop.run {
      [run] () async throws(CommandFailure) -> (ProxyRoute?, UpstreamGroup) in
      let route = try await run.command.proxying.route(on: run.loop)
      let hosts = run.command.balancing.store
      return (route, try await run.targets.resolved(on: run.loop, through: route, hosts: hosts))
    }
    self.group = group
    terms.route = route
    let listeners = try listening.open()
    var addresses: [String] = []
    for address in listeners.map(\.address.description) where !addresses.contains(address) {
      addresses.append(address)
    }
    // Before the workers' threads, which inherit what is blocked.
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGTERM, SIGINT, SIGHUP]) { [unowned self] in heard($0) }
    }
    defer { signals.cancel() }
    try openControl()
    try terms.openRecording(joins: listening.isHandOver)
    try begin(group, listeners)
    try terms.beginRecording()
    try loop.run { [listening] () async throws(CommandFailure) in
      try await listening.completeHandOver()
    }
    reporter.began(addresses, group.upstreams)
    check(group)
    look()
    loop.runUntilStopped()
    checks?.stop()
    accounts?.end()
    control?.close()
    ThroughputLine.clear()
    lookAtRecording()
    return isRecordingOver ? .inputOutput : .success
  }

  private func openControl() throws(CommandFailure) {
    guard let path = command.controlling.control else { return }
    do throws(SystemError) {
      let answer: (ControlRequest) async -> ControlAnswer = { [unowned self] in
        await self.answer($0)
      }
      if let listener = listening.takeControl() {
        control = try ControlSocket(listener, on: loop, answer: answer)
      } else {
        control = try ControlSocket(at: path, on: loop, answer: answer)
      }
    } catch {
      throw ListeningPlaces.failure(error, ofControl: path)
    }
  }

  private func begin(
    _ group: UpstreamGroup, _ listeners: [StreamListener]
  ) throws(CommandFailure) {
    let plan = plan(to: group, terms)
    let workers = try worded { () throws(SystemError) in
      try RelayWorkers(command.running.workers.number, plan, on: loop) { [voice] event in
        voice.reporter.tell(event)
      }
    }
    self.workers = workers
    accounts = RelayAccounts(command.balancing.store, workers, group, on: loop)
    try worded { () throws(SystemError) in
      try loop.run { () async throws(SystemError) in try await workers.listen(at: listeners) }
    }
  }

  private func plan(to group: UpstreamGroup, _ terms: RelayTerms) -> RelayPlan {
    RelayPlan(to: group) { terms.options(on: $0) }
  }

  private func check(_ group: UpstreamGroup) {
    checks?.stop()
    guard let interval = command.check else {
      // Without checks nothing would raise a target that these took down.
      if checks != nil { for upstream in group.upstreams { upstream.forgetHealth() } }
      checks = nil
      return
    }
    var options = HealthChecks.Options()
    options.interval = Duration(seconds: interval)
    options.source = command.source.map { .internet(InternetAddress($0, port: 0)) }
    options.route = terms.route
    checks = HealthChecks(group, options, on: loop) { [voice] in voice.reporter.changed($0) }
  }

  /// Looks each second at what a person wants to see: the throughput, and whether it is still recorded.
  private func look() {
    guard throughput != nil || command.watching.record != nil else { return }
    loop.schedule(after: .seconds(1)) { [self] in
      lookAtRecording()
      loop.spawn { [self] in
        if let throughput, let workers, reporter.showsThroughput {
          throughput.show(await workers.snapshots())
        }
        if !isEnding { look() }
      }
    }
  }

  private func lookAtRecording() {
    guard let failure = terms.recordingFailure, !isRecordingOver else { return }
    isRecordingOver = true
    reporter.recordingFailed(failure)
  }

  private func heard(_ signal: Int32) {
    switch signal {
    case SIGHUP: reloadUponSignal()
    case SIGTERM where !isEnding: drain(for: command.drain)
    default: stop()
    }
  }

  // MARK: Ending

  func drain(for seconds: Double) {
    isEnding = true
    loop.spawn { [self] in
      await workers?.drain(until: loop.readClock() + Duration(seconds: seconds))
      loop.stop()
    }
  }

  private func stop() {
    isEnding = true
    loop.spawn { [self] in
      await workers?.stop()
      loop.stop()
    }
  }

  // MARK: Controlled

  func snapshots(withSessions: Bool) async -> [RelayServiceSnapshot] {
    await workers?.snapshots(withSessions: withSessions) ?? []
  }

  func handOver() -> ControlAnswer {
    guard let control, let workers, !isEnding else {
      return ControlAnswer(failure: "it ends, and has nothing to hand over")
    }
    return HandOver.answer(workers.listeners, control)
  }

  func leaveToNext() {
    control?.giveUp()
    control = nil
    guard !isEnding else { return }
    isEnding = true
    loop.spawn { [self] in
      await workers?.giveUpListeners()
      reporter.handedOver()
      drain(for: command.drain)
    }
  }

  // MARK: Reloading

  func reload() async throws(CommandFailure) {
    while let current = reloading { await current.valueThroughCancellation }
    let done = Completion<Void>(on: loop)
    reloading = done
    defer {
      reloading = nil
      done.fulfil(())
    }
    let command = try run.command.expanded(run.arguments)
    if let difference = command.lastingDifference(from: self.command) {
      throw CommandFailure(
        .usage, "\(difference): a new process takes that: crimp relay --take-over")
    }
    var terms = try RelayTerms(command, after: terms)
    terms.route = try await command.proxying.route(on: loop)
    let targets = try command.relayTargets()
    let hosts = command.balancing.store
    let group = try await targets.resolved(
      on: loop, through: terms.route, hosts: hosts, after: group)
    accounts?.follow(group)
    await workers?.reload(plan(to: group, terms))
    self.terms = terms
    self.group = group
    voice.follow(RelayReporter(command))
    if !reporter.showsThroughput { ThroughputLine.clear() }
    check(group)
    reporter.reloaded(group.upstreams)
  }
}
