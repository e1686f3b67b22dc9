public import LinkLayer
public import MonotonicTime

/// Proves that an announcement was believed: by a host, and by the switches between.
///
/// For every subject it sends the directed request, "who has HOST, tell ADDRESS". A host that hears
/// it must note the sender before it answers (RFC 826; RFC 4861, section 7.2.3), so an answer says
/// that the host's cache is right; that the answer arrives *here* says that the switches' tables are.
///
/// Only an answer to this very question counts: a reply (a solicited advertisement) by HOST, for
/// ADDRESS, to the hardware address that was announced, from a station that is not this host, after
/// the question was put. ARP numbers nothing, so an answer to the first try that comes after the
/// second is taken: the host learnt either way. Answers after the proof are passed over.
///
/// A silent former owner defeats that proof a moment later, when it speaks again. So each try also
/// asks who has ADDRESS: for IPv4 by an ARP probe, whose answer comes to this host alone and changes
/// no cache; for IPv6 by a solicitation from this host's link-local address (one from `::` would be
/// answered to all, and undo the announcement). The proof stands when the host has answered and no
/// other owner has within `ownerCheckWait` of the try.
///
/// Any packet that names ADDRESS as its sender, from a hardware address that is none of this host's,
/// is a claim. It undoes a proof, and from then on only answers to tries put at least
/// `quietAfterClaim` later count: the other owner must have fallen silent. A former owner with the
/// *same* hardware address (a VRRP virtual MAC) cannot be told from this host; there the switches'
/// tables are the question, and the answer's arrival settles it.
///
/// Tries are repeated with doubling delays; each repetition asks for the announcement again by a
/// report before its own frames.
public struct AnnouncementConfirmation: Machine {
  /// An address, and the host that is to believe in it.
  public struct Subject: Hashable, Sendable {
    /// The address that was announced.
    public let address: IPAddress
    /// The host that is asked: the gateway, as a rule.
    public let host: NeighborTarget
    fileprivate let question: Question

    /// Creates a subject; nil when address and host are not of one family, or the same.
    public init?(address: IPAddress, host: NeighborTarget) {
      guard address != host.address else { return nil }
      switch (address, host.address) {
      case (.v4(let address), .v4(let host)): question = .arp(host: host, address: address)
      case (.v6(let address), .v6(let host)): question = .ndp(host: host, address: address)
      case (.v4, .v6), (.v6, .v4): return nil
      }
      self.address = address
      self.host = host
    }
  }

  /// "Who has `host`, tell `address`."
  fileprivate enum Question: Hashable, Sendable {
    case arp(host: IPv4Address, address: IPv4Address)
    case ndp(host: IPv6Address, address: IPv6Address)
  }

  /// How patiently to ask.
  public struct Options: Hashable, Sendable {
    /// The time from the first try to the second.
    public var firstRetry: Duration = .milliseconds(50)
    /// The longest time between tries.
    public var longestRetry: Duration = .seconds(1)
    /// When to give up, from the start.
    public var timeLimit: Duration = .seconds(10)
    /// How long another owner has to answer; nil to take its silence for granted.
    public var ownerCheckWait: Duration? = .milliseconds(100)
    /// How long another owner must be silent after it has spoken.
    public var quietAfterClaim: Duration = .seconds(1)
    /// To whom the questions go.
    public var delivery = DirectedDelivery.group
    /// How fast frames may follow one another.
    public var pace = FramePace.unlimited

    /// Creates the default options.
    public init() {}
  }

  /// A proof.
  public struct Confirmation: Hashable, Sendable {
    /// The address that was announced.
    public var address: IPAddress
    /// The host that believes it.
    public var host: IPAddress
    /// The hardware address from which the host answered.
    public var hostHardwareAddress: HardwareAddress
    /// The time from the first try to the answer.
    public var elapsed: Duration
    /// How many tries it took.
    public var tries: Int
  }

  /// A proof that is missing.
  public struct Doubt: Hashable, Sendable {
    /// The address that was announced.
    public var address: IPAddress
    /// The host that was asked.
    public var host: IPAddress
    /// The last station that claimed the address; nil when none did.
    public var claimant: HardwareAddress?
    /// How many tries there were.
    public var tries: Int
  }

