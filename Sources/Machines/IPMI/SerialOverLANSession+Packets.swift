internal import IPMI
public import MonotonicTime

extension SerialOverLANSession {
  /// Takes a payload of type ``PayloadType/serialOverLAN`` that came in the session.
  public mutating func receive(_ payload: [UInt8], at now: Instant) -> [Action] {
    guard state == .active else { return [] }
    let packet: SerialOverLANPacket
    do throws(IPMIError) {
      packet = try SerialOverLANPacket(parsing: payload.messageBytes)
    } catch {
      return []
    }
    lastTraffic = now
    takeAcknowledgement(packet, at: now)
    var actions = takeStatus(packet.status)
    if packet.sequenceNumber != 0 {
      let characters = news(in: packet)
      if !characters.isEmpty { actions.append(.output(characters)) }
    }
    if packet.status.contains(.deactivated) {
      return actions + detach(.deactivated, at: now)
    }
    return actions + sendTyped(at: now, acknowledging: packet.sequenceNumber == 0 ? nil : packet)
  }

  /// What a packet has that was not shown: a repeated one may have grown.
  private mutating func news(in packet: SerialOverLANPacket) -> [UInt8] {
    guard packet.sequenceNumber != lastReceived.sequenceNumber else {
      let shown = lastReceived.characters.count
      if packet.characters.count > shown { lastReceived = packet }
      return Array(packet.characters.dropFirst(shown))
    }
    // One is on its way at a time: the last but one, again, was overtaken and is old.
    if packet.sequenceNumber == formerlyReceived.sequenceNumber,
      packet.characters.starts(with: formerlyReceived.characters)
    {
      return []
    }
    (formerlyReceived, lastReceived) = (lastReceived, packet)
    return packet.characters
  }

  private mutating func takeAcknowledgement(_ packet: SerialOverLANPacket, at now: Instant) {
    guard let flight = outstanding, packet.acknowledgedNumber == flight.packet.sequenceNumber else {
      return
    }
    outstanding = nil
    let accepted = min(Int(packet.acceptedCount), flight.packet.characters.count)
    let rest = flight.packet.characters.dropFirst(accepted)
    guard !rest.isEmpty else { return }
    typed.insert(contentsOf: rest, at: 0)
    // A controller that took nothing is full: at once, it would take nothing again.
    if accepted == 0 || packet.status.contains(.refusal) {
      pauseEnd = now + options.retransmission.first
    }
  }

  private mutating func takeStatus(_ status: SerialOverLANPacket.Status) -> [Action] {
    var actions: [Action] = []
    if status.contains(.breakDetected) { actions.append(.report(.breakDetected)) }
    if status.contains(.overrun) { actions.append(.report(.overrun)) }
    if status.contains(.unavailable) == isAvailable {
      isAvailable.toggle()
      actions.append(.report(.isAvailable(isAvailable)))
    }
    return actions
  }

  /// Sends what was typed when nothing is on its way, and the acknowledgement with it or alone.
  mutating func sendTyped(
    at now: Instant, acknowledging received: SerialOverLANPacket?
  ) -> [Action] {
    guard state == .active else { return [] }
    var packet = SerialOverLANPacket(sequenceNumber: 0)
    if let received {
      packet.acknowledgedNumber = received.sequenceNumber
      packet.acceptedCount = UInt8(clamping: received.characters.count)
    }
    packet.flags = lines.wanted.rawValue
    let hasNews = !typed.isEmpty || !errands.isEmpty || lines.wanted != lines.told
    let mayType = outstanding == nil && pauseEnd == nil && hasNews
    guard mayType || received != nil else { return [] }
    lastTraffic = now
    guard mayType else { return [.send(packet.bytes)] }
    number = number % 15 + 1
    packet.sequenceNumber = number
    packet.characters = Array(typed.prefix(packetLimit))
    packet.flags = lines.wanted.union(errands).rawValue
    typed.removeFirst(packet.characters.count)
    errands = []
    lines.told = lines.wanted
    var clock = ResendClock(options.retransmission)
    clock.sent(at: now)
    let bytes = packet.bytes
    // Repeated, it acknowledges nothing: that was said.
    packet.acknowledgedNumber = 0
    packet.acceptedCount = 0
    outstanding = Outstanding(packet: packet, clock: clock)
    return [.send(bytes)]
  }
}
