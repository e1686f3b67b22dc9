import Drivers
import EventLoop
import Glibc
import LinkLayer
import Links
import Machines
import MonotonicTime
import Sockets

/// Announcements on the loop: later rounds, addresses that become ready later, the proof, the refresh
/// until SIGTERM.
final class AnnounceWork {
  private let run: AnnounceRun
  private let report: AnnounceReport
  private let loop: EventLoop
  private let conversation: Conversation
  private var running: [RunningMachine<AddressAnnouncement>] = []
  private let proof = ProofAtWork()
  /// The addresses that duplicate address detection is still at work on.
  private var tentative: Set<IPAddress>
  /// Which announcements were over when they came here: they have no outcome any more.
  private let finishedBefore: Set<Int>
  /// Whether a signal came before all addresses were announced.
  private(set) var isCutShort = false
  /// What ended the work before its time.
  private var failure: CommandFailure?

  /// How long a tentative address may take to be usable (RFC 4862 detection lasts about 1 s).
  private static let detectionLimit = Duration.seconds(10)

  /// Where the announcements are now.
  var announcements: [AddressAnnouncement] { running.map(\.machine) }
  /// Whether a signal came: nothing is to be proven any more.
  var wasStopped: Bool { proof.isStopped }

  /// Puts `announcements` to work on `link`.
  ///
  /// - Parameters:
  ///   - isStarted: whether their first round has left already.
  ///   - tentative: the addresses that are announced as soon as they may be used.
  ///   - hears: whether `link` receives.
  init(
    _ announcements: [AddressAnnouncement], isStarted: Bool, tentative: Set<IPAddress> = [],
    on link: any Link, hears: Bool, for run: AnnounceRun, _ report: AnnounceReport
  ) throws(CommandFailure) {
    self.run = run
    self.report = report
    self.tentative = tentative
    finishedBefore = Set(
      announcements.indices.filter { announcements[$0].state == .finished })
    loop = try run.place.makeLoop()
    do throws(LinkError) {
      conversation = try Conversation(
        link: link, loop: loop, tag: run.request.link.tag, hears: hears)
    } catch {
      throw CommandFailure(error)
    }
    // A port that flaps after a failover is what the later rounds are for.
    conversation.outlastsOutages = true
    for announcement in announcements { begin(announcement, isStarted: isStarted) }
  }

  private func begin(_ announcement: AddressAnnouncement, isStarted: Bool) {
    let number = running.count
    let report = report
    running.append(
      conversation.begin(
        announcement, isStarted: isStarted, onReport: { report.tell($0, of: number) },
        onOutage: { $0.loseCarrier(at: $1) }))
  }

  private func performAll(
    _ body: @escaping (inout AddressAnnouncement, Instant) -> AddressAnnouncement.Actions
  ) {
    for announcement in running { announcement.perform(body) }
  }

  /// Waits for the last round, and for the proof if there is one to wait for.
  func finish(_ confirmation: AnnouncementConfirmation?) throws(CommandFailure) -> ExitStatus {
    // A refresh has no end of its own.
    if run.request.refreshInterval != nil {
      run.place.whenReplayEnds { [self] in performAll { machine, now in machine.stop(at: now) } }
    }
    return try onLoop { [self] () async throws(ConversationFailure) in
      try await endFirstRounds(onlyTentative: true)
      var status = ExitStatus.success
      if let confirmation { status = try await prove(confirmation) }
      var rounds = finishedBefore.count
      for index in running.indices where !finishedBefore.contains(index) {
        let outcome = try await running[index].outcome()
        rounds += outcome.rounds
        if let round = outcome.heldRound { report.tellUnsent(round) }
      }
      guard rounds > 0 || report.isIncomplete else {
        report.tellUnfinishedFirstRound()
        return .negative
      }
      return status
    }
  }

  /// Waits for the end of the first round, which its pace draws out, and for that of the addresses that
  /// are not ready yet. The proof that may follow opens a link of its own: only without one the
  /// privileges are given up.
  func finishFirstRound() throws(CommandFailure) {
    let dropsPrivileges = run.request.confirmations.isEmpty
    _ = try onLoop(droppingPrivileges: dropsPrivileges) {
      [self] () async throws(ConversationFailure) in
      try await endFirstRounds()
      for announcement in running where announcement.machine.roundsFinished == 0 {
        // Of one that is over it is known by now how it ended.
        if let round = try await announcement.outcome().heldRound { report.tellUnsent(round) }
      }
      return .success
    }
  }

