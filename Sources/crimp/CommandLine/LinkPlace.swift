import EventLoop
import LinkLayer
import Links
import Machines

/// Where a command speaks: on an interface of the kernel, or against a recording in its place.
struct LinkPlace {
  let settings: LinkSettings
  let properties: LinkProperties
  /// What the kernel knows; nil against a recording, which stands for a host that is not here.
  let station: Station?

  /// What all that is random here follows from. A recording notes it, so that its replay sends the
  /// same frames.
  let seed: RecordedSeed
  private let replay: ReplayLink?
  /// What a recording tells, or is to tell; nil where the kernel is asked when it is needed.
  private let surroundings: Surroundings?

  /// Finds the place that `settings` name, or the interface that `addresses` belong to.
  ///
  /// Refuses an interface that is down, has no carrier or does not use ARP; a carrier is waited for,
  /// up to `carrierWait`.
  init(
    _ settings: LinkSettings, for addresses: [IPAddress], carrierWait: Duration = .zero
  ) throws(CommandFailure) {
    self.settings = settings
    guard let path = settings.replayPath else {
      let station = try Station.find(settings, for: addresses)
      try station.requireCarrier(within: carrierWait)
      self.station = station
      properties = LinkProperties(station.interface)
      replay = nil
      seed = RecordedSeed(value: .random(in: .min ... .max))
      surroundings = settings.recordPath == nil ? nil : try Surroundings(station)
      return
    }
    let bytes = try WholeFile.bytes(at: path)
    do throws(LinkError) {
      let link = try ReplayLink(capture: bytes.rawBytes, interface: settings.interface)
      station = nil
      replay = link
      seed = RecordedSeed(in: link.recording.comments) ?? RecordedSeed(value: 0)
      surroundings = Surroundings(comments: link.recording.comments)
      properties = link.properties
    } catch {
      throw CommandFailure(.noInput, "\(path): \(CommandFailure(error).message)")
    }
  }

  /// Who speaks.
  var identity: LinkIdentity {
    station?.identity
      ?? LinkIdentity(
        hardwareType: properties.hardwareType, hardwareAddress: properties.hardwareAddress,
        broadcastAddress: properties.broadcastAddress)
  }

  /// Whether a recording takes the network's place, so that time need not pass.
  var isReplay: Bool { replay != nil }

  /// ARP and Neighbor Discovery, in the VLAN that is spoken in.
  var neighborProtocols: SocketFilter {
    .addressResolution(
      tag: settings.tag.map { .identifier($0.identifier) } ?? .untagged,
      framing: properties.framing)
  }

  /// The same, and the replies to echo requests of this identifier.
  func neighborProtocols(withEchoes identifier: UInt16) -> SocketFilter {
    .accepting(
      .arp, .neighborDiscovery, .icmpEchoReply(identifier: identifier),
      .icmpv6EchoReply(identifier: identifier),
      tag: settings.tag.map { .identifier($0.identifier) } ?? .untagged,
      framing: properties.framing)
  }

  /// Who speaks, with the addresses of all interfaces of the host: a frame of its own that comes
  /// back by another of them is no other host (RFC 5227, section 2.1.1).
  func identityOfHost() throws(CommandFailure) -> LinkIdentity {
    var identity = identity
    identity.ownAddresses = try told(\.ownAddresses, otherwise: []) {
      station throws(CommandFailure) in
      try station.ownHardwareAddresses()
    }
    return identity
  }

  /// Refuses a sender address that no station of this link can have, by the name of its argument.
  func requireStation(_ address: HardwareAddress?, _ argument: String) throws(CommandFailure) {
    guard let address else { return }
    let length = properties.hardwareAddress.count
    guard address.count == length, !identity.isGroup(address),
      address.bytes.contains(where: { $0 != 0 })
    else {
      throw CommandFailure(
        .usage, "\(argument) \(address): expected the address of one station, \(length) bytes")
    }
  }

  /// Gives up every capability, once the links are open. A recording still needs the right to name
  /// its file, and a replay has none to give up.
  func dropPrivileges() throws(CommandFailure) {
    guard settings.recordPath == nil, station != nil else { return }
    try worded { () throws(SystemError) in try Privileges.dropAll() }
  }

  /// A loop whose clock is right for the place.
  func makeLoop() throws(CommandFailure) -> EventLoop {
    do throws(SystemError) {
      return try EventLoop(clock: isReplay ? .virtual : .monotonic)
    } catch {
      throw CommandFailure(error)
    }
  }

  /// A link that only sends: it costs no receive hook, which takes the kernel 10 ms to place.
  ///
  /// A recorded or replayed link hears as well.
  func openSending() throws(CommandFailure) -> any Link {
    if replay != nil || settings.recordPath != nil {
      return try openHearing(neighborProtocols)
    }
    do throws(LinkError) {
      return try PacketSocketLink(properties, .sendOnly)
    } catch {
      throw CommandFailure(error)
    }
  }

  /// A link that hears what `filter` takes, of what is for this host and for `address`: a virtual
  /// MAC that the interface does not know.
  func openHearing(
    _ filter: SocketFilter, for address: HardwareAddress? = nil,
    options: PacketSocketLink.Options = PacketSocketLink.Options()
  ) throws(CommandFailure) -> any Link {
    if let replay { return try recording(replay) }
    let link = try worded { () throws(LinkError) in
      let link = try PacketSocketLink(properties, .sendAndReceive(filter), options: options)
      if let address { try link.join(address) }
      return link
    }
    return try recording(link)
  }

