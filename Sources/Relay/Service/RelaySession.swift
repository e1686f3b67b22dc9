internal import EventLoop
internal import LinkLayer
internal import Machines
public import MonotonicTime
internal import Proxies
public import Sockets

/// One client of a service, from its acceptance to its end.
public final class RelaySession {
  /// Who connected to this host.
  public let peer: SocketAddress
  /// Whose connection it is: the peer, or whom a PROXY header named.
  public var client: SocketAddress { named?.ends.source ?? peer }
  /// Where the client went, if a PROXY header named that.
  public var clientDestination: SocketAddress? { named?.ends.destination }
  /// Where it is relayed to; nil until a target is chosen.
  public private(set) var upstream: Upstream?
  /// When it was accepted.
  public let accepted: Instant

  let service: RelayService
  /// The rules of the moment at which it was accepted: a later reload does not change them.
  let rules: RelayRules
  private var named: NamedEnds?
  /// What is needed until client and target are joined; nil from then on.
  private(set) var approach: Approach?
  private var pump: Pump?
  /// Whether the upstream counts this session among its connections.
  private var isCounted = false

  /// Where it stands among the service's sessions.
  var index = 0
  /// Whether its source's connections are counted, and this is one of them.
  var countsForSource = false
  private var isKeptAlive = false
  /// What of the moved bytes the upstream has counted.
  private var creditedByteCount: UInt64 = 0

  init(_ near: StreamSocket, from peer: SocketAddress, of service: RelayService) {
    approach = Approach(near)
    self.peer = peer
    self.service = service
    rules = service.rules
    accepted = service.loop.now
  }

  /// How many bytes were moved so far.
  public var statistics: PumpStatistics { pump?.statistics ?? PumpStatistics() }

  /// Counts for the target what was moved since the last time.
  func credit() {
    let statistics = statistics
    let moved = statistics.nearByteCount &+ statistics.farByteCount
    upstream?.add(bytes: moved &- creditedByteCount)
    creditedByteCount = moved
  }

  /// Ends it now.
  public func stop() {
    if let pump { return pump.stop() }
    abandon()
    service.sessionEnded(self)
  }

  /// Lets the kernel ask silent peers whether they are there, from now on.
  func keepAlive(_ keepAlive: StreamOptions.KeepAlive) {
    guard !isKeptAlive, let pump else { return }
    isKeptAlive = true
    // A stream that is no TCP connection refuses, and needs none of it.
    try? keepAlive.set(on: pump.near.readDescriptor)
    try? keepAlive.set(on: pump.far.readDescriptor)
  }

  // MARK: Before the connection

  func start() {
    guard let input = rules.options.proxyProtocolInput, let approach else { return secure() }
    if let trusted = input.trusted, let address = peer.internetAddress?.address,
      !trusted.contains(address)
    {
      return refuse(.untrusted)
    }
    approach.header = ProxyHeaderReader(approach.socket, input, on: service.loop) {
      [unowned self] result in
      approach.header = nil
      switch result {
      case .success(let (header, rest)):
        named = header.ends.map(NamedEnds.init)
        approach.leftover = rest
        secure()
      case .failure(let refusal): refuse(refusal.refusal)
      }
    }
  }

  /// Waits as long as it should before it connects.
  func delay() {
    guard let delay = rules.options.connectDelay else { return connect() }
    approach?.timer = service.loop.schedule(after: delay) { [self] in
      approach?.timer = nil
      connect()
    }
  }

  func refuse(_ refusal: Refusal) {
    abandon()
    service.tell(.refused(peer, refusal))
    service.sessionEnded(self)
  }

  /// Resets the client, and gives up what was begun.
  private func abandon() {
    approach?.cancel()
    approach = nil
    leave()
  }

  // MARK: Connecting

  /// Tries the chosen target's next address, or the next target.
  func connect() {
    guard let approach else { return }
    if let upstream, approach.addressIndex < upstream.addresses.count {
      return attempt(upstream, approach)
    }
    leave()
    let source = client.internetAddress?.address
    let group = approach.group ?? rules.group
    service.willChoose(of: group)
    guard let next = group.choose(for: source, notOf: approach.tried)
    else {
      if let negotiation = approach.negotiation {
        approach.isNearGone = true
        negotiation.failed(approach.refusal)
      }
      abandon()
      service.tell(.failed(self))
      return service.sessionEnded(self)
    }
    approach.tried.append(next)
    approach.addressIndex = 0
    upstream = next
    next.enter()
    isCounted = true
    attempt(next, approach)
  }

