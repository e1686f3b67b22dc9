import LinkLayer

/// The frames of one address in one round, by number, each made when it is its turn: ten thousand
/// addresses with a hundred neighbours each are a million frames, of which none is kept.
struct AnnouncementFrames: Sendable {
  private let frames: OwnerFrames
  private let forms: AnnouncementForms
  private let delivery: DirectedDelivery
  private let isRouter: Bool
  private var neighbors4: [(address: IPv4Address, station: HardwareAddress?)] = []
  private var neighbors6: [(address: IPv6Address, station: HardwareAddress?)] = []

  init(_ plan: AnnouncementPlan, identity: LinkIdentity) {
    frames = OwnerFrames(identity: identity, sender: plan.sender)
    forms = plan.forms
    delivery = plan.delivery
    isRouter = plan.isRouter
    add(plan.neighbors)
  }

  /// Adds neighbours, whose turns come after those that there are.
  mutating func add(_ neighbors: [NeighborTarget]) {
    guard forms.contains(.directedRequest) else { return }
    for neighbor in neighbors {
      switch neighbor.address {
      case .v4(let address): neighbors4.append((address, neighbor.hardwareAddress))
      case .v6(let address): neighbors6.append((address, neighbor.hardwareAddress))
      }
    }
  }

  /// How many turns an address has; some may have no frame.
  func turns(for address: IPAddress) -> Int {
    switch address {
    case .v4: 2 + neighbors4.count
    case .v6: 2 + neighbors6.count
    }
  }

  /// The frame of a turn; nil when its form is switched off, or the neighbour is the address itself.
  func frame(for address: IPAddress, turn: Int, advertises: Bool) -> LinkFrame? {
    switch address {
    case .v4(let address): frame(for: address, turn: turn)
    case .v6(let address): frame(for: address, turn: turn, advertises: advertises)
    }
  }

  private func frame(for address: IPv4Address, turn: Int) -> LinkFrame? {
    switch turn {
    case 0:
      return forms.contains(.gratuitousRequest) ? frames.gratuitousRequest(for: address) : nil
    case 1:
      return forms.contains(.gratuitousReply) ? frames.gratuitousReply(for: address) : nil
    default:
      let neighbor = neighbors4[turn - 2]
      guard neighbor.address != address else { return nil }
      let station = delivery == .station && !address.isLinkLocal ? neighbor.station : nil
      return frames.arpRequest(for: neighbor.address, tell: address, destination: station)
    }
  }

  private func frame(for address: IPv6Address, turn: Int, advertises: Bool) -> LinkFrame? {
    switch turn {
    case 0:
      guard advertises, forms.contains(.neighborAdvertisement) else { return nil }
      return frames.unsolicitedAdvertisement(
        of: address, to: .allNodes, isRouter: isRouter, overrides: true)
    case 1:
      guard advertises, forms.contains(.newAddressAdvertisement) else { return nil }
      return frames.unsolicitedAdvertisement(
        of: address, to: .allRouters, isRouter: isRouter, overrides: false)
    default:
      let neighbor = neighbors6[turn - 2]
      guard neighbor.address != address else { return nil }
      return frames.neighborSolicitation(
        for: neighbor.address, tell: address,
        destination: delivery == .station ? neighbor.station : nil)
    }
  }
}