  /// One that is stopped meanwhile has ended its rounds.
  private func endFirstRounds(
    onlyTentative: Bool = false
  ) async throws(ConversationFailure) {
    while !tentative.isEmpty
      || !onlyTentative && running.contains(where: \.machine.isInFirstRound)
    {
      do throws(CancellationError) {
        try await loop.sleep(for: .milliseconds(5))
      } catch {
        throw .cancelled
      }
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
    return try onLoop { [self] () async throws(ConversationFailure) in
      defer { for attempt in attempts { attempt.cancel() } }
      return try await prove(confirmation) { for attempt in attempts { try? attempt.start() } }
    }
  }

  /// Whose neighbours are those of `address`.
  private func announcer(of address: IPAddress) -> RunningMachine<AddressAnnouncement>? {
    guard running.count > 1 else { return running.first }
    return running.first { $0.machine.announces(address) }
  }

  private func prove(
    _ confirmation: AnnouncementConfirmation, _ whenAsked: () -> Void = {}
  ) async throws(ConversationFailure) -> ExitStatus {
    guard !proof.isStopped else { return .negative }
    // What it calls holds on to this work, and so to the loop, which must be gone before a fork.
    defer { proof.forget() }
    var confirmation = confirmation
    _ = confirmation.withdraw(proof.withdrawn, at: loop.now)
    let proving = conversation.begin(confirmation) { [self] event in
      if case .announceAgain(let address) = event {
        // Also when the rounds that were planned are over.
        announcer(of: address)?.perform { machine, now in machine.announceAgain(address, at: now) }
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
}

extension AnnounceWork {
  private func onLoop(
    droppingPrivileges: Bool = true,
    _ body: @escaping @isolated(any) () async throws(ConversationFailure) -> sending ExitStatus
  ) throws(CommandFailure) -> ExitStatus {
    let owners = try OwnershipWatch(run, tentative: tentative, on: loop) { [self] in note($0) }
    let carrier = try CarrierWatch(run.place, on: loop) { [self] isThere in
      performAll { machine, now in
        isThere ? machine.regainCarrier(at: now) : machine.loseCarrier(at: now)
      }
    }
    let limit =
      tentative.isEmpty
      ? nil : loop.schedule(after: Self.detectionLimit) { [self] in giveUpDetection() }
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGTERM, SIGINT]) { [self] _ in stop() }
    }
    defer {
      signals.cancel()
      limit?.cancel()
      carrier?.cancel()
      owners?.cancel()
    }
    if droppingPrivileges { try run.place.dropPrivileges() }
    let status = try worded { () throws(ConversationFailure) in try loop.run(body) }
    if let failure { throw failure }
    return status
  }

  private func stop() {
    isCutShort = isCutShort || !tentative.isEmpty
    tentative = []
    performAll { machine, now in machine.stop(at: now) }
    proof.stop()
  }

  private func note(_ change: OwnershipWatch.Change) {
    switch change {
    case .gone(let addresses):
      performAll { machine, now in machine.withdraw(addresses, at: now) }
      report.tell(withdrawn: addresses)
      proof.withdraw(addresses)
    case .usable(let addresses):
      let ready = run.standing.tentative.filter { addresses.contains($0) && tentative.contains($0) }
      guard !ready.isEmpty else { return }
      announce(late: ready)
      tentative.subtract(addresses)
    case .refused(let addresses):
      for address in addresses.intersection(tentative).sorted() { report.tell(refused: address) }
      proof.withdraw(addresses)
      tentative.subtract(addresses)
    }
  }

  /// Begins with addresses that have become usable: their rounds have their own times.
  private func announce(late addresses: [IPAddress]) {
    do throws(CommandFailure) {
      let plan = try AnnouncementPlan(
        run.request, late: addresses, of: run.standing.announced.count, at: run.place)
      begin(AddressAnnouncement(plan, identity: run.place.identity), isStarted: false)
    } catch {
      failure = error
      stop()
    }
  }

  private func giveUpDetection() {
    for address in tentative.sorted() {
      report.tell(
        unannounced: address, .tentative,
        "duplicate address detection takes longer than \(Self.detectionLimit.components.seconds) s")
    }
    proof.withdraw(tentative)
    tentative = []
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

  func forget() {
    onStop = {}
    onWithdrawal = { _ in }
    onEcho = { _ in }
  }
}
