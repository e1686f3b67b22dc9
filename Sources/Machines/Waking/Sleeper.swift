public import LinkLayer

/// A station that is to be woken, and how it is known to have woken.
public struct Sleeper: Hashable, Sendable {
  /// What proves that the station is awake.
  ///
  /// A network card that answers ARP and Neighbor Discovery for a host that sleeps ("protocol
  /// offload") proves too much: only `elsewhere`, by way of TCP, is above that.
  public enum Proof: Hashable, Sendable {
    /// ARP and Neighbor Discovery that the station sends of its own accord, as it does when its
    /// network comes up; nothing is asked. Each of the other two on the link is satisfied by this
    /// too.
    case heard
    /// An answer to an ARP request for `address` that `source` asks; from 0.0.0.0 it is a probe.
    case arp(address: IPv4Address, source: IPv4Address)
    /// An answer to a Neighbor Solicitation for `address` that `source`, an address of this host,
    /// asks.
    case neighborDiscovery(address: IPv6Address, source: IPv6Address)
    /// An answer that whoever runs the machine asks for and hears: see `Waking.Report.asked`.
    case elsewhere
  }

  /// The station's own address.
  public var station: MACAddress
  /// What wakes it, on the link of the machine; empty when whoever runs the machine sends it
  /// elsewhere. A switch passes a frame to all on to every port: so a batch wakes one station.
  public var frames: [LinkFrame]
  /// What proves that it woke; only asked for with `WakingOptions.patience`.
  public var proof: Proof

  /// A station to wake by `frames`.
  public init(station: MACAddress, frames: [LinkFrame] = [], proof: Proof = .heard) {
    self.station = station
    self.frames = frames
    self.proof = proof
  }
}