  /// `link`, with what goes through it written down, if that is asked for.
  private func recording(_ link: any Link) throws(CommandFailure) -> any Link {
    guard let path = settings.recordPath else { return link }
    let comments = [seed.comment] + RecordedCommand.comments() + (surroundings?.comments ?? [])
    let addresses = try addresses
    do throws(LinkError) {
      return try RecordingLink(
        wrapping: link, path: path, application: "crimp \(CrimpVersion.text)",
        addresses: addresses, comments: comments)
    } catch {
      throw failure(error)
    }
  }

  /// The words for an error of the link, which does not know the name of the recording.
  private func failure(_ error: LinkError) -> CommandFailure {
    let failure = CommandFailure(error)
    guard case .recording = error, let path = settings.recordPath else { return failure }
    return CommandFailure(failure.status, "--record \(path): \(failure.message)")
  }

  /// The interface's own addresses that may be spoken from.
  var addresses: [IPPrefix] {
    get throws(CommandFailure) {
      guard let station else { return replay?.recording.addresses ?? [] }
      return try station.hostAddresses.compactMap { entry in
        guard entry.interfaceIndex == station.interface.index, !entry.isTentative else {
          return nil
        }
        return IPPrefix(address: entry.address, length: entry.prefixLength)
      }
    }
  }

  /// The interface's link-local IPv6 address.
  var linkLocalAddress: IPv6Address? {
    get throws(CommandFailure) {
      for prefix in try addresses {
        if case .v6(let address) = prefix.address, address.isLinkLocal { return address }
      }
      return nil
    }
  }

  /// Closes `link`; a recording gets its name only now, and a replay tells how it went.
  ///
  /// - Returns: `status`, or in place of a success that the replay went another way than the recording.
  func close(_ link: any Link, after status: ExitStatus) throws(CommandFailure) -> ExitStatus {
    let isTheSame = !tellDifferences()
    do throws(LinkError) {
      try link.close()
    } catch {
      throw failure(error)
    }
    return status == .success && !isTheSame ? .negative : status
  }
}

extension LinkPlace {
  /// Against a recording of crimp's own, the same command sends the same frames: where it does not,
  /// one of the two commands was another, or crimp has changed. Says whether there are differences.
  private func tellDifferences() -> Bool {
    guard let replay, RecordedSeed(in: replay.recording.comments) != nil,
      case let differences = replay.differences.filter({ !$0.isTimeAlone }),
      let first = differences.first
    else { return false }
    StandardStream.error.writeLine(
      "crimp: \(differences.count) of the frames sent differ from the recording, "
        + "the first of them frame \(first.index + 1)")
    return true
  }
}

extension LinkPlace {
  /// Calls `body` when a recording is over that is played in the network's place: what would else go
  /// on without end, ends then.
  func whenReplayEnds(_ body: @escaping () -> Void) {
    replay?.whenEnded(body)
  }

  /// Refuses a recording in which frames were sent to a command that sends none: what follows them would
  /// be waited for without end.
  func requireSilentRecording() throws(CommandFailure) {
    guard let replay, replay.recordedSendCount > 0, let path = settings.replayPath else { return }
    throw CommandFailure(
      .noInput,
      "\(path): frames were sent in this recording, and here none are: --read takes any capture")
  }

  /// The default gateways by way of the interface, the preferred first.
  func gateways() throws(CommandFailure) -> [NeighborTarget] {
    try told(\.gateways, otherwise: []) { station throws(CommandFailure) in try station.gateways() }
  }

  /// The neighbours that the kernel has an address for.
  func neighbors() throws(CommandFailure) -> [NeighborTarget] {
    try told(\.neighbors, otherwise: []) { station throws(CommandFailure) in
      try station.neighbors()
    }
  }

  /// The networks of the interface; none when they are not known.
  func networks() throws(CommandFailure) -> [IPPrefix] {
    try told(\.networks, otherwise: []) { station throws(CommandFailure) in
      try station.networks()
    }
  }

  /// Whether the interface forwards IPv6.
  func forwardsIPv6() throws(CommandFailure) -> Bool {
    try told(\.forwardsIPv6, otherwise: false) { station throws(CommandFailure) in
      try station.forwardsIPv6()
    }
  }

  /// What a recording tells, else what the kernel knows.
  private func told<Value>(
    _ fact: KeyPath<Surroundings, Value>, otherwise nothing: Value,
    _ ask: (Station) throws(CommandFailure) -> Value
  ) throws(CommandFailure) -> Value {
    if let surroundings { return surroundings[keyPath: fact] }
    guard let station else { return nothing }
    return try ask(station)
  }
}

extension ReplayDifference {
  /// Whether both are the same echo request: it carries the time at which it left, and a replay has
  /// its own.
  fileprivate var isTimeAlone: Bool {
    guard let recorded, let sent, let then = Self.echo(recorded), let now = Self.echo(sent) else {
      return false
    }
    return then == now
  }

  private static func echo(_ bytes: [UInt8]) -> [UInt16]? {
    guard let frame = try? LinkFrame(parsing: bytes.rawBytes, framing: .ethernet),
      case .icmp(let packet) = frame.payload,
      case .echoRequest(let identifier, let number, _) = packet.message
    else { return nil }
    return [identifier, number]
  }
}

/// What a run's randomness follows from, as a recording notes it.
struct RecordedSeed: Equatable, Sendable {
  let value: UInt64
  private static let label = "crimp seed "

  init(value: UInt64) {
    self.value = value
  }

  /// The seed among the comments of a recording; nil when it is not one of crimp's.
  init?(in comments: [String]) {
    let values = comments.filter { $0.hasPrefix(Self.label) }
      .compactMap { UInt64($0.dropFirst(Self.label.count)) }
    guard let value = values.first else { return nil }
    self.value = value
  }

  var comment: String { Self.label + String(value) }
}

/// The version that crimp tells.
enum CrimpVersion {
  static let text = "0.1.0"
}