  /// What happened on the way.
  public enum Report: Hashable, Sendable {
    /// The announcement should be made again, before the frames that follow.
    case announceAgain(IPAddress)
    /// The question of this number, from 1, was put.
    case asked(address: IPAddress, host: IPAddress, number: Int)
    /// Another station claims the address; nothing about it is proven.
    case stillOwned(IPAddress, by: HardwareAddress)
    /// The proof is complete. A later `stillOwned` undoes it.
    case confirmed(Confirmation)
  }

  /// How it ended.
  public enum Outcome: Hashable, Sendable {
    /// All is proven.
    case confirmed([Confirmation])
    /// The time was over, or there was nothing to prove.
    case unconfirmed(confirmed: [Confirmation], doubts: [Doubt])
  }

  /// Where the confirmation stands.
  public enum State: Hashable, Sendable {
    /// Not started.
    case initial
    /// Asking.
    case asking
    /// Done.
    case finished
  }

  private enum Standing: Hashable, Sendable { case unanswered, answered, confirmed }

  private struct Case: Sendable {
    let subject: Subject
    var standing = Standing.unanswered
    var tries = 0
    var firstTry = Instant.origin
    var lastTry = Instant.origin
    var retry: Duration
    var answer: Confirmation?
    /// Which entry of the queue is the valid one.
    var generation = 0
  }

  private struct Contest: Sendable {
    var cases: [Int] = []
    var lastTry: Instant?
    var lastClaim: Instant?
    var claimant: HardwareAddress?
  }

  private struct Appointment: Sendable {
    let index: Int
    let generation: Int
  }

  /// Where the confirmation stands.
  public private(set) var state = State.initial

  private let frames: OwnerFrames
  private let ownFrames: OwnerFrames
  private let linkLocalSource: IPv6Address?
  private let options: Options
  private var cases: [Case] = []
  private var casesByQuestion: [Question: Int] = [:]
  private var contests: [IPAddress: Contest] = [:]
  private var queue = DeadlineQueue<Appointment>()
  private var meter: PaceMeter
  private var lastEvent = Instant.origin
  private var timeOver = Instant.distantFuture
  private var confirmedCount = 0

  /// Creates a confirmation.
  ///
  /// - Parameters:
  ///   - subjects: what is to be proven; a subject given twice is asked once.
  ///   - identity: who asks.
  ///   - sender: the announced hardware address, when it is not the interface's.
  ///   - linkLocalSource: this host's link-local address, from which other owners of an IPv6 address
  ///     are asked for; without it only those that speak by themselves are seen.
  public init(
    _ subjects: [Subject], identity: LinkIdentity, sender: HardwareAddress? = nil,
    linkLocalSource: IPv6Address? = nil, options: Options = Options()
  ) {
    var known = identity
    if let sender { known.ownAddresses.insert(sender) }
    frames = OwnerFrames(identity: known, sender: sender)
    ownFrames = OwnerFrames(identity: known)
    self.linkLocalSource = linkLocalSource
    self.options = options
    meter = PaceMeter(options.pace)
    for subject in subjects { add(subject) }
  }

  /// The next try, the end of a wait, or the end of the time.
  public var deadline: Instant? {
    guard state == .asking else { return nil }
    guard let next = queue.earliest else { return timeOver }
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
    guard !cases.isEmpty else { return [end()] }
    for index in cases.indices { appoint(index, at: now) }
    return fire(at: now)
  }

  /// Looks for answers and for claims.
  public mutating func receive(_ frame: LinkFrame, at now: Instant) -> Actions {
    guard state == .asking else { return [] }
    lastEvent = now
    if let packet = frame.arpPacket(on: frames.identity) {
      return receive(packet, in: frame, at: now)
    }
    guard let packet = frame.ndpPacket else { return [] }
    return receive(packet, in: frame, at: now)
  }

