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
  /// Why nothing can prove an address's move.
  struct Obstacle {
    enum Reason: String {
      case noHost = "no-host"
      case noGateway = "no-gateway"
      case noLinkLocal = "no-link-local"
      case ownHost = "own-host"
    }

    let address: IPAddress
    /// The host that was named, where that is the obstacle.
    var host: IPAddress?
    let reason: Reason
    let words: String
  }

  /// Which addresses cannot be proven.
  let obstacles: [Obstacle]
  private let place: LinkPlace
  private let pairs: [(address: IPAddress, host: IPAddress)]
  private let sender: HardwareAddress?
  private let linkLocalSource: IPv6Address?
  private let deadline: Duration
  private let pace: FramePace
  private let identity: LinkIdentity

  /// The question, the echo request and the search for another owner.
  private static let framesOfTry = 3

  /// Nil when no proof was asked for. Asks the kernel: not on the way of the first frame.
  init?(_ run: AnnounceRun, of addresses: [IPAddress]) throws(CommandFailure) {
    guard !run.request.confirmations.isEmpty else { return nil }
    place = run.place
    sender = run.request.hardwareAddress
    identity = try run.place.identityOfHost()
    deadline = Duration(seconds: run.request.deadline ?? 10)
    linkLocalSource = try run.place.linkLocalAddress
    let hosts = try KnownHosts(run, hasLinkLocal: linkLocalSource != nil)
    var pairs: [(address: IPAddress, host: IPAddress)] = []
    var obstacles: [Obstacle] = []
    for address in addresses {
      do throws(Obstacle.Failure) {
        pairs.append((address, try hosts.host(for: address)))
      } catch {
        obstacles.append(error.obstacle)
      }
    }
    self.pairs = pairs
    self.obstacles = obstacles
    pace = AnnouncementPlan.pace(run.request, frames: pairs.count * Self.framesOfTry)
  }

  /// Whether there is anything to prove.
  var isEmpty: Bool { pairs.isEmpty }

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
}

extension ConfirmationPlan.Obstacle {
  fileprivate struct Failure: Error {
    let obstacle: ConfirmationPlan.Obstacle
  }
}

/// Who may be asked, by family.
private struct KnownHosts {
  private let request: AnnounceRequest
  private let interface: String
  private let gateways: [NeighborTarget]
  private let own: Set<IPAddress>
  private let hasLinkLocal: Bool

  init(_ run: AnnounceRun, hasLinkLocal: Bool) throws(CommandFailure) {
    request = run.request
    interface = run.place.properties.name
    gateways = run.request.confirmations.contains(.gateway) ? try run.place.gateways() : []
    own = Set(try run.place.station?.hostAddresses.map(\.address) ?? [])
    self.hasLinkLocal = hasLinkLocal
  }

  /// The host that must answer for `address`.
  func host(for address: IPAddress) throws(ConfirmationPlan.Obstacle.Failure) -> IPAddress {
    if address.isIPv6, !hasLinkLocal {
      throw obstacle(
        address, .noLinkLocal,
        "\(interface) has no link-local address to ask for another owner from")
    }
    let family = address.isIPv6 ? "IPv6" : "IPv4"
    switch request.confirmation(for: address) {
    case nil:
      throw obstacle(
        address, .noHost, "name an \(family) host that must answer, by another --confirm=HOST")
    case .gateway:
      guard let gateway = gateways.first(where: { $0.address.isIPv6 == address.isIPv6 }) else {
        throw obstacle(
          address, .noGateway,
          "no \(family) default gateway on \(interface): name a host that must answer with "
            + "--confirm=HOST")
      }
      guard !own.contains(gateway.address), gateway.address != address else {
        throw obstacle(address, .ownHost, "\(gateway.address) is this host itself", gateway.address)
      }
      return gateway.address
    case .host(let host):
      guard !own.contains(host), host != address else {
        throw obstacle(
          address, .ownHost, "--confirm=\(host) is this host itself: expected another", host)
      }
      return host
    }
  }

  private func obstacle(
    _ address: IPAddress, _ reason: ConfirmationPlan.Obstacle.Reason, _ words: String,
    _ host: IPAddress? = nil
  ) -> ConfirmationPlan.Obstacle.Failure {
    ConfirmationPlan.Obstacle.Failure(
      obstacle: ConfirmationPlan.Obstacle(
        address: address, host: host, reason: reason, words: words))
  }
}
