internal import IPMI
internal import MonotonicTime

// The serial line between the machine and the session that has it.

extension SimulatedBMC {
  /// Takes what the machine printed.
  mutating func serialInput(_ bytes: [UInt8], now: Instant) {
    serial.print(bytes)
    sendSerial(answers: false, at: now)
  }

  /// Takes a packet of the console that has the line; others are passed over.
  mutating func receiveSerial(_ payload: [UInt8], in session: Session, at now: Instant) {
    guard serial.owner == session.identifier else { return }
    do throws(IPMIError) {
      let packet = try SerialPacket(parsing: payload.messageBytes)
      let (characters, wantsAnswer) = serial.receive(packet)
      switch configuration.serialLine {
      case .none: break
      case .echo: serial.print(characters)
      case .external:
        if !characters.isEmpty { actions.append(.serialOutput(characters)) }
      }
      sendSerial(answers: wantsAnswer, at: now)
    } catch {
      // Shorter than its header: as if it had been lost.
    }
  }

  /// Sends packets again whose time has come.
  mutating func advanceSerial(to now: Instant) {
    guard let owner = serial.owner, serial.deadline != nil else { return }
    if let packet = serial.repeated(solConfiguration, at: now) {
      send(packet, to: owner)
    } else {
      sendSerial(answers: false, at: now)
    }
  }

  /// Tells the console that has the line that somebody takes it away.
  mutating func announceDeactivation(to owner: UInt32) {
    var packet = SerialPacket(sequence: 0)
    packet.operation = .lineGivenAway
    send(packet, to: owner)
  }

  /// Takes the line from a session that is over.
  mutating func releaseSerial(of identifier: UInt32) {
    guard serial.owner == identifier else { return }
    serial.deactivate()
    report(.serialLine(isTaken: false))
  }

  private mutating func sendSerial(answers: Bool, at now: Instant) {
    guard let owner = serial.owner,
      let packet = serial.next(answers: answers, solConfiguration, at: now)
    else { return }
    send(packet, to: owner)
  }

  private mutating func send(_ packet: SerialPacket, to owner: UInt32) {
    guard var session = sessions[owner] else { return }
    let datagram = sealed(packet.bytes, as: .serialOverLAN, in: &session)
    sessions[owner] = session
    send(datagram, to: session.peer)
  }
}
