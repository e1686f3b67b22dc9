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
  let addresses: [IPAddress]
  private let report: AnnounceReport

  init(_ request: AnnounceRequest) throws(CommandFailure) {
    self.request = request
    place = try LinkPlace(
      request.link, for: request.addresses,
      carrierWait: request.carrierWait.map { Duration(seconds: $0) } ?? .zero)
    try place.requireStation(request.hardwareAddress, "--mac")
    addresses = try request.announcedAddresses(at: place)
    report = AnnounceReport(request.link, interface: place.properties.name)
  }

  /// Does it, and says whether the answer is yes.
  func run() throws(CommandFailure) -> ExitStatus {
    let confirmation = try request.confirmation.map { target throws(CommandFailure) in
      try ConfirmationPlan(target, run: self)
    }
    let plan = try AnnouncementPlan(request, addresses: addresses, at: place)
    let announcement = AddressAnnouncement(plan, identity: place.identity)
    // A reader of the output that went away must not end the rounds that are to come.
    signal(SIGPIPE, SIG_IGN)
    // For good: who ends a process may say so twice.
    HeldSignals.hold()
    if place.isReplay || request.link.recordPath != nil {
      return try announceRecorded(announcement, confirmation)
    }
    // Before the fork: what fails here must fail before the caller's eyes.
    let link = try place.openSending()
    var background = Background(pidfilePath: request.pidfilePath)
    if request.course == .background, try background.enter() == .parent { return .success }
    if request.course == .foreground { try background.writePidfile() }
    defer { background.removePidfile() }
    return try announce(announcement, confirmation, on: link, &background)
  }

  /// A recording shows the answers too, and only the process that stays can finish it.
  private func announceRecorded(
    _ announcement: AddressAnnouncement, _ confirmation: ConfirmationPlan?
  ) throws(CommandFailure) -> ExitStatus {
    var background = Background(pidfilePath: request.pidfilePath)
    let proving = try confirmation?.machine()
    let filter =
      proving.map { place.neighborProtocols(withEchoes: $0.echoIdentifier) }
      ?? place.neighborProtocols
    let link = try place.openHearing(filter, for: request.hardwareAddress)
    try background.writePidfile()
    defer { background.removePidfile() }
    let status = try AnnounceWork(
      announcement, isStarted: false, on: link, hears: true, for: self, report
    ).finish(proving)
    try place.close(link)
    return status
  }

  private func announce(
    _ announcement: AddressAnnouncement, _ confirmation: ConfirmationPlan?, on link: any Link,
    _ background: inout Background
  ) throws(CommandFailure) -> ExitStatus {
    var announcement = announcement
    try FirstRound.send(&announcement, on: link, tag: request.link.tag, report)
    if AnnouncementPlan.readsNeighborsLater(request, addresses: addresses, at: place) {
      let neighbors = try AnnouncementPlan.neighbors(request, count: addresses.count, place)
      let actions = announcement.add(neighbors, at: .monotonicNow)
      try FirstRound.carryOut(actions, on: link, tag: request.link.tag, report)
    }
    var wasStopped = false
    if announcement.isInFirstRound {
      let work = try AnnounceWork(
        announcement, isStarted: true, on: link, hears: false, for: self, report)
      try work.finishFirstRound()
      announcement = work.announcement
      wasStopped = work.wasStopped
    }
    guard announcement.roundsFinished > 0 else {
      report.tellUnfinishedFirstRound()
      return .negative
    }
    var status = ExitStatus.success
    var hearing: (any Link)?
    if let confirmation {
      if wasStopped {
        status = .negative
      } else {
        (status, hearing) = try confirmed(&announcement, confirmation)
      }
    }
    guard announcement.state != .finished else {
      // Before the links go out of use, which closes them.
      withExtendedLifetime((link, hearing)) { Background.leaveSockets() }
      return status
    }
    // Also after a "no": the rounds that are to come may be what mends it.
    if request.course == .returnAfterFirstRound, try background.enter() == .parent {
      return status
    }
    background.awaitCaller()
    hearing = nil
    let rest = try AnnounceWork(
      announcement, isStarted: true, on: link, hears: false, for: self, report
    ).finish(nil)
    return status == .success ? rest : status
  }

  /// Waits for the proof; `announcement` goes on meanwhile and is handed back where it is then. So is
  /// the link that heard it: closing takes the kernel 15 ms, for which no caller should wait.
  private func confirmed(
    _ announcement: inout AddressAnnouncement, _ confirmation: ConfirmationPlan
  ) throws(CommandFailure) -> (ExitStatus, any Link) {
    let machine = try confirmation.machine()
    let link = try place.openHearing(
      place.neighborProtocols(withEchoes: machine.echoIdentifier), for: request.hardwareAddress)
    let work = try AnnounceWork(
      announcement, isStarted: true, on: link, hears: true, for: self, report)
    let controls = try confirmation.echoControls()
    report.uncontrolledHosts = try confirmation.uncontrolledHosts(controls)
    let status = try work.confirm(machine, controls)
    announcement = work.announcement
    return (status, link)
  }
}
