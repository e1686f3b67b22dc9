import LinkLayer
import Links
import Machines

/// What `--confirm` is to prove: for each address, the host that must answer to this place.
struct ConfirmationPlan {
  private let place: LinkPlace
  private let pairs: [(address: IPAddress, host: IPAddress)]
  private let sender: HardwareAddress?
  private let linkLocalSource: IPv6Address?
  private let deadline: Duration
  private let pace: FramePace
  private let identity: LinkIdentity

  /// The question, the echo request and the search for another owner.
  private static let framesOfTry = 3

  init(
    _ target: AnnounceRequest.Confirmation, run: AnnounceRun
  ) throws(CommandFailure) {
    place = run.place
    sender = run.request.hardwareAddress
    identity = try run.place.identityOfHost()
    deadline = Duration(seconds: run.request.deadline)
    pace = AnnouncementPlan.pace(
      run.request, frames: run.addresses.count * Self.framesOfTry)
    linkLocalSource = try run.place.linkLocalAddress
    if linkLocalSource == nil, run.addresses.contains(where: \.isIPv6) {
      throw CommandFailure(
        .unavailable,
        "--confirm: \(run.place.properties.name) has no link-local address to ask for another "
          + "owner from")
    }
    pairs = try run.addresses.map { address throws(CommandFailure) in
      let host = try Self.host(target, for: address, run.place)
      let hostTarget = NeighborTarget(address: host)
      guard AnnouncementConfirmation.Subject(address: address, host: hostTarget) != nil else {
        throw CommandFailure(
          .usage, "--confirm=\(host): expected another host of the family of \(address)")
      }
      return (address, host)
    }
  }

  /// The machine that proves it. Looks at the kernel's neighbour table: call it when the first round
  /// has left.
  func machine() throws(CommandFailure) -> AnnouncementConfirmation {
    var options = AnnouncementConfirmation.Options()
    options.timeLimit = deadline
    options.pace = pace
    // The kernel's table and addresses are of the network without the tag.
    let isUntagged = place.settings.tag == nil
    let known = isUntagged ? try place.neighbors() : []
    let announced = Set(pairs.map(\.address))
    let own = isUntagged ? try place.addresses.filter { !announced.contains($0.address) } : []
    var targets: [IPAddress: NeighborTarget] = [:]
    var controls: [IPAddress: IPAddress] = [:]
    for host in Set(pairs.map(\.host)) {
      targets[host] = known.first { $0.address == host }
      controls[host] = Self.control(for: host, among: own)
    }
    let subjects = pairs.compactMap { address, host in
      AnnouncementConfirmation.Subject(
        address: address, host: targets[host] ?? NeighborTarget(address: host),
        control: controls[host])
    }
    return AnnouncementConfirmation(
      subjects, identity: identity, sender: sender, linkLocalSource: linkLocalSource,
      options: options, random: place.random(0))
  }

  /// An address that `host` answers on this link: one of its network or, for IPv6, a link-local one.
  private static func control(for host: IPAddress, among own: [IPPrefix]) -> IPAddress? {
    let neighbor = own.first { $0.address != host && $0.contains(host) }
    if let neighbor { return neighbor.address }
    return own.first { $0.address.isIPv6 && $0.address.isLinkLocal && host.isIPv6 }?.address
  }

  private static func host(
    _ target: AnnounceRequest.Confirmation, for address: IPAddress, _ place: LinkPlace
  ) throws(CommandFailure) -> IPAddress {
    switch target {
    case .host(let host): return host
    case .gateway:
      guard place.settings.tag == nil else {
        throw CommandFailure(
          .usage, "--confirm with --vlan: expected --confirm=HOST, a host of that VLAN")
      }
      let gateway = try place.gateways().first { $0.address.isIPv6 == address.isIPv6 }
      guard let gateway else {
        throw CommandFailure(
          .unavailable,
          "no default gateway for \(address) on \(place.properties.name): name one that must "
            + "answer with --confirm=HOST")
      }
      return gateway.address
    }
  }
}
