public import LinkLayer
public import MonotonicTime

/// Says which of the magic packets that are heard on one network are passed on to another, and as
/// what frames.
///
/// Only a magic packet is passed on, and nothing of what carried it, so that a relay opens no door to
/// anything else. Nothing goes in circles: frames of this host are not passed on; a datagram loses one
/// hop on the way; and a packet for one station is passed on a few times, and then no more until it
/// has not been heard for a while. A circle over other relays, which is never quiet, so starves.
public struct MagicPacketRelay: Sendable {
  /// What bounds the relay.
  public struct Options: Hashable, Sendable {
    /// How many packets for one station are passed on without a pause between them: senders repeat
    /// themselves.
    public var burst = 5
    /// How long a station's packets must have been silent for the count to begin again.
    public var quietTime: Duration = .seconds(2)
    /// How fast packets are passed on, over all stations.
    public var pace = FramePace.framesPerSecond(50)
    /// How many stations are remembered; packets for more are not passed on until some are forgotten.
    public var stationLimit = 4096

    /// Five packets without a pause, and fifty a second.
    public init() {}
  }

  /// What becomes of a packet.
  public enum Verdict: Hashable, Sendable {
    /// It is passed on.
    case passed
    /// This host sent it.
    case own
    /// It has no hop left.
    case hopLimit
    /// It was passed on often enough: what repeats without a pause may go in a circle.
    case repeated
    /// More packets come than the pace allows, or for more stations than are remembered.
    case tooMany
  }

  private struct Memory: Hashable, Sendable {
    var lastHeard: Instant
    var passed: Int
  }

  private let options: Options
  private let ownAddresses: Set<HardwareAddress>
  private var meter: PaceMeter
  private var stations: [MACAddress: Memory] = [:]

  /// Creates a relay of the host whose interfaces, all of them, have `ownAddresses`.
  public init(ownAddresses: Set<HardwareAddress>, options: Options = Options()) {
    self.ownAddresses = ownAddresses
    self.options = options
    meter = PaceMeter(options.pace)
  }

  /// Judges a packet that is heard at `now`, and counts it.
  public mutating func judge(_ sighting: MagicPacketSighting, at now: Instant) -> Verdict {
    guard !ownAddresses.contains(sighting.source) else { return .own }
    if case .udp(let datagram) = sighting.carrier, datagram.hopLimit <= 1 { return .hopLimit }
    guard var memory = remember(sighting.packet.target, at: now) else { return .tooMany }
    memory.lastHeard = now
    defer { stations[sighting.packet.target] = memory }
    guard memory.passed < options.burst else { return .repeated }
    guard meter.allowance(at: now) > 0 else { return .tooMany }
    meter.spend(1, at: now)
    memory.passed += 1
    return .passed
  }

  private mutating func remember(_ station: MACAddress, at now: Instant) -> Memory? {
    let fresh = Memory(lastHeard: now, passed: 0)
    if let memory = stations[station] {
      return now - memory.lastHeard < options.quietTime ? memory : fresh
    }
    if stations.count >= options.stationLimit {
      stations = stations.filter { now - $0.value.lastHeard < options.quietTime }
    }
    return stations.count < options.stationLimit ? fresh : nil
  }
}

/// An interface on which magic packets are passed on.
public struct RelayPort: Hashable, Sendable {
  /// Who this host is on the link.
  public var identity: LinkIdentity
  /// Its address of IPv4 there.
  public var address: IPv4Address?
  /// Its link-local address of IPv6 there.
  public var linkLocalAddress: IPv6Address?

  /// An interface with these addresses.
  public init(
    identity: LinkIdentity, address: IPv4Address? = nil, linkLocalAddress: IPv6Address? = nil
  ) {
    self.identity = identity
    self.address = address
    self.linkLocalAddress = linkLocalAddress
  }

  /// The frame, to all stations of the link, that passes on what was seen: a datagram to the same port
  /// of all hosts where this host has an address of that version, else EtherType 0842h.
  public func frame(passingOn sighting: MagicPacketSighting) -> LinkFrame {
    guard case .udp(let heard) = sighting.carrier, let hosts = hosts(for: heard.hosts) else {
      return LinkFrame(
        destination: identity.broadcastAddress, source: identity.hardwareAddress,
        payload: .magicPacket(sighting.packet))
    }
    let packet = UDPPacket(
      hosts: hosts, sourcePort: heard.sourcePort, destinationPort: heard.destinationPort,
      hopLimit: heard.hopLimit &- 1, payload: sighting.packet.bytes)
    let isIPv6 = packet.etherType == .ipv6
    return LinkFrame(
      destination: isIPv6
        ? identity.multicastAddress(for: .allNodes) : identity.broadcastAddress,
      source: identity.hardwareAddress, payload: .other(packet.etherType, packet.bytes))
  }

  private func hosts(for heard: UDPPacket.Hosts) -> UDPPacket.Hosts? {
    switch heard {
    case .v4: address.map { .v4(source: $0, destination: .broadcast) }
    case .v6: linkLocalAddress.map { .v6(source: $0, destination: .allNodes) }
    }
  }
}
