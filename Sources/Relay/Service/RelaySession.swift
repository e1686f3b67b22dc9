internal import EventLoop
internal import LinkLayer
internal import Machines
public import MonotonicTime
public import Sockets

/// One client of a service, from its acceptance to its end.
public final class RelaySession {
  /// Who connected to this host.
  public let peer: SocketAddress
  /// Whose connection it is: the peer, or whom a PROXY header named.
  public private(set) var client: SocketAddress
  /// Where the client went, if a PROXY header named that.
  public private(set) var clientDestination: SocketAddress?
  /// Where it is relayed to; nil until a target is chosen.
  public private(set) var upstream: Upstream?
  /// When it was accepted.
  public let accepted: Instant

  private let service: RelayService
  /// The rules of the moment at which it was accepted: a later reload does not change them.
  private let rules: RelayRules
  private var near: StreamSocket?
  private var header: ProxyHeaderReader?
  private var attempt: StreamConnector?
  private var timer: Timer?
  private var tried: [Upstream] = []
  private var addressIndex = 0
  private var leftover: [UInt8] = []
  private var pump: Pump?

  /// Where it stands among the service's sessions.
  var index = 0

  init(_ near: StreamSocket, from peer: SocketAddress, of service: RelayService) {
    self.near = near
    self.peer = peer
    self.service = service
    client = peer
    rules = service.rules
    accepted = service.loop.now
  }

  private var options: RelayServiceOptions { rules.options }

  /// How many bytes were moved so far.
  public var statistics: PumpStatistics { pump?.statistics ?? PumpStatistics() }

  /// Ends it now.
  public func stop() {
    if let pump { return pump.stop() }
    abandon()
    service.sessionEnded(self)
  }

  // MARK: Before the connection

  func start() {
    guard let input = options.proxyProtocolInput, let near else { return delay() }
    if let trusted = input.trusted, let address = peer.internetAddress?.address,
      !trusted.contains(address)
    {
      return refuse(.untrusted)
    }
    header = ProxyHeaderReader(near, input, on: service.loop) { [unowned self] result in
      header = nil
      switch result {
      case .success(let (header, rest)):
        if let ends = header.ends {
          client = ends.source
          clientDestination = ends.destination
        }
        leftover = rest
        delay()
      case .failure(let refusal): refuse(refusal.refusal)
      }
    }
  }

  private func delay() {
    guard let delay = options.connectDelay else { return connect() }
    timer = service.loop.schedule(after: delay) { [self] in
      timer = nil
      connect()
    }
  }

  private func refuse(_ refusal: Refusal) {
    abandon()
    service.tell(.refused(peer, refusal))
    service.sessionEnded(self)
  }

  /// Resets the client, and gives up what was begun.
  private func abandon() {
    header?.cancel()
    header = nil
    timer?.cancel()
    timer = nil
    attempt?.cancel()
    attempt = nil
    near?.reset()
    near = nil
    leave()
  }

  // MARK: Connecting

  /// Tries the chosen target's next address, or the next target.
  func connect() {
    guard near != nil else { return }
    if let upstream, addressIndex < upstream.addresses.count {
      return attempt(upstream, upstream.addresses[addressIndex])
    }
    leave()
    guard let next = rules.group.choose(for: client.internetAddress?.address, notOf: tried) else {
      abandon()
      service.tell(.failed(self))
      return service.sessionEnded(self)
    }
    tried.append(next)
    upstream = next
    addressIndex = 0
    next.activeCount += 1
    isCounted = true
    attempt(next, next.addresses[0])
  }

  private func attempt(_ upstream: Upstream, _ address: SocketAddress) {
    attempt = StreamConnector(
      to: address, from: options.source, options.streams, timeout: options.connectTimeout,
      on: service.loop
    ) { [self] outcome in
      attempt = nil
      switch outcome {
      case .success(let far): join(far, upstream)
      case .failure(let error): failed(error, upstream)
      }
    }
  }

  private func failed(_ error: ConnectionError, _ upstream: Upstream) {
    // This host's own want of descriptors: the client waits for one, and the target is not to blame.
    if error.isExhaustion { return service.waitForDescriptors(self) }
    addressIndex += 1
    upstream.failureCount &+= 1
    upstream.health.note(false)
    service.tell(.unreachable(self, upstream, error))
    connect()
  }

  /// Whether the upstream counts this session among its connections.
  private var isCounted = false

  private func leave() {
    guard isCounted, let upstream else { return }
    upstream.activeCount -= 1
    isCounted = false
  }

  // MARK: Relaying

  private func join(_ far: StreamSocket, _ upstream: Upstream) {
    guard let near else { return far.close() }
    upstream.health.note(true)
    upstream.connectionCount &+= 1
    var pumpOptions = options.pump
    if let rate = options.bytesPerSecond {
      pumpOptions.nearLimit = RateLimit(bytesPerSecond: rate, on: service.loop)
      pumpOptions.farLimit = RateLimit(bytesPerSecond: rate, on: service.loop)
    }
    let header = proxyHeader(near)
    let pump = Pump(near, far, pumpOptions, on: service.engine) { [self] in ended($0) }
    if !header.isEmpty || !options.insertion.isEmpty || !leftover.isEmpty {
      pump.insert(header + options.insertion + leftover, toward: .far)
      leftover = []
    }
    self.pump = pump
    self.near = nil
    service.tell(.connected(self))
    do throws(SystemError) {
      try pump.start()
    } catch {
      ended(PumpReport(ending: .lost(.far, errno: error.errno), statistics: PumpStatistics()))
    }
  }

  /// The header that tells the target whose connection it is; empty if it is not told.
  private func proxyHeader(_ near: StreamSocket) -> [UInt8] {
    guard let version = options.proxyProtocolOutput else { return [] }
    let destination = clientDestination ?? (try? near.localAddress) ?? peer
    let ends = ProxyHeader.Ends(from: client, to: destination)
    return ProxyHeader(ends).bytes(version)
  }

  private func ended(_ report: PumpReport) {
    let moved = report.statistics.nearByteCount &+ report.statistics.farByteCount
    if let upstream { upstream.byteCount = upstream.byteCount.addingSaturated(moved) }
    leave()
    service.tell(.ended(self, report))
    service.sessionEnded(self)
    pump = nil
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

extension UInt64 {
  fileprivate func addingSaturated(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
