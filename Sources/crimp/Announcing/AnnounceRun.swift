import Drivers
import EventLoop
import Glibc
import LinkLayer
import Links
import Machines
import MonotonicTime

/// Carries out `crimp announce`: the first round at once, the proof if it is asked for, the rest in
/// the background.
struct AnnounceRun {
  let request: AnnounceRequest
  let place: LinkPlace
  /// The addresses, and which of them are ready.
  let standing: AddressStanding
  private let report: AnnounceReport

  init(_ request: AnnounceRequest) throws(CommandFailure) {
    self.request = request
    let named = try LinkPlace(
      request.link, for: request.addresses,
      carrierWait: request.carrierWait.map { Duration(seconds: $0) } ?? .zero)
    try named.requireStation(request.hardwareAddress, "--mac")
    standing = try request.standing(at: named)
    place = try Self.place(request, standing, named)
    report = AnnounceReport(request.link, interface: place.properties.name)
    for address in standing.refused { report.tell(refused: address) }
  }

  /// Where to announce: at the interface that was named, or at the macvlan above it that has the
  /// addresses, whose hardware address is the one to tell.
  private static func place(
    _ request: AnnounceRequest, _ standing: AddressStanding, _ named: LinkPlace
  ) throws(CommandFailure) -> LinkPlace {
    guard !standing.elsewhere.isEmpty, request.hardwareAddress == nil, request.link.tag == nil,
      let name = try named.station?.macvlan(of: standing)
    else { return named }
    var settings = request.link
    settings.interface = name
    // That has been entered.
    settings.namespace = nil
    return try LinkPlace(settings, for: [])
  }

  /// Does it, and says whether the answer is yes.
  func run() throws(CommandFailure) -> ExitStatus {
    guard !standing.announced.isEmpty else { return .unavailable }
    let plan = try AnnouncementPlan(request, addresses: standing.ready, at: place)
    let announcement = AddressAnnouncement(plan, identity: place.identity)
    // A reader of the output that went away must not end the rounds that are to come.
    signal(SIGPIPE, SIG_IGN)
    // For good: who ends a process may say so twice.
    HeldSignals.hold()
    if place.isReplay || request.link.recordPath != nil {
      return try announceRecorded(announcement)
    }
    // Before the fork: what fails here must fail before the caller's eyes.
    let link = try place.openSending()
    var background = Background(pidfilePath: request.pidfilePath)
    if request.course == .background, try background.enter() == .parent { return shortfall }
    if request.course == .foreground { try background.writePidfile() }
    defer { background.removePidfile() }
    return try announce(announcement, waits: plan.neighborsFollow, on: link, &background)
  }

  /// The status of a run that has done all that it was still to do.
  private var shortfall: ExitStatus { report.isIncomplete ? .unavailable : .success }

  /// A "no" stands; a "yes" stands when it is about everything.
  private func status(after status: ExitStatus) -> ExitStatus {
    status == .success ? shortfall : status
  }

  /// A recording shows the answers too, and only the process that stays can finish it.
  private func announceRecorded(
    _ announcement: AddressAnnouncement
  ) throws(CommandFailure) -> ExitStatus {
    var background = Background(pidfilePath: request.pidfilePath)
    let confirmation = try ConfirmationPlan(self, of: standing.announced)
    let proving = try confirmation?.machine()
    let filter =
      proving.map { place.neighborProtocols(withEchoes: $0.echoIdentifier) }
      ?? place.neighborProtocols
    let link = try place.openHearing(filter, for: request.hardwareAddress)
    try background.writePidfile()
    defer { background.removePidfile() }
    let work = try AnnounceWork(
      standing.ready.isEmpty ? [] : [announcement], isStarted: false,
      tentative: Set(standing.tentative), on: link, hears: true, for: self, report)
    let answer = try work.finish(confirmation?.isEmpty == false ? proving : nil)
    for obstacle in confirmation?.obstacles ?? [] { report.tell(obstacle) }
    return try place.close(link, after: status(after: answer))
  }

