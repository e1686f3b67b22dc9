import Drivers
import EventLoop
import Glibc
import LinkLayer
import Links
import Machines
import Sockets

/// An announcement on the loop: later rounds, the proof, the refresh until SIGTERM.
struct AnnounceWork {
  private let run: AnnounceRun
  private let report: AnnounceReport
  private let loop: EventLoop
  private let conversation: Conversation
  private let running: RunningMachine<AddressAnnouncement>
  private let proof = ProofAtWork()

  /// Where the announcement is now.
  var announcement: AddressAnnouncement { running.machine }
  /// Whether a signal came: nothing is to be proven any more.
  var wasStopped: Bool { proof.isStopped }

  /// Puts `announcement` to work on `link`.
  ///
  /// - Parameters:
  ///   - isStarted: whether its first round has left already.
  ///   - hears: whether `link` receives.
  init(
    _ announcement: AddressAnnouncement, isStarted: Bool, on link: any Link, hears: Bool,
    for run: AnnounceRun, _ report: AnnounceReport
  ) throws(CommandFailure) {
    self.run = run
    self.report = report
    loop = try run.place.makeLoop()
    do throws(LinkError) {
      conversation = try Conversation(
        link: link, loop: loop, tag: run.request.link.tag, hears: hears)
    } catch {
      throw CommandFailure(error)
    }
    // A port that flaps after a failover is what the later rounds are for.
    conversation.outlastsOutages = true
    running = conversation.begin(announcement, isStarted: isStarted) { report.tell($0) }
  }

  /// Waits for the last round, and for the proof if there is one to wait for.
  func finish(_ confirmation: AnnouncementConfirmation?) throws(CommandFailure) -> ExitStatus {
    // A refresh has no end of its own.
    if run.request.refreshInterval != nil {
      run.place.whenReplayEnds { running.perform { machine, now in machine.stop(at: now) } }
    }
    return try onLoop { () async throws(ConversationFailure) in
      var status = ExitStatus.success
      if let confirmation { status = try await prove(confirmation) }
      guard try await running.outcome().rounds > 0 else {
        report.tellUnfinishedFirstRound()
        return .negative
      }
      return status
    }
  }

  /// Waits for the end of the first round, which its pace draws out. The proof that may follow opens
  /// a link of its own: only without one the privileges are given up.
  func finishFirstRound() throws(CommandFailure) {
    let dropsPrivileges = run.request.confirmation == nil
    _ = try onLoop(droppingPrivileges: dropsPrivileges) { () async throws(ConversationFailure) in
      // One that is stopped meanwhile has ended its rounds.
      while running.machine.isInFirstRound {
        do throws(CancellationError) {
          try await loop.sleep(for: .milliseconds(5))
        } catch {
          throw .cancelled
        }
      }
      return .success
    }
  }

  /// Waits for the proof alone, with the help of `controls`.
  func confirm(
    _ confirmation: AnnouncementConfirmation, _ controls: [EchoControl]
  ) throws(CommandFailure) -> ExitStatus {
    // While the privilege is there. A host that cannot be asked is one that does not answer.
    let proof = proof
    let attempts = controls.compactMap { control in
      try? EchoAttempt(to: control.host, from: control.source, on: loop) {
        proof.onEcho(control.host)
      }
    }
    return try onLoop { () async throws(ConversationFailure) in
      defer { for attempt in attempts { attempt.cancel() } }
      return try await prove(confirmation) { for attempt in attempts { try? attempt.start() } }
    }
  }

  private func prove(
    _ confirmation: AnnouncementConfirmation, _ whenAsked: () -> Void = {}
  ) async throws(ConversationFailure) -> ExitStatus {
    guard !proof.isStopped else { return .negative }
    var confirmation = confirmation
    _ = confirmation.withdraw(proof.withdrawn, at: loop.now)
    let proving = conversation.begin(confirmation) { event in
      if case .announceAgain(let address) = event {
        // Also when the rounds that were planned are over.
        running.perform { machine, now in machine.announceAgain(address, at: now) }
      }
      report.tell(event)
    }
    proof.onStop = { proving.perform { machine, now in machine.stop(at: now) } }
    proof.onEcho = { host in
      proving.perform { machine, now in machine.noteEcho(from: host, at: now) }
    }
    whenAsked()
    proof.onWithdrawal = { addresses in
      proving.perform { machine, now in machine.withdraw(addresses, at: now) }
    }
    let outcome = try await proving.outcome()
    report.tell(outcome)
    guard case .confirmed = outcome else { return .negative }
    return .success
  }

  private func onLoop(
    droppingPrivileges: Bool = true,
    _ body: @escaping @isolated(any) () async throws(ConversationFailure) -> sending ExitStatus
  ) throws(CommandFailure) -> ExitStatus {
    let watch = try OwnershipWatch(run, on: loop) { addresses in
      running.perform { machine, now in machine.withdraw(addresses, at: now) }
      report.tell(withdrawn: addresses)
      proof.withdraw(addresses)
    }
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGTERM, SIGINT]) { _ in
        running.perform { machine, now in machine.stop(at: now) }
        proof.stop()
      }
    }
    defer {
      signals.cancel()
      watch?.cancel()
    }
    if droppingPrivileges { try run.place.dropPrivileges() }
    return try worded { () throws(ConversationFailure) in try loop.run(body) }
  }
}

/// The proof that is being waited for, if there is one; stopped, it ends as not given. One that has
/// not begun by then does not begin. An address that was given up is left out of it.
private final class ProofAtWork {
  var onStop: () -> Void = {}
  var onWithdrawal: (Set<IPAddress>) -> Void = { _ in }
  var onEcho: (IPAddress) -> Void = { _ in }
  private(set) var isStopped = false
  private(set) var withdrawn: Set<IPAddress> = []

  func withdraw(_ addresses: Set<IPAddress>) {
    withdrawn.formUnion(addresses)
    onWithdrawal(addresses)
  }

  func stop() {
    isStopped = true
    onStop()
  }
}
