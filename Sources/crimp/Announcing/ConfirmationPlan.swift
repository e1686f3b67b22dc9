import LinkLayer
import Links
import Machines

/// What `--confirm` is to prove: for each address, the host that must answer to this place.
struct ConfirmationPlan {
  private let subjects: [AnnouncementConfirmation.Subject]
  private let sender: HardwareAddress?
  private let linkLocalSource: IPv6Address?
  private let deadline: Duration
  private let pace: FramePace
  private let identity: LinkIdentity

  init(
    _ target: AnnounceRequest.Confirmation, run: AnnounceRun
  ) throws(CommandFailure) {
    sender = run.request.hardwareAddress
    identity = try run.place.identityOfHost()
    deadline = Duration(seconds: run.request.deadline)
    pace = run.request.rate.map { .framesPerSecond(Double($0)) } ?? .unlimited
    linkLocalSource = run.place.linkLocalAddress
    if linkLocalSource == nil, run.addresses.contains(where: \.isIPv6) {
      throw CommandFailure(
        .unavailable,
        "--confirm: \(run.place.properties.name) has no link-local address to ask for another "
          + "owner from")
    }
    var subjects: [AnnouncementConfirmation.Subject] = []
    for address in run.addresses {
      let host = try Self.host(target, for: address, run.place)
      guard let subject = AnnouncementConfirmation.Subject(address: address, host: host) else {
        throw CommandFailure(
          .usage, "--confirm=\(host.address): expected another host of the family of \(address)")
      }
      subjects.append(subject)
    }
    self.subjects = subjects
  }

  /// The machine that proves it.
  var machine: AnnouncementConfirmation {
    var options = AnnouncementConfirmation.Options()
    options.timeLimit = deadline
    options.pace = pace
    return AnnouncementConfirmation(
      subjects, identity: identity, sender: sender, linkLocalSource: linkLocalSource,
      options: options)
  }

  private static func host(
    _ target: AnnounceRequest.Confirmation, for address: IPAddress, _ place: LinkPlace
  ) throws(CommandFailure) -> NeighborTarget {
    switch target {
    case .host(let host): return NeighborTarget(address: host)
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
      return gateway
    }
  }
}
