public import MonotonicTime
public import Sockets

/// What one worker of a relay, or one relay of datagrams, says of itself at one moment.
public struct RelayServiceSnapshot: Sendable {
  /// One of its listeners.
  public struct Listener: Hashable, Sendable {
    /// Where it listens.
    public let address: SocketAddress
    /// How many connections it accepted.
    public let acceptedCount: UInt64
    /// How often it had to wait for descriptors.
    public let exhaustionCount: Int
    /// Whether it leaves connections in the kernel's queue now.
    public let isPaused: Bool
  }

  /// One of its connections.
  public struct Session: Hashable, Sendable {
    /// Who connected.
    public let peer: SocketAddress
    /// Whose connection it is.
    public let client: SocketAddress
    /// The name of the target; nil until one is chosen.
    public let target: String?
    /// When it was accepted.
    public let accepted: Instant
    /// What it moved.
    public let statistics: PumpStatistics
  }

  /// Where it listens.
  public let listeners: [Listener]
  /// Its connections, if they were asked for.
  public let sessions: [Session]
  /// How many connections it has.
  public let activeCount: Int
  /// How many connections it was given, refused ones included.
  public let acceptedCount: UInt64
  /// How many it refused.
  public let refusedCount: UInt64
  /// What all its connections moved.
  public let statistics: PumpStatistics
  /// Whether it takes no new connections.
  public let isDraining: Bool
  /// What a relay of datagrams counts besides; nil for one of streams.
  public let datagrams: DatagramRelayStatistics?

  init(_ service: RelayService, withSessions: Bool) {
    listeners = service.listeners.map { listener in
      Listener(
        address: listener.address, acceptedCount: listener.acceptedCount,
        exhaustionCount: listener.exhaustions, isPaused: listener.isPaused)
    }
    let active = withSessions ? service.activeSessions : []
    sessions = active.map { session in
      Session(
        peer: session.peer, client: session.client, target: session.upstream?.name,
        accepted: session.accepted, statistics: session.statistics)
    }
    activeCount = service.activeCount
    acceptedCount = service.acceptedCount
    refusedCount = service.refusedCount
    statistics = service.statistics
    isDraining = service.isDraining
    datagrams = nil
  }

  /// What a relay of datagrams says of itself, whose connections are its clients.
  public init(_ relay: DatagramRelay, withSessions: Bool) {
    let address = (try? relay.address).map { [SocketAddress.internet($0)] } ?? []
    listeners = address.map {
      Listener(
        address: $0, acceptedCount: relay.statistics.sessionCount,
        exhaustionCount: relay.statistics.exhaustionCount, isPaused: false)
    }
    sessions =
      !withSessions
      ? []
      : relay.clients.map { client in
        let peer = SocketAddress.internet(client.client)
        return Session(
          peer: peer, client: peer, target: client.upstream.name, accepted: client.began,
          statistics: client.statistics)
      }
    activeCount = relay.activeCount
    acceptedCount = relay.statistics.sessionCount
    refusedCount = relay.statistics.refusedCount
    var statistics = PumpStatistics()
    statistics.nearByteCount = relay.statistics.toTargets.byteCount
    statistics.farByteCount = relay.statistics.toClients.byteCount
    self.statistics = statistics
    isDraining = relay.isDraining
    datagrams = relay.statistics
  }
}
