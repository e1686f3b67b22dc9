import EventLoop
import Glibc
import MonotonicTime
import Relay
import Sockets

/// A relay of streams, from its start to its end: `reload` gives it new terms and targets meanwhile.
final class StreamRelayRun {
  private let run: ConnectionRelay
  private let loop: EventLoop
  private var terms: RelayTerms
  private var workers: RelayWorkers?
  private var group: UpstreamGroup?
  private var checks: HealthChecks?
  private var isEnding = false
  private var isReloading = false
  /// Whether a reload was asked for during another.
  private var mustReloadAgain = false

  private var command: RelayCommand { terms.command }
  private var reporter: RelayReporter { run.reporter }

  init(_ run: ConnectionRelay) throws(CommandFailure) {
    self.run = run
    loop = run.loop
    terms = try RelayTerms(run.command)
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    let (route, group) = try loop.run {
      [run] () async throws(CommandFailure) -> (ProxyRoute?, UpstreamGroup) in
      let route = try await run.command.proxying.route(on: run.loop)
      return (route, try await run.targets.resolved(on: run.loop, through: route))
    }
    self.group = group
    terms.route = route
    let listeners = try run.openListeners()
    var addresses: [String] = []
    for address in listeners.map(\.address.description) where !addresses.contains(address) {
      addresses.append(address)
    }
    // Before the workers' threads, which inherit what is blocked.
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGTERM, SIGINT, SIGHUP]) { [unowned self] in heard($0) }
    }
    defer { signals.cancel() }
    let reporter = reporter
    let workers = try worded { () throws(SystemError) in
      try RelayWorkers(
        command.running.workers.number, plan(to: group, terms), on: loop
      ) { reporter.tell($0) }
    }
    self.workers = workers
    try worded { () throws(SystemError) in
      try loop.run { () async throws(SystemError) in try await workers.listen(at: listeners) }
    }
    reporter.began(addresses, group.upstreams)
    check(group)
    loop.runUntilStopped()
    checks?.stop()
    return .success
  }

  private func plan(to group: UpstreamGroup, _ terms: RelayTerms) -> RelayPlan {
    RelayPlan(to: group) { terms.options(on: $0) }
  }

  private func check(_ group: UpstreamGroup) {
    checks?.stop()
    checks = command.check.map { interval in
      var options = HealthChecks.Options()
      options.interval = Duration(seconds: interval)
      return HealthChecks(group, options, on: loop) { [reporter] in reporter.changed($0) }
    }
  }

  private func heard(_ signal: Int32) {
    switch signal {
    case SIGHUP: reload()
    case SIGTERM where !isEnding: end()
    default: stop()
    }
  }

  // MARK: Ending

  private func end() {
    isEnding = true
    loop.spawn { [self] in
      await workers?.drain(until: loop.readClock() + Duration(seconds: command.drain))
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

  // MARK: Reloading

  /// Looks the targets up again; what is not found stays as it was.
  private func reload() {
    guard !isReloading else {
      mustReloadAgain = true
      return
    }
    isReloading = true
    loop.spawn { [self] in
      do throws(CommandFailure) {
        try await takeAnew()
      } catch {
        StandardStream.error.writeLine("crimp: \(error.message): all stays as it was")
      }
      isReloading = false
      guard mustReloadAgain else { return }
      mustReloadAgain = false
      reload()
    }
  }

  private func takeAnew() async throws(CommandFailure) {
    var terms = try RelayTerms(command, after: terms)
    terms.route = try await command.proxying.route(on: loop)
    let group = try await run.targets.resolved(on: loop, through: terms.route, after: group)
    await workers?.reload(plan(to: group, terms))
    self.terms = terms
    self.group = group
    check(group)
  }
}
