public import LinkLayer

/// A neighbour that is told of an address by name.
public struct NeighborTarget: Hashable, Sendable {
  /// Its protocol address.
  public var address: IPAddress
  /// Its hardware address, when it is known.
  public var hardwareAddress: HardwareAddress?

  /// Creates a target.
  public init(address: IPAddress, hardwareAddress: HardwareAddress? = nil) {
    self.address = address
    self.hardwareAddress = hardwareAddress
  }
}

/// To whom a directed request goes on the link. Hosts learn from either.
public enum DirectedDelivery: Hashable, Sendable {
  /// To all (ARP) or to the solicited-node group (IPv6). Every switch of the link learns the port,
  /// every host that has an entry corrects it, and a neighbour table that is out of date, as after a
  /// failover of the gateway itself, cannot send it astray. The default.
  case group
  /// To the neighbour's hardware address when it is known, else as `group`. Disturbs nobody else,
  /// and teaches the switches on the way only. ARP for 169.254/16 goes to all even so: RFC 3927,
  /// section 2.5.
  case station
}

/// What is announced, to whom, how and when.
public struct AnnouncementPlan: Hashable, Sendable {
  /// The addresses, in the order in which they are announced.
  public var addresses: [IPAddress]
  /// The neighbours that get the directed request, each for all addresses of its family.
  public var neighbors: [NeighborTarget]
  /// The kinds of frame of a round.
  public var forms: AnnouncementForms
  /// To whom directed requests go.
  public var delivery: DirectedDelivery
  /// The hardware address that is announced, when it is not the interface's: a VRRP virtual MAC.
  /// Ethernet source, `ar$sha` and link-layer address option are this one alike.
  public var sender: HardwareAddress?
  /// The router flag of advertisements. It must tell the truth: hosts drop a default router that
  /// says it is none (RFC 4861, section 7.2.5).
  public var isRouter: Bool
  /// When the rounds go.
  public var schedule: AnnouncementSchedule
  /// How many rounds of a burst carry unsolicited advertisements; nil for all. The default is
  /// MAX_NEIGHBOR_ADVERTISEMENT, RFC 4861, section 10.
  public var advertisementLimit: Int?
  /// How fast frames may follow one another, over all addresses.
  public var pace: FramePace
  /// Whether neighbours are added later: the first round waits for them before it directs requests.
  public var neighborsFollow = false
  /// How long a round is held for want of a carrier before the announcement ends without it. A refresh
  /// waits for ever.
  public var carrierPatience: Duration = .seconds(30)

  /// Creates a plan; by default that of a failover.
  public init(
    addresses: [IPAddress], neighbors: [NeighborTarget] = [], forms: AnnouncementForms = .failover,
    delivery: DirectedDelivery = .group, sender: HardwareAddress? = nil, isRouter: Bool = false,
    schedule: AnnouncementSchedule = .standard, advertisementLimit: Int? = 3,
    pace: FramePace = .unlimited
  ) {
    self.addresses = addresses
    self.neighbors = neighbors
    self.forms = forms
    self.delivery = delivery
    self.sender = sender
    self.isRouter = isRouter
    self.schedule = schedule
    self.advertisementLimit = advertisementLimit
    self.pace = pace
  }
}
