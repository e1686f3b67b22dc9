internal import IPMI
internal import MonotonicTime

/// The machine's serial line as one console sees it over LAN: one packet on its way at a time, sent
/// again until the console acknowledges it. IPMI 2.0, section 15.
struct SerialConsole: Sendable {
  /// How many characters a packet to the console has at most.
  static let outboundLimit = 200
  /// How many characters of a console's packet are taken.
  static let inboundLimit = 200
  /// How many characters wait for the console; what comes then is lost, as on a line without flow
  /// control.
  private static let waitingLimit = 64 * 1024

  private struct Sent: Sendable {
    var packet: SerialPacket
    var triesLeft: Int
    var due: Instant
  }

  /// The session that has the line; nil when nobody has it.
  private(set) var owner: UInt32?
  private var waiting: [UInt8] = []
  private var sent: Sent?
  private var isPaused = false
  private var lastSent: UInt8 = 0
  private var lastReceived: UInt8 = 0
  private var lastAcceptedCount: UInt8 = 0

  /// When a packet must be sent again; nil when none waits for its acknowledgement.
  var deadline: Instant? { sent?.due }

  /// Gives the line to a session.
  mutating func activate(for session: UInt32) {
    self = SerialConsole()
    owner = session
  }

  /// Takes the line back.
  mutating func deactivate() {
    self = SerialConsole()
  }

  /// Takes characters of the machine, for the console.
  mutating func print(_ characters: [UInt8]) {
    guard owner != nil else { return }
    waiting += characters.prefix(max(0, Self.waitingLimit - waiting.count))
  }

  /// Takes a console's packet.
  ///
  /// - Returns: its characters, none when it came before, and whether it wants an acknowledgement.
  mutating func receive(_ packet: SerialPacket) -> (characters: [UInt8], wantsAnswer: Bool) {
    isPaused = packet.operation.contains(.pause)
    if packet.operation.contains(.flushOutbound) { waiting = [] }
    acknowledge(packet)
    guard packet.sequence != 0 else { return ([], false) }
    guard packet.sequence != lastReceived else { return ([], true) }
    // One is on its way at a time: the last but one was overtaken, and acknowledged long ago.
    guard SerialPacket.following(packet.sequence) != lastReceived else { return ([], false) }
    let taken = packet.characters.prefix(Self.inboundLimit)
    lastReceived = packet.sequence
    lastAcceptedCount = UInt8(taken.count)
    return (Array(taken), true)
  }

  private mutating func acknowledge(_ packet: SerialPacket) {
    guard let sent, packet.acknowledged == sent.packet.sequence else { return }
    self.sent = nil
    // What the console did not take goes out again, in a packet of its own.
    let taken = Int(packet.acceptedCount)
    if taken < sent.packet.characters.count {
      waiting.insert(contentsOf: sent.packet.characters.dropFirst(taken), at: 0)
    }
  }

  /// The next packet to the console, with the acknowledgement of its last one; nil when there is
  /// nothing to say, or when a packet is on its way.
  mutating func next(
    answers: Bool, _ configuration: SOLConfiguration, at now: Instant
  ) -> SerialPacket? {
    var packet = SerialPacket(sequence: 0)
    if answers {
      packet.acknowledged = lastReceived
      packet.acceptedCount = lastAcceptedCount
    }
    guard sent == nil, !waiting.isEmpty, !isPaused else { return answers ? packet : nil }
    lastSent = SerialPacket.following(lastSent)
    packet.sequence = lastSent
    packet.characters = Array(waiting.prefix(Self.outboundLimit))
    waiting.removeFirst(packet.characters.count)
    sent = Sent(
      packet: packet, triesLeft: configuration.retryCount, due: now + configuration.retryInterval)
    return packet
  }

  /// The packet that must be sent again at `now`; nil when none must, or when it was often enough.
  mutating func repeated(_ configuration: SOLConfiguration, at now: Instant) -> SerialPacket? {
    guard var sent, sent.due <= now else { return nil }
    guard sent.triesLeft > 0 else {
      // Nobody takes it: the characters are lost, and the line goes on.
      self.sent = nil
      return nil
    }
    sent.triesLeft -= 1
    sent.due = now + configuration.retryInterval
    self.sent = sent
    return sent.packet
  }
}