  /// Puts the questions that are due, settles answers, or ends.
  public mutating func fire(at now: Instant) -> Actions {
    guard let due = deadline, due <= now else { return [] }
    lastEvent = now
    var actions: Actions = []
    var sent = 0
    while sent < AddressAnnouncement.batchLimit, meter.allowance(at: now) > 0,
      let appointment = queue.popDue(at: now)
    {
      let index = appointment.index
      guard cases[index].generation == appointment.generation else { continue }
      if cases[index].standing == .answered {
        confirm(index, &actions)
      } else {
        sent += ask(index, at: now, &actions)
      }
    }
    if confirmedCount == cases.count || timeOver <= now { actions.append(end()) }
    return actions
  }

  /// Gives up now.
  public mutating func stop(at now: Instant) -> Actions {
    state == .finished ? [] : [end()]
  }

  // MARK: Asking

  private mutating func add(_ subject: Subject) {
    guard casesByQuestion[subject.question] == nil else { return }
    casesByQuestion[subject.question] = cases.count
    contests[subject.address, default: Contest()].cases.append(cases.count)
    cases.append(Case(subject: subject, retry: options.firstRetry))
  }

  private mutating func appoint(_ index: Int, at due: Instant) {
    cases[index].generation += 1
    queue.insert(Appointment(index: index, generation: cases[index].generation), due: due)
  }

  /// Puts the question, and asks for other owners unless that was done for the same address at the
  /// same instant. Returns how many frames went.
  private mutating func ask(_ index: Int, at now: Instant, _ actions: inout Actions) -> Int {
    let subject = cases[index].subject
    let address = subject.address
    let isFirstOfAddress = contests[address]?.lastTry != now
    contests[address]?.lastTry = now
    cases[index].tries += 1
    if cases[index].tries == 1 { cases[index].firstTry = now }
    cases[index].lastTry = now
    if cases[index].tries > 1, isFirstOfAddress { actions.append(.report(.announceAgain(address))) }
    var asked = [question(subject)]
    if isFirstOfAddress, let ownerQuestion = ownerQuestion(address) { asked.append(ownerQuestion) }
    actions += asked.map { .send($0) }
    actions.append(
      .report(
        .asked(address: address, host: subject.host.address, number: cases[index].tries)))
    meter.spend(asked.count, at: now)
    appoint(index, at: nextTry(index, at: now))
    return asked.count
  }

  /// The delay doubles; but the first try that can count after a claim is not missed.
  private mutating func nextTry(_ index: Int, at now: Instant) -> Instant {
    let delay = max(cases[index].retry, .milliseconds(1))
    cases[index].retry = min(delay * 2, options.longestRetry)
    let next = now + delay
    guard let quiet = quietFrom(cases[index].subject.address), now < quiet else { return next }
    return min(next, quiet)
  }

  private func question(_ subject: Subject) -> LinkFrame {
    var station: HardwareAddress?
    if options.delivery == .station { station = subject.host.hardwareAddress }
    switch subject.question {
    case .arp(let host, let address):
      return frames.arpRequest(
        for: host, tell: address, destination: address.isLinkLocal ? nil : station)
    case .ndp(let host, let address):
      return frames.neighborSolicitation(for: host, tell: address, destination: station)
    }
  }

  private func ownerQuestion(_ address: IPAddress) -> LinkFrame? {
    guard options.ownerCheckWait != nil else { return nil }
    switch address {
    case .v4(let address):
      return ownFrames.arpProbe(for: address)
    case .v6(let address):
      return linkLocalSource.map { ownFrames.neighborSolicitation(for: address, tell: $0) }
    }
  }

  /// From when on a try counts; nil when no claim stands in the way.
  private func quietFrom(_ address: IPAddress) -> Instant? {
    contests[address]?.lastClaim.map { $0 + options.quietAfterClaim }
  }

  // MARK: Answers and claims

  private mutating func receive(
    _ packet: ARPPacket, in frame: LinkFrame, at now: Instant
  ) -> Actions {
    let sender = IPAddress.v4(packet.senderProtocolAddress)
    guard !frames.identity.owns(packet.senderHardwareAddress) else { return [] }
    if contests[sender] != nil { return claim(sender, by: packet.senderHardwareAddress, at: now) }
    guard packet.operation == .reply, packet.targetHardwareAddress == frames.sender else {
      return []
    }
    let question = Question.arp(
      host: packet.senderProtocolAddress, address: packet.targetProtocolAddress)
    return answer(question, by: packet.senderHardwareAddress, in: frame, at: now)
  }

