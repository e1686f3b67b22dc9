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
    /// How fast packets are passed on, over all stations, in the long run.
    public var pace = FramePace.framesPerSecond(200)
    /// For how long a rest is made up for at once: whoever wakes a hall of machines sends for all of
    /// them in a second.
    public var catchUp: Duration = .seconds(5)
    /// How many stations are remembered; packets for more are not passed on until some are forgotten.
    public var stationLimit = 4096

    /// Five packets of a station without a pause; a thousand at once, and 200 a second.
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
  private var isStarted = false
  private var stations: [MACAddress: Memory] = [:]
  /// When the stations that are quiet may be forgotten next: not with every packet.
  private var nextSweep = Instant.origin

  /// Creates a relay of the host whose interfaces, all of them, have `ownAddresses`.
  public init(ownAddresses: Set<HardwareAddress>, options: Options = Options()) {
    self.ownAddresses = ownAddresses
    self.options = options
    meter = PaceMeter(options.pace, catchUp: options.catchUp)
  }

  /// Judges a packet that is heard at `now`, and counts it.
  public mutating func judge(_ sighting: MagicPacketSighting, at now: Instant) -> Verdict {
    guard !ownAddresses.contains(sighting.source) else { return .own }
    if case .udp(let datagram) = sighting.carrier, datagram.hopLimit <= 1 { return .hopLimit }
    let station = sighting.packet.target
    guard var memory = stations[station] ?? place(at: now) else { return .tooMany }
    if now - memory.lastHeard >= options.quietTime { memory.passed = 0 }
    memory.lastHeard = now
    let verdict = judge(memory, at: now)
    if verdict == .passed { memory.passed += 1 }
    // Who was never passed on is not remembered: a flood of stations takes no room.
    if memory.passed > 0 { stations[station] = memory }
    return verdict
  }

  private mutating func judge(_ memory: Memory, at now: Instant) -> Verdict {
    guard memory.passed < options.burst else { return .repeated }
    if !isStarted {
      isStarted = true
      meter = PaceMeter(options.pace, at: now - options.catchUp, catchUp: options.catchUp)
    }
    guard meter.allowance(at: now) > 0 else { return .tooMany }
    meter.spend(1, at: now)
    return .passed
  }

  /// Room for one more station; nil when there is none.
  private mutating func place(at now: Instant) -> Memory? {
    if stations.count >= options.stationLimit, now >= nextSweep {
      stations = stations.filter { now - $0.value.lastHeard < options.quietTime }
      nextSweep = now + options.quietTime / 4
    }
    return stations.count < options.stationLimit ? Memory(lastHeard: now, passed: 0) : nil
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
