public import LinkLayer
public import MonotonicTime

/// Keeps watch over addresses in use: RFC 5227, section 2.4.
///
/// A conflict is any ARP packet that names an address as its sender, from a hardware address that is
/// none of this host's. What follows is the RFC's choice of three. A probe by another host is no
/// conflict: who holds the address answers it as ever.
///
/// IPv6 knows no defence: RFC 4862 has the owner answer solicitations as ever, which the kernel does,
/// and RFC 4861 has everyone believe the last advertisement that overrides. So for IPv6 no frame is
/// sent; an advertisement by another host is reported as a conflict, and counted by the same rules.
public struct AddressDefense: Machine {
  /// DEFEND_INTERVAL: the least time between two defences.
  public static let defendInterval: Duration = .seconds(10)

  /// What to do about a conflict, by the RFC's letters.
  public enum Policy: Hashable, Sendable {
    /// (a) Give the address up at once.
    case never
    /// (b) Defend it with one announcement; give it up at a second conflict within DEFEND_INTERVAL.
    case once
    /// (c) Defend it for ever, with at most one announcement in DEFEND_INTERVAL.
    case always
  }

  /// What happened on the way.
  public enum Report: Hashable, Sendable {
    /// Another host uses the address.
    case conflict(AddressConflict)
    /// The address was defended by an announcement.
    case defended(IPAddress)
    /// The address must not be used any more.
    case abandoned(AddressConflict)
  }

  /// How it ended.
  public enum Outcome: Hashable, Sendable {
    /// Every address was given up.
    case abandoned
    /// The watch was called off; these addresses are still held.
    case stopped(held: [IPAddress])
  }

  private enum State: Hashable, Sendable { case initial, watching, finished }

  private let policy: Policy
  private let frames: OwnerFrames
  /// The addresses still held, and when each was last defended.
  private var held: [IPAddress: Instant?]
  private var state = State.initial

  /// Creates a watch over `addresses`. `sender` is the hardware address that they are announced with
  /// when it is not the interface's.
  public init(
    addresses: [IPAddress], policy: Policy, identity: LinkIdentity, sender: HardwareAddress? = nil
  ) {
    self.policy = policy
    var identity = identity
    if let sender { identity.ownAddresses.insert(sender) }
    frames = OwnerFrames(identity: identity, sender: sender)
    held = Dictionary(addresses.map { ($0, nil) }, uniquingKeysWith: { first, _ in first })
  }

  /// Always nil: only another host's frame moves the watch.
  public var deadline: Instant? { nil }

  /// All nodes, to whom advertisements that override are sent.
  public var multicastGroups: [IPv6Address] { [.allNodes] }

  /// Begins the watch.
  public mutating func start(at now: Instant) -> Actions {
    guard state == .initial else { return [] }
    state = held.isEmpty ? .finished : .watching
    return held.isEmpty ? [.finish(.abandoned)] : []
  }

  /// Looks for another host that uses an address, and acts by the policy.
  public mutating func receive(_ frame: LinkFrame, at now: Instant) -> Actions {
    guard state == .watching, let conflict = conflict(in: frame),
      let lastDefense = held[conflict.address]
    else { return [] }
    let isRecent = lastDefense.map { now - $0 < AddressDefense.defendInterval } ?? false
    switch policy {
    case .never:
      return abandon(conflict)
    case .once:
      return isRecent ? abandon(conflict) : defend(against: conflict, at: now)
    case .always:
      return isRecent ? [.report(.conflict(conflict))] : defend(against: conflict, at: now)
    }
  }

  /// Nothing is ever due.
  public mutating func fire(at now: Instant) -> Actions { [] }

  /// Calls the watch off.
  public mutating func stop(at now: Instant) -> Actions {
    guard state == .watching else { return [] }
    state = .finished
    return [.finish(.stopped(held: held.keys.sorted()))]
  }

  private func conflict(in frame: LinkFrame) -> AddressConflict? {
    if let packet = frame.arpPacket(on: frames.identity) {
      return packet.ownershipConflict(over: packet.senderProtocolAddress, on: frames.identity)
    }
    guard let advertisement = frame.ndpPacket?.advertisement else { return nil }
    let owner = advertisement.targetLinkLayerAddress ?? frame.source
    guard !frames.identity.owns(owner) else { return nil }
    return AddressConflict(
      address: .v6(advertisement.targetAddress), owner: owner, kind: .addressInUse)
  }

  private mutating func defend(against conflict: AddressConflict, at now: Instant) -> Actions {
    held[conflict.address] = .some(now)
    guard case .v4(let address) = conflict.address else { return [.report(.conflict(conflict))] }
    return [
      .report(.conflict(conflict)), .send(frames.arpAnnouncement(of: address)),
      .report(.defended(conflict.address)),
    ]
  }

  private mutating func abandon(_ conflict: AddressConflict) -> Actions {
    held.removeValue(forKey: conflict.address)
    let actions: Actions = [.report(.conflict(conflict)), .report(.abandoned(conflict))]
    guard held.isEmpty else { return actions }
    state = .finished
    return actions + [.finish(.abandoned)]
  }
}