  private mutating func receive(
    _ packet: NDPPacket, in frame: LinkFrame, at now: Instant
  ) -> Actions {
    if let advertisement = packet.advertisement {
      let target = IPAddress.v6(advertisement.targetAddress)
      let owner = advertisement.targetLinkLayerAddress ?? frame.source
      if contests[target] != nil { return claim(target, by: owner, at: now) }
      guard advertisement.isSolicited else { return [] }
      let question = Question.ndp(
        host: advertisement.targetAddress, address: packet.destination)
      return answer(question, by: owner, in: frame, at: now)
    }
    guard let solicitation = packet.solicitation else { return [] }
    let source = IPAddress.v6(packet.source)
    guard contests[source] != nil else { return [] }
    return claim(source, by: solicitation.sourceLinkLayerAddress ?? frame.source, at: now)
  }

  private mutating func answer(
    _ question: Question, by owner: HardwareAddress, in frame: LinkFrame, at now: Instant
  ) -> Actions {
    guard frame.isAddressed(to: frames.sender), !frames.identity.owns(frame.source),
      !frames.identity.owns(owner), let index = casesByQuestion[question],
      cases[index].standing == .unanswered, cases[index].tries > 0,
      // A frame is stamped before it is shown: this one answered a question put earlier by others.
      now >= cases[index].firstTry
    else { return [] }
    let subject = cases[index].subject
    if let quiet = quietFrom(subject.address), cases[index].lastTry < quiet { return [] }
    cases[index].standing = .answered
    cases[index].answer = Confirmation(
      address: subject.address, host: subject.host.address, hostHardwareAddress: owner,
      elapsed: now - cases[index].firstTry, tries: cases[index].tries)
    let settled = ownerSilenceProven(subject.address)
    guard settled <= now else {
      appoint(index, at: settled)
      return []
    }
    var actions: Actions = []
    cases[index].generation += 1
    confirm(index, &actions)
    if confirmedCount == cases.count { actions.append(end()) }
    return actions
  }

  /// When the other owners that were asked for have had their time.
  private func ownerSilenceProven(_ address: IPAddress) -> Instant {
    guard let wait = options.ownerCheckWait, let asked = contests[address]?.lastTry,
      ownerQuestion(address) != nil
    else { return .origin }
    return asked + wait
  }

  private mutating func claim(
    _ address: IPAddress, by owner: HardwareAddress, at now: Instant
  ) -> Actions {
    guard !frames.identity.owns(owner) else { return [] }
    contests[address]?.lastClaim = now
    contests[address]?.claimant = owner
    for index in contests[address]?.cases ?? [] where cases[index].standing != .unanswered {
      if cases[index].standing == .confirmed { confirmedCount -= 1 }
      cases[index].standing = .unanswered
      cases[index].answer = nil
      cases[index].retry = options.firstRetry
      appoint(index, at: nextTry(index, at: now))
    }
    return [.report(.stillOwned(address, by: owner))]
  }

  private mutating func confirm(_ index: Int, _ actions: inout Actions) {
    guard let answer = cases[index].answer else { return }
    cases[index].standing = .confirmed
    confirmedCount += 1
    actions.append(.report(.confirmed(answer)))
  }

  private mutating func end() -> Action<Report, Outcome> {
    state = .finished
    let proven = cases.filter { $0.standing == .confirmed }.compactMap(\.answer)
    guard cases.isEmpty || proven.count < cases.count else { return .finish(.confirmed(proven)) }
    let doubts = cases.filter { $0.standing != .confirmed }.map { open in
      Doubt(
        address: open.subject.address, host: open.subject.host.address,
        claimant: contests[open.subject.address]?.claimant, tries: open.tries)
    }
    return .finish(.unconfirmed(confirmed: proven, doubts: doubts))
  }
}
