public import LinkLayer
public import MonotonicTime

/// Proves that an announcement was believed: by a host, and by the switches between.
///
/// For every subject it sends the directed request, "who has HOST, tell ADDRESS". A host that hears
/// it must note the sender before it answers (RFC 826; RFC 4861, section 7.2.3); that the answer
/// arrives *here* says that the switches' tables are right. But the answer may go to the sender of
/// the request, whatever the host's table says, and a table may be pinned. So the host is also sent
/// an echo request from the address: the reply goes where its table sends all that is for the
/// address. The proof is complete when both have arrived.
///
/// Only an answer to this very question counts: a reply (a solicited advertisement) by HOST, for
/// ADDRESS, to the hardware address that was announced, from a station that is not this host, after
/// the question was put. ARP numbers nothing, so an answer to the first try that comes after the
/// second is taken: the host learnt either way. Answers after the proof are passed over. An echo
/// reply must bear the run's mark and the number of a request that was put.
///
/// A host that answers no echo must not fail for that. The same echo from another address of this
/// host is the control: when it, or any other, is answered, and that from ADDRESS is not, the host
/// sends ADDRESS's traffic elsewhere. When none is answered for `echoWait`, the directed request's
/// answer is the proof, and the confirmation says so.
///
/// A silent former owner defeats that proof a moment later, when it speaks again. So each try also
/// asks who has ADDRESS: for IPv4 by an ARP probe, whose answer comes to this host alone and changes
/// no cache; for IPv6 by a solicitation from this host's link-local address (one from `::` would be
/// answered to all, and undo the announcement). When the host has answered, that is asked twice more,
/// 30 ms apart. The proof stands when no other owner has answered any of the three, 40 ms after the
/// last: the loss of any two frames hides none. It is no certainty: where a fraction p of all frames is
/// lost, an owner that only ever answers goes unseen with the probability (2p - p²)³, one in 10⁵ at
/// 1 % and one in 8 at 30 %.
///
/// Any packet that names ADDRESS as its sender, from a hardware address that is none of this host's,
/// is a claim. It undoes a proof, and from then on only answers to tries put at least
/// `quietAfterClaim` later count: the other owner must have fallen silent. A former owner with the
/// *same* hardware address (a VRRP virtual MAC) is told from this host by its answer to the question
/// for other owners, which comes from the interface's own address. Where that is the same too, it
/// cannot be told; there the switches' tables are the question, and the answer's arrival settles it.
///
/// Tries are repeated with doubling delays; each repetition asks for the announcement again by a
/// report before its own frames.
public struct AnnouncementConfirmation: Machine {
  /// Where the confirmation stands.
  public internal(set) var state = State.initial

  let frames: OwnerFrames
  let ownFrames: OwnerFrames
  let linkLocalSource: IPv6Address?
  let options: Options
  let mark: EchoMark
  var cases: [ConfirmationCase] = []
  var casesByQuestion: [Question: Int] = [:]
  var contests: [IPAddress: AddressContest] = [:]
  var hosts: [IPAddress: AskedHost] = [:]
  var meter: PaceMeter
  private var queue = DeadlineQueue<Appointment>()
  var ownerQuestions = DeadlineQueue<IPAddress>()
  private var lastEvent = Instant.origin
  private var timeOver = Instant.distantFuture
  /// How many cases are confirmed or withdrawn.
  private var settledCount = 0

  /// Which case to look at again.
  private struct Appointment: Comparable, Sendable {
    let index: Int
    let generation: Int

    static func < (left: Appointment, right: Appointment) -> Bool {
      (left.index, left.generation) < (right.index, right.generation)
    }
  }

