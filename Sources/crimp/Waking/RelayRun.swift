import Drivers
import EventLoop
import Glibc
import LinkLayer
import Links
import Machines
import MonotonicTime

/// What `crimp wake --relay` was asked for.
struct RelayRequest: Sendable {
  var link = LinkSettings()
  /// The interface that is heard.
  var from: String
  /// The interfaces on which what was heard is passed on.
  var to: [String]
  var ports = ListenRequest.customaryPorts
  /// Packets a second at most; nil leaves the machine's own bound.
  var rate: Int?
}

/// Carries out `crimp wake --relay`: passes magic packets on, until it is told to end.
final class RelayRun {
  /// An interface on which packets are passed on.
  private struct Exit {
    let link: any Link
    let port: RelayPort
  }

  private let source: LinkPlace
  private let entrance: any Link
  private let exits: [Exit]
  private var relay: MagicPacketRelay
  private let report: SightingReport

  init(_ request: RelayRequest) throws(CommandFailure) {
    if let namespace = request.link.namespace { try Station.enter(namespace) }
    let places = try ([request.from] + request.to).map { name throws(CommandFailure) in
      try LinkPlace(LinkSettings(interface: name), for: [])
    }
    source = places[0]
    exits = try places.dropFirst().map { place throws(CommandFailure) in
      Exit(link: try place.openSending(), port: try Self.port(place))
    }
    entrance = try source.openHearing(
      MagicPacketListener.filter(ports: request.ports, framing: source.properties.framing))
    var options = MagicPacketRelay.Options()
    if let rate = request.rate { options.pace = .framesPerSecond(Double(rate)) }
    relay = MagicPacketRelay(
      ownAddresses: try source.identityOfHost().ownAddresses, options: options)
    report = SightingReport(request.link)
  }

  private static func port(_ place: LinkPlace) throws(CommandFailure) -> RelayPort {
    let addresses = try place.addresses.compactMap { prefix in
      if case .v4(let address) = prefix.address { address } else { nil }
    }
    return RelayPort(
      identity: place.identity, address: addresses.first,
      linkLocalAddress: try place.linkLocalAddress)
  }

  func run() throws(CommandFailure) -> ExitStatus {
    let loop = try source.makeLoop()
    let end = Completion<LinkError?>(on: loop)
    let name = source.properties.name
    let listener = try worded { () throws(LinkError) in
      try MagicPacketListener(entrance, on: loop) { [unowned self] sighting, _ in
        pass(sighting, at: loop.now)
      } onFailure: { [report] error in
        if case .interfaceDown = error { return report.tell(error) }
        end.fulfil(error)
      }
    }
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGINT, SIGTERM, SIGPIPE]) { _ in end.fulfil(nil) }
    }
    defer { signals.cancel() }
    try source.dropPrivileges()
    report.begin(relayingFrom: name, to: exits.map(\.link.properties.name))
    let failure = withExtendedLifetime(listener) {
      loop.run { await end.valueThroughCancellation }
    }
    report.tellRelayed()
    if let failure { throw CommandFailure(failure) }
    return .success
  }

  private func pass(_ sighting: MagicPacketSighting, at now: Instant) {
    let verdict = relay.judge(sighting, at: now)
    report.tell(verdict, sighting, on: source.properties.name)
    guard verdict == .passed else { return }
    for exit in exits {
      let frame = exit.port.frame(passingOn: sighting)
      do throws(LinkError) {
        try exit.link.send(
          frame.bytes(framing: exit.link.properties.framing, padding: .ethernetMinimum))
      } catch {
        // One network that is down keeps nothing from the others.
        report.tell(error)
      }
    }
  }
}
