public import LinkLayer
public import MonotonicTime

/// Duplicate address detection: RFC 4862, section 5.4, with the nonces of RFC 7527.
///
/// After a random delay it joins the solicited-node group by an MLDv2 report (without which a switch
/// that snoops keeps the solicitations of others away), then asks with Neighbor Solicitations from
/// `::`. Any advertisement of the address is a conflict, and so is a solicitation from `::` that is
/// not this host's own. A solicitation from a real address is address resolution by a neighbour, and
/// says nothing.
///
/// One's own solicitation that comes back, known by its nonce, is no conflict: the link is looped
/// back, or repeats. RFC 7527, section 4.1, then asks for MAX_MULTICAST_SOLICIT more; they are
/// granted once, so that a loop that stays cannot hold the machine for ever.
///
/// RFC 4862 knows no second attempt on the same address; so there is none here.
public struct DuplicateAddressDetection: Machine {
  /// MAX_MULTICAST_SOLICIT, RFC 4861, section 10: the solicitations added after a loopback.
  public static let maximumMulticastSolicit = 3

  /// The times and counts, by the RFC's names.
  public struct Timing: Hashable, Sendable {
    /// DupAddrDetectTransmits: how many solicitations are sent. RFC 4862, section 5.1.
    public var transmits: Int
    /// RetransTimer: the time from one solicitation to the next, and after the last.
    public var retransTimer: Duration
    /// MAX_RTR_SOLICITATION_DELAY: the longest random delay before the first frame.
    public var maximumDelay: Duration

    /// Creates a timing.
    public init(
      transmits: Int = 1, retransTimer: Duration = .seconds(1), maximumDelay: Duration = .seconds(1)
    ) {
      self.transmits = transmits
      self.retransTimer = retransTimer
      self.maximumDelay = maximumDelay
    }

    /// The RFC's defaults: one solicitation, a second, and up to a second of delay before.
    public static let rfc4862 = Timing()

    /// One solicitation, with delay and wait scaled alike so that the longest run takes `longest`.
    public static func scaled(_ longest: Duration) -> Timing {
      let half = max(longest, .zero) / 2
      return Timing(transmits: 1, retransTimer: half, maximumDelay: half)
    }
  }

  /// Where the detection stands; `tentative` is the RFC's word for an address under test.
  public enum State: Hashable, Sendable {
    /// Not started.
    case initial
    /// In the random delay.
    case delaying
    /// Solicitations are out.
    case tentative
    /// Done.
    case finished
  }

  /// What happened on the way.
  public enum Report: Hashable, Sendable {
    /// The solicited-node group was joined.
    case joined(IPv6Address)
    /// The solicitation of this number, from 1, was sent.
    case solicitationSent(Int)
    /// An own solicitation came back.
    case loopedBack
    /// Another host has or wants the address.
    case conflict(AddressConflict)
  }

  /// How it ended.
  public enum Outcome: Hashable, Sendable {
    /// Nobody objected: the address may be used from this instant.
    case free(at: Instant)
    /// Another host has or wants the address.
    case conflict(AddressConflict)
  }

  /// The address under test.
  public let address: IPv6Address
  /// Where the detection stands.
  public private(set) var state = State.initial
  /// The next solicitation, or the end of the wait after the last.
  public private(set) var deadline: Instant?

  private let frames: OwnerFrames
  private let timing: Timing
  private let linkLocalSource: IPv6Address
  private let usesNonce: Bool
  private var random: MachineRandom
  private var nonces: [[UInt8]] = []
  private var solicitationsSent = 0
  private var solicitationsAllowed: Int
  private var wasLoopedBack = false

