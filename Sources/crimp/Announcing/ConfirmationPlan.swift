import LinkLayer
import Links
import Machines

/// A host that is asked for an echo by the stack of this one, and the address that asks.
struct EchoControl: Hashable {
  let host: IPAddress
  let source: IPAddress
}

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
    // The kernel's table is of the network without the tag.
    let known = place.settings.tag == nil ? try place.neighbors() : []
    let own = try controlAddresses()
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

  /// Which hosts are to be asked for an echo by way of another interface: those in whose network this one
  /// has no address but the announced, and another one has. A virtual router's address stands alone on
  /// its macvlan, and a VLAN's addresses on the interface of that VLAN.
  ///
  /// Only addresses of the host's own network: one that lets no echo in from elsewhere is common.
  /// None where a recording is made or played, which holds what passes on this link alone.
  func echoControls() throws(CommandFailure) -> [EchoControl] {
    guard place.settings.recordPath == nil, let station = place.station else { return [] }
    let announced = Set(pairs.map(\.address))
    let isUntagged = place.settings.tag == nil
    let entries = try station.hostAddresses.filter { entry in
      !announced.contains(entry.address) && !entry.isTentative && !entry.isDADFailed
        && !entry.address.isLinkLocal
    }
    return Set(pairs.map(\.host)).compactMap { host in
      let near = entries.filter { entry in
        entry.address != host
          && IPPrefix(address: entry.address, length: entry.prefixLength)?.contains(host) == true
      }
      let own = station.interface.index
      // From the interface's own the control goes on the link itself.
      guard !(isUntagged && near.contains { $0.interfaceIndex == own }) else { return nil }
      return near.first { $0.interfaceIndex != own }.map {
        EchoControl(host: host, source: $0.address)
      }
    }
  }

  /// The hosts for which nothing tells a pinned entry from a host that answers no echo.
  func uncontrolledHosts(_ controls: [EchoControl]) throws(CommandFailure) -> Set<IPAddress> {
    let own = try controlAddresses()
    return Set(pairs.map(\.host)).filter { host in
      Self.control(for: host, among: own) == nil && !controls.contains { $0.host == host }
    }
  }

  /// The interface's addresses that are not announced. The kernel's are of the network without the tag.
  private func controlAddresses() throws(CommandFailure) -> [IPPrefix] {
    guard place.settings.tag == nil else { return [] }
    let announced = Set(pairs.map(\.address))
    return try place.addresses.filter { !announced.contains($0.address) }
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
