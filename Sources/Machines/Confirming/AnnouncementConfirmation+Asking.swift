import LinkLayer
import MonotonicTime

/// What a try sends.
extension AnnouncementConfirmation {
  /// Puts the question, with an echo request where the host's station is known, and asks for other
  /// owners unless that was done for the same address at the same instant. Returns how many frames
  /// went.
  mutating func ask(_ index: Int, at now: Instant, _ actions: inout Actions) -> Int {
    let subject = cases[index].subject
    let address = subject.address
    let isFirstOfAddress = contests[address]?.lastTry != now
    contests[address]?.lastTry = now
    cases[index].tries += 1
    if cases[index].tries == 1 { cases[index].firstTry = now }
    cases[index].lastTry = now
    if cases[index].tries > 1, isFirstOfAddress { actions.append(.report(.announceAgain(address))) }
    var asked = [question(subject)] + echoRequests(index, at: now)
    if isFirstOfAddress, let ownerQuestion = ownerQuestion(address) { asked.append(ownerQuestion) }
    actions += asked.map { .send($0) }
    actions.append(
      .report(
        .asked(address: address, host: subject.host.address, number: cases[index].tries)))
    meter.spend(asked.count, at: now)
    appoint(index, at: nextTry(index, at: now))
    return asked.count
  }

  /// Asks for an echo alone: the host has answered the question. Returns how many frames went.
  mutating func askForEcho(_ index: Int, at now: Instant, _ actions: inout Actions) -> Int {
    let asked = echoRequests(index, at: now)
    actions += asked.map { .send($0) }
    meter.spend(asked.count, at: now)
    appoint(index, at: nextTry(index, at: now))
    return asked.count
  }

  /// The delay doubles; but the first try that can count after a claim is not missed, nor the end of
  /// the wait for an echo.
  mutating func nextTry(_ index: Int, at now: Instant) -> Instant {
    let delay = max(cases[index].retry, .milliseconds(1))
    cases[index].retry = min(delay * 2, options.longestRetry)
    var next = now + delay
    if cases[index].standing == .answered, let end = echoWaitEnd(index), now < end {
      next = min(next, end)
    }
    guard let quiet = quietFrom(cases[index].subject.address), now < quiet else { return next }
    return min(next, quiet)
  }

  /// From when on a try counts; nil when no claim stands in the way.
  func quietFrom(_ address: IPAddress) -> Instant? {
    contests[address]?.lastClaim.map { $0 + options.quietAfterClaim }
  }

  // MARK: Other owners

  /// Asks for other owners again, now that the last try is answered: that this try's question brought
  /// no claim may be one lost frame.
  mutating func searchOwners(of address: IPAddress, at now: Instant) {
    guard let wait = options.ownerCheckWait, let lastTry = contests[address]?.lastTry,
      contests[address]?.search?.lastTry != lastTry, ownerQuestion(address) != nil
    else { return }
    let search = OwnerSearch(of: lastTry, within: wait, at: now)
    contests[address]?.search = search
    ownerQuestions.insert(address, due: search.nextQuestion)
  }

  /// Puts the owner question for `address` again, if that is due and still of use. Returns how many
  /// frames went.
  mutating func askForOwners(of address: IPAddress, at now: Instant, _ actions: inout Actions)
    -> Int
  {
    guard let contest = contests[address], var search = contest.search,
      search.questionsLeft > 0, search.nextQuestion <= now,
      contest.cases.contains(where: { cases[$0].standing == .answered }),
      let question = ownerQuestion(address)
    else { return 0 }
    search.ask(at: now)
    contests[address]?.search = search
    if search.questionsLeft > 0 { ownerQuestions.insert(address, due: search.nextQuestion) }
    actions.append(.send(question))
    meter.spend(1, at: now)
    return 1
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

  /// The echo request from the address and, until the host has answered any, that from the control.
  private mutating func echoRequests(_ index: Int, at now: Instant) -> [LinkFrame] {
    let subject = cases[index].subject
    let host = subject.host.address
    guard options.echoWait != nil, cases[index].echoes.answeredAt == nil,
      let station = hosts[host]?.station
    else { return [] }
    let isCounted = quietFrom(subject.address).map { $0 <= now } ?? true
    let number = cases[index].echoes.put(at: now, isCounted: isCounted)
    let request = mark.request(
      from: subject.address, at: frames.sender, to: host, at: station, number: number)
    return [request, controlRequest(to: host, at: station, now)].compactMap { $0 }
  }

  /// The same from another address: once for all cases of a host.
  private mutating func controlRequest(
    to host: IPAddress, at station: HardwareAddress, _ now: Instant
  ) -> LinkFrame? {
    guard var asked = hosts[host], let control = asked.control, !asked.answersEcho else {
      return nil
    }
    if let last = asked.controlEchoes.lastSent, now - last < options.firstRetry { return nil }
    let number = asked.controlEchoes.put(at: now, isCounted: true)
    hosts[host] = asked
    return mark.request(
      from: control, at: ownFrames.sender, to: host, at: station, number: number)
  }
}