  private func announce(
    _ announcement: AddressAnnouncement, waits: Bool, on link: any Link,
    _ background: inout Background
  ) throws(CommandFailure) -> ExitStatus {
    var announcements: [AddressAnnouncement] = []
    if !standing.ready.isEmpty {
      announcements = [try firstRound(of: announcement, waits: waits, on: link)]
    }
    var wasStopped = false
    var isCutShort = false
    if announcements.contains(where: \.isInFirstRound) || !standing.tentative.isEmpty {
      let work = try AnnounceWork(
        announcements, isStarted: true, tentative: Set(standing.tentative), on: link,
        hears: false, for: self, report)
      try work.finishFirstRound()
      announcements = work.announcements
      wasStopped = work.wasStopped
      isCutShort = work.isCutShort
    }
    guard !isCutShort, announcements.contains(where: { $0.roundsFinished > 0 }) else {
      if !report.isIncomplete { report.tellUnfinishedFirstRound() }
      return status(after: report.isIncomplete ? .success : .negative)
    }
    var status = ExitStatus.success
    var hearing: (any Link)?
    if !request.confirmations.isEmpty {
      if wasStopped {
        status = .negative
      } else {
        (status, hearing) = try confirmed(&announcements)
      }
    }
    guard announcements.contains(where: { $0.state != .finished }) else {
      // Before the links go out of use, which closes them.
      withExtendedLifetime((link, hearing)) { Background.leaveSockets() }
      return self.status(after: status)
    }
    // Also after a "no": the rounds that are to come may be what mends it.
    if request.course == .returnAfterFirstRound, try background.enter() == .parent {
      return self.status(after: status)
    }
    background.awaitCaller()
    hearing = nil
    let rest = try AnnounceWork(
      announcements, isStarted: true, on: link, hears: false, for: self, report
    ).finish(nil)
    return self.status(after: status == .success ? rest : status)
  }

  /// The first round of the addresses that are ready, as far as its pace lets it go at once.
  private func firstRound(
    of announcement: AddressAnnouncement, waits: Bool, on link: any Link
  ) throws(CommandFailure) -> AddressAnnouncement {
    var announcement = announcement
    let tag = request.link.tag
    try FirstRound.send(&announcement, on: link, tag: tag, report)
    guard waits else { return announcement }
    let ready = standing.ready
    let neighbors = try AnnouncementPlan.neighbors(request, of: ready, at: place)
    let pace = AnnouncementPlan.pace(request, frames: ready.count * neighbors.count)
    try FirstRound.add(neighbors, pace: pace, to: &announcement, on: link, tag: tag, report)
    return announcement
  }

  /// Waits for the proof; `announcements` go on meanwhile and are handed back where they are then. So is
  /// the link that heard it: closing takes the kernel 15 ms, for which no caller should wait.
  private func confirmed(
    _ announcements: inout [AddressAnnouncement]
  ) throws(CommandFailure) -> (ExitStatus, (any Link)?) {
    // Without those that duplicate address detection has refused meanwhile.
    let announced =
      standing.tentative.isEmpty
      ? standing.ready
      : standing.announced.filter { address in announcements.contains { $0.announces(address) } }
    guard let confirmation = try ConfirmationPlan(self, of: announced) else {
      return (.success, nil)
    }
    for obstacle in confirmation.obstacles { report.tell(obstacle) }
    guard !confirmation.isEmpty else { return (.success, nil) }
    let machine = try confirmation.machine()
    let link = try place.openHearing(
      place.neighborProtocols(withEchoes: machine.echoIdentifier), for: request.hardwareAddress)
    let work = try AnnounceWork(
      announcements, isStarted: true, on: link, hears: true, for: self, report)
    let controls = try confirmation.echoControls()
    report.uncontrolledHosts = try confirmation.uncontrolledHosts(controls)
    let status = try work.confirm(machine, controls)
    announcements = work.announcements
    return (status, link)
  }
}
