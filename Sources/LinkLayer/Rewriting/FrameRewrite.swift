/// Changes addresses and tags of Ethernet frames and mends the checksums that they count in.
///
/// Hardware addresses change wherever a host speaks of them: in the Ethernet header, in ARP, in the options
/// of Neighbor Discovery. Internet addresses change in the headers of IPv4 and IPv6, in ARP, and in the
/// targets of Neighbor Discovery; not in what applications say, nor in the packet that an ICMP error quotes.
/// Frames may be cut, and may be anything: what is not there is not changed.
public struct FrameRewrite: Hashable, Sendable {
  /// What becomes of VLAN tags.
  public enum TagChange: Hashable, Sendable {
    /// They stay.
    case keep
    /// All are taken out.
    case remove
    /// The outer one is replaced; a frame without a tag gets this one.
    case set(VLANTag)
  }

  /// The sender of every frame.
  public var source: MACAddress?
  /// The destination of every frame for one station; those for groups keep theirs.
  public var destination: MACAddress?
  /// Stations and what they become.
  public var stations: [MACAddress: MACAddress] = [:]
  /// Networks and what they become; of those that hold an address, the first counts.
  public var networks: [AddressTranslation] = []
  /// VLAN tags.
  public var tag = TagChange.keep
  /// Whether the checksums of IPv4, TCP, UDP and ICMP are worked out anew in every whole packet: those of
  /// a frame that was captured where it was sent are often left to the adapter.
  public var makesChecksums = false

  /// Changes nothing.
  public init() {}

  /// Whether nothing is changed.
  public var isIdentity: Bool { self == FrameRewrite() }

  /// Changes `frame`.
  public func apply(to frame: inout [UInt8]) {
    guard let (type, start) = Self.payload(of: frame) else { return }
    let old = (destination: frame.station(0), source: frame.station(6))
    let stations = self.stations(from: old)
    frame.store(stations.new(old.destination).rawValue, bytes: 6, at: 0)
    frame.store((source ?? stations.new(old.source)).rawValue, bytes: 6, at: 6)
    var packet = PacketRewrite(stations: stations, networks: networks)
    switch type {
    case .arp: packet.rewriteARP(&frame, at: start)
    case .ipv4: packet.rewriteIPv4(&frame, at: start)
    case .ipv6: packet.rewriteIPv6(&frame, at: start)
    default: break
    }
    if makesChecksums { PacketChecksums.make(in: &frame, type: type, at: start) }
    changeTag(&frame)
  }

  /// What each station that the frame speaks of becomes: who is replaced in the header is replaced in what
  /// the packet says too.
  private func stations(
    from old: (destination: MACAddress, source: MACAddress)
  ) -> StationTranslation {
    var translation = StationTranslation(stations: stations)
    if let source { translation.replacedSource = (old.source, source) }
    if let destination, !old.destination.isMulticast {
      translation.replacedDestination = (old.destination, destination)
    }
    return translation
  }

  /// What the frame carries, and where that begins.
  private static func payload(of frame: [UInt8]) -> (EtherType, Int)? {
    guard frame.count >= 14 else { return nil }
    // A length that promises more than there is: only the addresses are sure.
    guard let view = try? EthernetFrameView(frame.rawBytes) else {
      return (EtherType(rawValue: 0), frame.count)
    }
    return (view.etherType, view.headerByteCount)
  }

  private func changeTag(_ frame: inout [UInt8]) {
    let place = 12
    func hasTag() -> Bool {
      frame.count >= place + 6 && EtherType(rawValue: frame.number16(place)).isTag
    }
    switch tag {
    case .keep: break
    case .remove:
      while hasTag() { frame.removeSubrange(place..<(place + VLANTag.byteCount)) }
    case .set(let tag):
      if !hasTag() { frame.insert(contentsOf: [0, 0, 0, 0], at: place) }
      frame.store(tag.tpid.rawValue, at: place)
      frame.store(tag.tci, at: place + 2)
    }
  }
}

/// What stations become.
struct StationTranslation {
  let stations: [MACAddress: MACAddress]
  /// The frame's own sender and destination, where these are set.
  var replacedSource: (old: MACAddress, new: MACAddress)?
  var replacedDestination: (old: MACAddress, new: MACAddress)?

  init(stations: [MACAddress: MACAddress]) {
    self.stations = stations
  }

  func new(_ station: MACAddress) -> MACAddress {
    if let replacedSource, replacedSource.old == station { return replacedSource.new }
    if let replacedDestination, replacedDestination.old == station {
      return replacedDestination.new
    }
    return stations[station] ?? station
  }
}
