public import LinkLayer
public import MonotonicTime

/// Round trips to a station of which only the hardware address is known: an ICMP echo request in a
/// frame to that address, to an IP destination that every host takes for its own. The form is that
/// of Thomas Habets' arping.
///
/// A host that ignores broadcast echoes (Linux by default, `icmp_echo_ignore_broadcasts`) does not
/// answer 255.255.255.255: give its own address as the destination then.
///
/// The payload is 16 bytes, the time of the request as a `timespec` in little-endian order, and 4
/// random ones that tell this run's answers from another's. The sequence number tells its requests
/// apart, so that a late answer is counted for its own request.
public struct EchoPing: Machine {
  /// What happened on the way.
  public typealias Report = PingReport
  /// The sums, at the end.
  public typealias Outcome = PingStatistics

  /// The station that is asked.
  public let target: HardwareAddress
  private let identity: LinkIdentity
  private let source: IPv4Address
  private let destination: IPv4Address
  private let options: PingOptions
  private let identifier: UInt16
  private let token: [UInt8]
  private var schedule: PingSchedule

  /// Creates a ping of `target`, from `source`, an address of this host.
  public init(
    target: HardwareAddress, source: IPv4Address, destination: IPv4Address = .broadcast,
    identity: LinkIdentity, options: PingOptions = PingOptions(), random: MachineRandom
  ) {
    var random = random
    self.target = target
    self.source = source
    self.destination = destination
    self.identity = identity
    self.options = options
    identifier = UInt16(truncatingIfNeeded: random.next())
    token = random.bytes(4)
    schedule = PingSchedule(options)
  }

  /// The next request, or the end of a wait.
  public var deadline: Instant? { schedule.deadline }

  /// The sums so far.
  public var statistics: PingStatistics { schedule.statistics }

  /// Sends the first request.
  public mutating func start(at now: Instant) -> Actions {
    schedule.start(at: now)
    return fire(at: now)
  }

  /// Sends what is due, counts what is lost, ends what is over.
  public mutating func fire(at now: Instant) -> Actions {
    var actions: Actions = []
    while let step = schedule.step(at: now) {
      switch step {
      case .send(let sequence):
        // One request an event: at the end of time the next would be due at once, for ever.
        return actions + [.send(request(sequence, at: now)), .report(.requestSent(sequence))]
      case .timeout(let sequence):
        actions.append(.report(.timeout(sequence)))
      case .finish:
        actions.append(.finish(schedule.statistics))
      }
    }
    return actions
  }

  /// Takes an echo reply of the target with this run's token.
  public mutating func receive(_ frame: LinkFrame, at now: Instant) -> Actions {
    guard schedule.state == .pinging, let request = requestAnswered(by: frame) else { return [] }
    let reports = schedule.answer(
      request, by: frame.source, isRequest: false,
      wasBroadcast: identity.isGroup(frame.destination), at: now)
    return reports.map { .report($0) } + fire(at: now)
  }

  /// Ends the ping now.
  public mutating func stop(at now: Instant) -> Actions {
    schedule.stop() ? [.finish(schedule.statistics)] : []
  }

  private func request(_ sequence: Int, at now: Instant) -> LinkFrame {
    let (seconds, nanoseconds) = now.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let message = ICMPMessage.echoRequest(
      identifier: identifier, sequenceNumber: UInt16(truncatingIfNeeded: sequence),
      payload: littleEndianBytes(seconds) + littleEndianBytes(nanoseconds) + token)
    let packet = ICMPPacket(
      source: source, destination: destination, timeToLive: 64, identification: identifier,
      flags: [], message: message)
    return LinkFrame(destination: target, source: identity.hardwareAddress, payload: .icmp(packet))
  }

  private func littleEndianBytes(_ value: Int64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> Int64(8 * $0)) }
  }

  private func requestAnswered(by frame: LinkFrame) -> PingSchedule.Request? {
    guard case .icmp(let packet) = frame.payload,
      case .echoReply(identifier, let number, let payload) = packet.message,
      payload.count == 16 + token.count, payload.suffix(token.count).elementsEqual(token),
      !identity.owns(frame.source),
      frame.source == target || identity.isGroup(target) || options.acceptsAnySender,
      frame.isAddressed(to: identity.hardwareAddress) || options.acceptsAnyDestination
    else { return nil }
    let newest = schedule.statistics.sent - 1
    let age = UInt16(truncatingIfNeeded: newest) &- number
    return schedule.request(newest - Int(age))
  }
}