  /// Creates a confirmation.
  ///
  /// - Parameters:
  ///   - subjects: what is to be proven; a subject given twice is asked once. A control that is
  ///     itself to be proven is none.
  ///   - identity: who asks.
  ///   - sender: the announced hardware address, when it is not the interface's.
  ///   - linkLocalSource: this host's link-local address, from which other owners of an IPv6 address
  ///     are asked for; without it only those that speak by themselves are seen.
  ///   - random: what marks the echo requests as this run's.
  public init(
    _ subjects: [Subject], identity: LinkIdentity, sender: HardwareAddress? = nil,
    linkLocalSource: IPv6Address? = nil, options: Options = Options(), random: MachineRandom
  ) {
    var known = identity
    if let sender { known.ownAddresses.insert(sender) }
    frames = OwnerFrames(identity: known, sender: sender)
    ownFrames = OwnerFrames(identity: known)
    self.linkLocalSource = linkLocalSource
    self.options = options
    mark = EchoMark(random: random)
    meter = PaceMeter(options.pace)
    for subject in subjects { add(subject) }
    for subject in subjects {
      guard let control = subject.control, contests[control] == nil else { continue }
      hosts[subject.host.address]?.control = control
    }
  }

  /// The identifier of the echo requests, for a filter that lets their replies in.
  public var echoIdentifier: UInt16 { mark.identifier }

  /// The next try, the end of a wait, or the end of the time.
  public var deadline: Instant? {
    guard state == .asking else { return nil }
    let due = [queue.earliest, ownerQuestions.earliest].compactMap { $0 }
    guard let next = due.min() else { return timeOver }
    let turn = meter.allowance(at: lastEvent) > 0 ? lastEvent : meter.wakeUp(after: lastEvent)
    return min(timeOver, max(next, turn))
  }

  /// All nodes, to whom another owner's advertisements are sent.
  public var multicastGroups: [IPv6Address] { [.allNodes] }

  /// Puts the first questions.
  public mutating func start(at now: Instant) -> Actions {
    guard state == .initial else { return [] }
    state = .asking
    lastEvent = now
    timeOver = now + options.timeLimit
    meter = PaceMeter(options.pace, at: now)
    guard settledCount < cases.count else { return [end()] }
    for index in cases.indices where cases[index].standing != .withdrawn {
      appoint(index, at: now)
    }
    return fire(at: now)
  }

  /// Looks for answers and for claims.
  public mutating func receive(_ frame: LinkFrame, at now: Instant) -> Actions {
    guard state == .asking else { return [] }
    lastEvent = now
    var actions = hear(frame, at: now)
    if settledCount == cases.count { actions.append(end()) }
    return actions
  }

  /// Puts the questions that are due, settles answers, or ends.
  public mutating func fire(at now: Instant) -> Actions {
    guard let due = deadline, due <= now else { return [] }
    lastEvent = now
    var actions: Actions = []
    var sent = 0
    // First: what is to be settled now must not be, when a question before it is still to be put.
    while sent < AddressAnnouncement.batchLimit, meter.allowance(at: now) > 0,
      let address = ownerQuestions.popDue(at: now)
    {
      sent += askForOwners(of: address, at: now, &actions)
    }
    while sent < AddressAnnouncement.batchLimit, meter.allowance(at: now) > 0,
      let appointment = queue.popDue(at: now)
    {
      guard cases[appointment.index].generation == appointment.generation else { continue }
      sent += goOn(appointment.index, at: now, &actions)
    }
    if settledCount == cases.count || timeOver <= now { actions.append(end()) }
    return actions
  }

  /// Leaves `addresses` out from now on, unproven: they are not this host's any more. The others'
  /// proof goes on; ends when none is left. May be called before the start too.
  public mutating func withdraw(_ addresses: Set<IPAddress>, at now: Instant) -> Actions {
    for index in cases.indices where addresses.contains(cases[index].subject.address) {
      guard cases[index].standing != .withdrawn else { continue }
      if cases[index].standing != .confirmed { settledCount += 1 }
      cases[index].generation += 1
      cases[index].withdraw()
    }
    // Nor are those that claim it any of this host's business.
    for address in addresses { contests[address] = nil }
    guard state == .asking, settledCount == cases.count else { return [] }
    return [end()]
  }

