public import Machines
public import Sockets
public import TLS

/// How a `RelayService` treats its clients and reaches its targets.
public struct RelayServiceOptions {
  /// That clients, which are relays themselves, tell whose connections they bring.
  public struct ProxyProtocolInput: Hashable, Sendable {
    /// Which relays are believed; nil for all. Others are refused: their header may lie, and without it
    /// they could not be told from it.
    public var trusted: AddressList?
    /// How long the header may take.
    public var timeout: Duration = .seconds(5)
    /// How many bytes it may have.
    public var limit = ProxyHeader.usualLimit

    /// Believes all, within five seconds.
    public init(trusted: AddressList? = nil) {
      self.trusted = trusted
    }
  }

  /// Who may connect; nil for all.
  public var allowed: AddressList?
  /// Who may not, even if allowed.
  public var denied = AddressList([])
  /// How many connections there may be at once; further ones wait in the kernel's queue. Nil for as many
  /// as there are descriptors.
  public var connectionLimit: Int?
  /// How many connections one address may have at once; further ones are refused.
  public var connectionLimitPerSource: Int?
  /// Whether connections begin with a PROXY header.
  public var proxyProtocolInput: ProxyProtocolInput?
  /// In which version targets are told whose connection it is; nil for not at all.
  public var proxyProtocolOutput: ProxyHeader.Version?
  /// TLS in front: the certificate that clients are shown, and what is asked of them. A PROXY header stands
  /// before it.
  public var tls: TLSContext?
  /// That clients say where they want to go, by SOCKS or HTTP's CONNECT; the group is not asked then.
  public var proxyServer: ProxyServerOptions?
  /// Through which proxy targets are reached; nil for directly. Targets need a `destination` then.
  public var route: ProxyRoute?
  /// TLS towards targets; behind a PROXY header, and inside the tunnel of a proxy.
  public var upstreamTLS: UpstreamTLS?
  /// How long each of these may take to agree.
  public var handshakeTimeout: Duration = .seconds(10)
  /// How long to wait between accepting a connection and making the one to the target.
  public var connectDelay: Duration?
  /// How long a target has to accept.
  public var connectTimeout: Duration = .seconds(10)
  /// Which of this host's addresses connections to targets come from.
  public var source: SocketAddress?
  /// When silent peers of connections that last are asked whether they are there; nil for never. It is set
  /// on both sides of a connection that has lasted for half of its `idle`, or a little longer.
  public var keepAlive: StreamOptions.KeepAlive?
  /// How connections to targets are to be.
  public var streams = StreamOptions()
  /// What targets are sent before anything else, behind a PROXY header.
  public var insertion: [UInt8] = []
  /// Bytes a second, in each direction of each connection; nil for no limit.
  public var bytesPerSecond: Int?
  /// How bytes are moved. A limit that is set here is shared by all connections.
  public var pump = PumpOptions()
  /// Makes what watches a connection, of which it is told, and of the address that the client connected to;
  /// its bytes are copied then. Nil for a connection that nobody watches.
  public var observer: ((RelaySession, SocketAddress) -> SessionObserver?)?

  /// Everybody may connect, nothing is limited; targets have ten seconds.
  public init() {}

  /// Whether a connection to a target's address is one to the target, and nothing more is to be agreed.
  var isPlainBehind: Bool { route == nil && upstreamTLS == nil }
}

/// Watches one connection.
public struct SessionObserver {
  /// Is shown all bytes before they are written; those that the relay inserts are not among them.
  public var bytes: PumpOptions.Observer
  /// Is told when a side has ended, and all that came before is delivered.
  public var end: (StreamRelay.Side) -> Void
  /// Is told why the connection is over.
  public var over: (PumpReport.Ending) -> Void

  /// An observer of bytes and ends.
  public init(
    bytes: @escaping PumpOptions.Observer, end: @escaping (StreamRelay.Side) -> Void = { _ in },
    over: @escaping (PumpReport.Ending) -> Void = { _ in }
  ) {
    self.bytes = bytes
    self.end = end
    self.over = over
  }
}

/// Why a client was refused.
public enum Refusal: Hashable, Sendable {
  /// It is not allowed, or denied.
  case address
  /// Its address has as many connections as it may have.
  case tooMany
  /// It should have told whose connection it brings, and is not trusted.
  case untrusted
  /// Its PROXY header is malformed.
  case header(ProxyHeaderError)
  /// Its PROXY header did not come in time, or it ended before.
  case noHeader
  /// There is no TLS with it.
  case tls(TLSError)
  /// It asks for something that it does not get from a proxy.
  case proxy(ProxyRefusal)
  /// It ended before it had said where it wants to go.
  case noRequest
}

/// What happens to the connections of a service.
public enum RelayEvent {
  /// A client was refused, and its connection reset.
  case refused(SocketAddress, Refusal)
  /// A target could not be reached; the next one is tried, if there is one.
  case unreachable(RelaySession, Upstream, UpstreamError)
  /// A client and a target are joined.
  case connected(RelaySession)
  /// No target could be reached: the client's connection was reset.
  case failed(RelaySession)
  /// A joined connection is over.
  case ended(RelaySession, PumpReport)
  /// Descriptors ran out: connections wait until some are free.
  case exhausted
}
