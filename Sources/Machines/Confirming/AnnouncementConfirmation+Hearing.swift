public import LinkLayer
public import MonotonicTime

/// What is heard: answers, echoes, claims.
extension AnnouncementConfirmation {
  mutating func hear(_ frame: LinkFrame, at now: Instant) -> Actions {
    if let packet = frame.arpPacket(on: frames.identity) { return hear(packet, in: frame, at: now) }
    if let packet = frame.ndpPacket { return hear(packet, in: frame, at: now) }
    guard let reply = mark.reply(in: frame) else { return [] }
    return hear(reply, in: frame, at: now)
  }

  private mutating func hear(
    _ packet: ARPPacket, in frame: LinkFrame, at now: Instant
  ) -> Actions {
    let sender = IPAddress.v4(packet.senderProtocolAddress)
    if isTwin(packet, in: frame) { return claim(sender, by: frames.sender, at: now) }
    guard !frames.identity.owns(packet.senderHardwareAddress) else { return [] }
    if contests[sender] != nil { return claim(sender, by: packet.senderHardwareAddress, at: now) }
    guard packet.operation == .reply, packet.targetHardwareAddress == frames.sender else {
      return []
    }
    let question = Question.arp(
      host: packet.senderProtocolAddress, address: packet.targetProtocolAddress)
    return answer(question, by: packet.senderHardwareAddress, in: frame, at: now)
  }

  private mutating func hear(
    _ packet: NDPPacket, in frame: LinkFrame, at now: Instant
  ) -> Actions {
    if let advertisement = packet.advertisement {
      let target = IPAddress.v6(advertisement.targetAddress)
      let owner = advertisement.targetLinkLayerAddress ?? frame.source
      if contests[target] != nil {
        guard !frames.identity.owns(owner) || isTwin(packet, owner, in: frame) else { return [] }
        return claim(target, by: owner, at: now)
      }
      guard advertisement.isSolicited else { return [] }
      let question = Question.ndp(
        host: advertisement.targetAddress, address: packet.destination)
      return answer(question, by: owner, in: frame, at: now)
    }
    guard let solicitation = packet.solicitation else { return [] }
    let source = IPAddress.v6(packet.source)
    let owner = solicitation.sourceLinkLayerAddress ?? frame.source
    guard contests[source] != nil, !frames.identity.owns(owner) else { return [] }
    return claim(source, by: owner, at: now)
  }

  // MARK: Answers

  private mutating func answer(
    _ question: Question, by owner: HardwareAddress, in frame: LinkFrame, at now: Instant
  ) -> Actions {
    guard frame.isAddressed(to: frames.sender), !frames.identity.owns(frame.source),
      !frames.identity.owns(owner), let index = casesByQuestion[question],
      cases[index].standing == .unanswered, cases[index].tries > 0,
      // A frame is stamped before it is shown: this one answered a question put earlier by others.
      now >= cases[index].firstTry
    else { return [] }
    let address = cases[index].subject.address
    let host = cases[index].subject.host.address
    if let quiet = quietFrom(address), cases[index].lastTry < quiet { return [] }
    let isEchoUnderWay =
      hosts[host]?.station == owner && cases[index].echoes.lastSent == cases[index].lastTry
    hosts[host]?.station = owner
    cases[index].standing = .answered
    cases[index].answerer = owner
    cases[index].answeredAt = now
    searchOwners(of: address, at: now)
    cases[index].retry = options.firstRetry
    var actions: Actions = []
    guard proof(of: index, at: now) == nil else {
      settle(index, at: now, &actions)
      return actions
    }
    if isEchoUnderWay {
      appoint(index, at: nextTry(index, at: now))
    } else if meter.allowance(at: now) > 0 {
      _ = askForEcho(index, at: now, &actions)
    } else {
      appoint(index, at: now)
    }
    return actions
  }

  private mutating func hear(
    _ reply: EchoReply, in frame: LinkFrame, at now: Instant
  ) -> Actions {
    guard !frames.identity.owns(frame.source), let host = hosts[reply.source],
      // One that another station has forwarded came by a detour: the host's table points at that
      // station, perhaps the former owner. (A gateway with a virtual address may well send from
      // another hardware address than it answers with.)
      frame.source == host.station || reply.isUnforwarded
    else { return [] }
    if reply.destination == host.control, frame.isAddressed(to: ownFrames.sender) {
      guard hosts[reply.source]?.controlEchoes.takeReply(reply.number, at: now) == true else {
        return []
      }
      hosts[reply.source]?.answersEcho = true
      return []
    }
    guard let question = Question(host: reply.source, address: reply.destination),
      let index = casesByQuestion[question], frame.isAddressed(to: frames.sender),
      cases[index].echoes.takeReply(reply.number, at: now)
    else { return [] }
    hosts[reply.source]?.answersEcho = true
    var actions: Actions = []
    settle(index, at: now, &actions)
    return actions
  }

  /// Notes that `host` answers echo requests, as was found out beside this link: by the host's own stack,
  /// from another of its addresses. From now on it counts for more that none comes to those announced.
  public mutating func noteEcho(from host: IPAddress, at now: Instant) -> Actions {
    hosts[host]?.answersEcho = true
    return []
  }

  // MARK: Claims

  /// Whether `packet` answers this host's question for other owners with the very hardware address
  /// that is announced: another master of a virtual one. The question came from the interface's own
  /// address, which nobody else answers to, so that this is no echo of what was sent here. (Where it is
  /// the interface's own address that is announced, switches let no such answer through.)
  private func isTwin(_ packet: ARPPacket, in frame: LinkFrame) -> Bool {
    packet.operation == .reply && packet.senderHardwareAddress == frames.sender
      && frames.sender != ownFrames.sender && packet.targetHardwareAddress == ownFrames.sender
      && packet.targetProtocolAddress.isUnspecified && frame.isAddressed(to: ownFrames.sender)
      && contests[.v4(packet.senderProtocolAddress)] != nil
  }

  /// The same of a solicited advertisement.
  private func isTwin(_ packet: NDPPacket, _ owner: HardwareAddress, in frame: LinkFrame) -> Bool {
    packet.advertisement?.isSolicited == true && owner == frames.sender
      && frames.sender != ownFrames.sender && packet.destination == linkLocalSource
      && frame.isAddressed(to: ownFrames.sender)
  }

  private mutating func claim(
    _ address: IPAddress, by owner: HardwareAddress, at now: Instant
  ) -> Actions {
    contests[address]?.lastClaim = now
    contests[address]?.claimant = owner
    for index in contests[address]?.cases ?? [] {
      guard startOver(index) else { continue }
      appoint(index, at: nextTry(index, at: now))
    }
    return [.report(.stillOwned(address, by: owner))]
  }
}