  /// Gives up now.
  public mutating func stop(at now: Instant) -> Actions {
    state == .finished ? [] : [end()]
  }

  private mutating func add(_ subject: Subject) {
    guard casesByQuestion[subject.question] == nil else { return }
    casesByQuestion[subject.question] = cases.count
    contests[subject.address, default: AddressContest()].cases.append(cases.count)
    hosts[subject.host.address, default: AskedHost()].station = subject.host.hardwareAddress
    cases.append(ConfirmationCase(subject, firstRetry: options.firstRetry))
  }

  // MARK: From one step to the next

  /// Sees to a case again at `due`, and not before.
  mutating func appoint(_ index: Int, at due: Instant) {
    cases[index].generation += 1
    queue.insert(Appointment(index: index, generation: cases[index].generation), due: due)
  }

  /// Does what a case needs next. Returns how many frames went.
  private mutating func goOn(_ index: Int, at now: Instant, _ actions: inout Actions) -> Int {
    guard cases[index].standing == .answered else { return ask(index, at: now, &actions) }
    guard proof(of: index, at: now) == nil else {
      settle(index, at: now, &actions)
      return 0
    }
    guard answersEcho(index) else { return askForEcho(index, at: now, &actions) }
    return ask(index, at: now, &actions)
  }

  /// Confirms a case of which the proof is there, when other owners have had their time.
  mutating func settle(_ index: Int, at now: Instant, _ actions: inout Actions) {
    guard let proof = proof(of: index, at: now) else { return }
    if let search = contests[cases[index].subject.address]?.search, !search.isOver(at: now) {
      return appoint(index, at: max(now, search.end))
    }
    cases[index].generation += 1
    cases[index].confirm(by: proof)
    guard let confirmation = cases[index].confirmation else { return }
    settledCount += 1
    actions.append(.report(.confirmed(confirmation)))
  }

  /// Takes back what was proven about a case. Returns whether it was answered.
  mutating func startOver(_ index: Int) -> Bool {
    if cases[index].standing == .confirmed { settledCount -= 1 }
    return cases[index].startOver(options.firstRetry)
  }

  /// What the answers to a case prove so far.
  func proof(of index: Int, at now: Instant) -> Proof? {
    guard cases[index].standing == .answered else { return nil }
    guard let end = echoWaitEnd(index) else { return .resolution }
    if cases[index].echoes.answeredAt != nil { return .echo }
    return answersEcho(index) || now < end ? nil : .resolution
  }

  /// Until when an echo is waited for before a case counts without; nil when none is asked for.
  func echoWaitEnd(_ index: Int) -> Instant? {
    options.effectiveEchoWait.map { cases[index].answeredAt + $0 }
  }

  func answersEcho(_ index: Int) -> Bool {
    hosts[cases[index].subject.host.address]?.answersEcho ?? false
  }

  private mutating func end() -> Action<Report, Outcome> {
    state = .finished
    let proven = cases.compactMap(\.confirmation)
    guard cases.isEmpty || proven.count < cases.count else { return .finish(.confirmed(proven)) }
    let doubts = cases.indices.filter { cases[$0].confirmation == nil }.map { index in
      Doubt(
        address: cases[index].subject.address, host: cases[index].subject.host.address,
        cause: cause(index), hostAnswersEcho: answersEcho(index), tries: cases[index].tries)
    }
    return .finish(.unconfirmed(confirmed: proven, doubts: doubts))
  }

  private func cause(_ index: Int) -> Doubt.Cause {
    guard cases[index].standing != .withdrawn else { return .withdrawn }
    guard cases[index].standing == .unanswered else {
      let isEchoMissing = cases[index].echoes.answeredAt == nil
      return isEchoMissing && answersEcho(index) ? .sentElsewhere : .outOfTime
    }
    let claimant = contests[cases[index].subject.address]?.claimant
    return claimant.map { .claimed(by: $0) } ?? .unanswered
  }
}