  private func attempt(_ upstream: Upstream, _ approach: Approach) {
    let options = rules.options
    approach.attempt = StreamConnector(
      to: upstream.addresses[approach.addressIndex], from: upstream.source ?? options.source,
      options.streams,
      timeout: options.connectTimeout, keepsWatch: options.isPlainBehind, on: service.loop
    ) { [self] outcome in
      approach.attempt = nil
      switch outcome {
      case .success(let far): reached(far, upstream)
      case .failure(let error): failed(.connection(error), upstream)
      }
    }
  }

  /// A target's address, or what is to be agreed with it, failed: the next is tried.
  func failed(_ error: UpstreamError, _ upstream: Upstream) {
    // This host's own want of descriptors: the client waits for one, and the target is not to blame.
    if case .connection(let error) = error, error.isExhaustion {
      return service.waitForDescriptors(self)
    }
    approach?.addressIndex += 1
    approach?.refusal = error.refusal
    upstream.noteFailure()
    service.tell(.unreachable(self, upstream, error))
    connect()
  }

  private func leave() {
    guard isCounted, let upstream else { return }
    upstream.leave()
    isCounted = false
  }

  // MARK: Relaying

  /// Joins the client with a target to which everything stands.
  func join(_ stream: any ByteStream, _ upstream: Upstream) {
    guard let approach else { return }
    upstream.noteConnection()
    let header = approach.isHeaderSent ? [] : proxyHeader(approach.socket)
    let (answered, far) = PrefixedStream.split(stream)
    let answer = approach.negotiation?.connected(from: ProxyAddress(localTo: far))
    let (put, near) = PrefixedStream.split(approach.near)
    let asked = approach.leftover + put + (answer?.early ?? [])
    let first = header + rules.options.insertion
    let observer = observer(approach.socket, seeing: asked, answered)
    let pump = Pump(near, far, pumpOptions(observer), on: service.engine) {
      [self, over = observer?.over] report in
      over?(report.ending)
      ended(report)
    }
    if !first.isEmpty { pump.insert(first, toward: .far) }
    if !asked.isEmpty { pump.relay(asked, readFrom: .near) }
    if let unsent = answer?.unsent, !unsent.isEmpty { pump.insert(unsent, toward: .near) }
    if !answered.isEmpty { pump.relay(answered, readFrom: .far) }
    self.pump = pump
    self.approach = nil
    service.tell(.connected(self))
    do throws(SystemError) {
      try pump.start()
    } catch {
      ended(PumpReport(ending: .lost(.far, errno: error.errno), statistics: PumpStatistics()))
    }
  }

  /// What watches the connection, and has seen what was read before both sides were joined.
  private func observer(
    _ socket: StreamSocket, seeing asked: [UInt8], _ answered: [UInt8]
  ) -> SessionObserver? {
    guard let make = rules.options.observer else { return nil }
    let server = clientDestination ?? (try? socket.localAddress) ?? peer
    guard let observer = make(self, server) else { return nil }
    for (side, bytes) in [(StreamRelay.Side.near, asked), (.far, answered)] where !bytes.isEmpty {
      unsafe bytes.withUnsafeBytes { unsafe observer.bytes(side, $0.bytes) }
    }
    return observer
  }

  private func pumpOptions(_ observer: SessionObserver?) -> PumpOptions {
    var options = rules.options.pump
    if let rate = rules.options.bytesPerSecond {
      options.nearSharedLimit = options.nearLimit
      options.farSharedLimit = options.farLimit
      options.nearLimit = RateLimit(bytesPerSecond: rate, on: service.loop)
      options.farLimit = RateLimit(bytesPerSecond: rate, on: service.loop)
    }
    if let observer {
      options.observer = observer.bytes
      options.endObserver = observer.end
    }
    return options
  }

  /// The header that tells the target whose connection it is; empty if it is not told.
  func proxyHeader(_ near: StreamSocket) -> [UInt8] {
    guard let version = rules.options.proxyProtocolOutput else { return [] }
    let destination = clientDestination ?? (try? near.localAddress) ?? peer
    let ends = ProxyHeader.Ends(from: client, to: destination)
    return ProxyHeader(ends).bytes(version)
  }

  private func ended(_ report: PumpReport) {
    credit()
    leave()
    service.tell(.ended(self, report))
    service.sessionEnded(self)
    pump = nil
  }
}

/// Ends that a PROXY header named: few connections have them.
private final class NamedEnds {
  let ends: ProxyHeader.Ends

  init(_ ends: ProxyHeader.Ends) {
    self.ends = ends
  }
}

/// What holds for the connections that are accepted until the next reload.
final class RelayRules {
  let group: UpstreamGroup
  let options: RelayServiceOptions

  init(_ group: UpstreamGroup, _ options: RelayServiceOptions) {
    self.group = group
    self.options = options
  }
}
