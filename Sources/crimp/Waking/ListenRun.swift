import Drivers
import EventLoop
import Glibc
import LinkLayer
import Links

/// What `crimp wake --listen` was asked for.
struct ListenRequest: Sendable {
  /// The ports by which magic packets come: 9 and 7 by custom, 0 from some senders.
  static let customaryPorts: [UInt16] = [0, 7, 9]

  var link = LinkSettings()
  var ports = customaryPorts
  /// After how many packets to end; nil for never.
  var count: Int?
}

/// Carries out `crimp wake --listen`: tells of each magic packet that is heard.
struct ListenRun {
  private let request: ListenRequest
  private let report: SightingReport

  init(_ request: ListenRequest) {
    self.request = request
    report = SightingReport(request.link)
  }

  func run() throws(CommandFailure) -> ExitStatus {
    guard request.link.replayPath == nil else { return try decode() }
    let place = try request.link.interface.map { _ throws(CommandFailure) in
      try LinkPlace(request.link, for: [])
    }
    let links: [any Link]
    if let place {
      links = [try place.openHearing(filter(place.properties.framing))]
    } else {
      links = try openAll()
    }
    let loop = try worded { () throws(SystemError) in try EventLoop() }
    try hear(links, on: loop, dropping: place)
    var status = ExitStatus.success
    if let place { for link in links { status = try place.close(link, after: status) } }
    return status
  }

  private func hear(
    _ links: [any Link], on loop: EventLoop, dropping place: LinkPlace?
  ) throws(CommandFailure) {
    let end = Completion<LinkError?>(on: loop)
    var heard = 0
    var listeners: [MagicPacketListener] = []
    for link in links {
      let listener = try worded { () throws(LinkError) in
        try MagicPacketListener(link, on: loop) { sighting, _ in
          guard !end.isFulfilled else { return }
          report.tell(sighting, on: link.properties.name)
          heard += 1
          if let count = request.count, heard >= count { end.fulfil(nil) }
        } onFailure: { error in
          // An interface that goes down comes up again; the others are heard meanwhile.
          if case .interfaceDown = error { return report.tell(error) }
          end.fulfil(error)
        }
      }
      listeners.append(listener)
    }
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGINT, SIGTERM, SIGPIPE]) { _ in end.fulfil(nil) }
    }
    defer { signals.cancel() }
    if let place {
      try place.dropPrivileges()
    } else {
      try worded { () throws(SystemError) in try Privileges.dropAll() }
    }
    let failure = withExtendedLifetime(listeners) {
      loop.run { await end.valueThroughCancellation }
    }
    if let failure { throw CommandFailure(failure) }
  }

  private func filter(_ framing: LinkFraming) -> SocketFilter {
    MagicPacketListener.filter(
      ports: request.ports, tag: request.link.tag.map { .identifier($0.identifier) } ?? .any,
      framing: framing)
  }

  /// Every interface that has neighbours and is up.
  private func openAll() throws(CommandFailure) -> [any Link] {
    if let namespace = request.link.namespace { try Station.enter(namespace) }
    let interfaces = try worded { () throws(NetlinkError) in try KernelTables().interfaces() }
      .filter { $0.isUp && !$0.isLoopback && $0.usesNeighborDiscovery }
    var links: [any Link] = []
    for interface in interfaces {
      let properties = LinkProperties(interface)
      var options = PacketSocketLink.Options()
      options.checksCarrier = false
      do throws(LinkError) {
        links.append(
          try PacketSocketLink(
            properties, .sendAndReceive(filter(properties.framing)), options: options))
      } catch {
        if case .unsupportedHardware = error { continue }
        throw CommandFailure(error)
      }
    }
    guard !links.isEmpty else {
      throw CommandFailure(.unavailable, "no interface is up: `crimp links` lists what there is")
    }
    return links
  }

  /// Tells of the magic packets in a capture, whoever made it.
  private func decode() throws(CommandFailure) -> ExitStatus {
    let path = request.link.replayPath ?? ""
    let bytes = try WholeFile.bytes(at: path)
    let recording: Recording
    do throws(LinkError) {
      recording = try Recording(reading: bytes.rawBytes, interface: request.link.interface)
    } catch {
      throw CommandFailure(.noInput, "\(path): \(CommandFailure(error).message)")
    }
    let filter = filter(recording.properties.framing)
    var heard = 0
    for frame in recording.frames where !frame.isSent && filter.accepts(frame.bytes.rawBytes) {
      guard
        let sighting = MagicPacketSighting(
          in: frame.bytes.rawBytes, framing: recording.properties.framing)
      else { continue }
      report.tell(sighting, on: recording.properties.name)
      heard += 1
      if heard == request.count { break }
    }
    return .success
  }
}