  /// Creates a detection for `address`.
  ///
  /// - Parameters:
  ///   - identity: who asks.
  ///   - timing: the RFC's times, or scaled ones.
  ///   - linkLocalSource: where the MLDv2 report comes from; `::` when the interface has no
  ///     link-local address yet (RFC 3810, section 5.2.13).
  ///   - usesNonce: whether solicitations carry a nonce. Without, one's own are known only by their
  ///     hardware address.
  ///   - random: the delay and the nonces.
  public init(
    address: IPv6Address, identity: LinkIdentity, timing: Timing = .rfc4862,
    linkLocalSource: IPv6Address = .unspecified, usesNonce: Bool = true, random: MachineRandom
  ) {
    self.address = address
    self.timing = timing
    self.linkLocalSource = linkLocalSource
    self.usesNonce = usesNonce
    self.random = random
    frames = OwnerFrames(identity: identity)
    solicitationsAllowed = max(1, timing.transmits)
  }

  /// Where advertisements and the solicitations of others are sent.
  public var multicastGroups: [IPv6Address] { [.allNodes, address.solicitedNodeMulticast] }

  /// Begins the random delay.
  public mutating func start(at now: Instant) -> Actions {
    guard state == .initial else { return [] }
    state = .delaying
    deadline = now + random.duration(from: .zero, to: timing.maximumDelay)
    return []
  }

  /// The tentative address.
  public var subject: IPAddress? { .v6(address) }

  /// Looks for an advertisement of the address, or another's detection.
  public mutating func receive(_ frame: LinkFrame, at now: Instant) -> Actions {
    guard state == .delaying || state == .tentative, let packet = frame.ndpPacket else { return [] }
    if let advertisement = packet.advertisement {
      return receive(advertisement, from: frame.source)
    }
    if let solicitation = packet.solicitation, packet.source.isUnspecified {
      return receive(solicitation, from: frame.source)
    }
    return []
  }

  /// Sends the next solicitation, or ends.
  public mutating func fire(at now: Instant) -> Actions {
    guard let due = deadline, due <= now else { return [] }
    guard solicitationsSent < solicitationsAllowed else {
      end()
      return [.finish(.free(at: now))]
    }
    guard state == .delaying else { return sendSolicitation(at: now) }
    state = .tentative
    return join() + sendSolicitation(at: now)
  }

  private mutating func receive(
    _ advertisement: NeighborAdvertisement, from source: HardwareAddress
  ) -> Actions {
    let owner = advertisement.targetLinkLayerAddress ?? source
    guard advertisement.targetAddress == address, !frames.identity.owns(owner) else { return [] }
    return conflict(with: owner, kind: .addressInUse)
  }

  private mutating func receive(
    _ solicitation: NeighborSolicitation, from source: HardwareAddress
  ) -> Actions {
    guard solicitation.targetAddress == address else { return [] }
    if let nonce = solicitation.nonce, nonces.contains(nonce) { return loopBack() }
    guard !frames.identity.owns(source) else { return [] }
    return conflict(with: source, kind: .simultaneousProbe)
  }

  private mutating func conflict(
    with owner: HardwareAddress, kind: AddressConflict.Kind
  ) -> Actions {
    end()
    let conflict = AddressConflict(address: .v6(address), owner: owner, kind: kind)
    return [.report(.conflict(conflict)), .finish(.conflict(conflict))]
  }

  private mutating func loopBack() -> Actions {
    guard !wasLoopedBack else { return [] }
    wasLoopedBack = true
    solicitationsAllowed =
      solicitationsSent + DuplicateAddressDetection.maximumMulticastSolicit
    return [.report(.loopedBack)]
  }

  private func join() -> Actions {
    let group = address.solicitedNodeMulticast
    let report = MulticastListenerReport(joining: [group])
    let frame = LinkFrame(
      destination: frames.identity.multicastAddress(for: .allMLDv2Routers), source: frames.sender,
      payload: .multicastListenerReport(source: linkLocalSource, report))
    return [.send(frame), .report(.joined(group))]
  }

  private mutating func sendSolicitation(at now: Instant) -> Actions {
    let nonce = usesNonce ? random.bytes(6) : []
    if usesNonce { nonces.append(nonce) }
    solicitationsSent += 1
    deadline = now + timing.retransTimer
    return [
      .send(frames.dadSolicitation(for: address, nonce: nonce)),
      .report(.solicitationSent(solicitationsSent)),
    ]
  }

  private mutating func end() {
    state = .finished
    deadline = nil
  }
}
