public import EventLoop
internal import LinkLayer
internal import Machines
internal import MonotonicTime
public import Sockets

/// How a `DatagramRelay` treats its clients.
public struct DatagramRelayOptions: Hashable, Sendable {
  /// Who may send; nil for all.
  public var allowed: AddressList?
  /// Who may not, even if allowed.
  public var denied = AddressList([])
  /// How many clients there may be at once; a new one takes the place of another, of the address that has the
  /// most: of the one that was silent longest. So it is too when no descriptor is left.
  public var sessionLimit = 4096
  /// How many clients, which are ports, one address may have at once; datagrams of further ones are
  /// dropped.
  public var sessionLimitPerSource = 256
  /// For how long a client may be silent, and its target to it, before it is forgotten.
  public var idleTimeout: Duration = .seconds(60)
  /// Whether a client's first datagram has a PROXY header of version 2 before it.
  public var sendsProxyHeader = false
  /// Which of this host's addresses datagrams to targets leave from.
  public var source: InternetAddress?

  /// Everybody may send; clients are forgotten after a minute.
  public init() {}
}

/// What a `DatagramRelay` has done.
public struct DatagramRelayStatistics: Hashable, Sendable {
  /// How many clients there have been.
  public var sessionCount: UInt64 = 0
  /// How many were forgotten for others.
  public var evictedCount: UInt64 = 0
  /// Datagrams and bytes from clients to targets.
  public var toTargets = Traffic()
  /// Datagrams and bytes from targets to clients.
  public var toClients = Traffic()
  /// Datagrams of clients that may not send, or of addresses with too many.
  public var refusedCount: UInt64 = 0
  /// How often no descriptor was left for a client.
  public var exhaustionCount = 0
  /// Datagrams that the kernel did not take, or whose target could not be reached.
  public var lostCount: UInt64 = 0

  /// Datagrams of one direction.
  public struct Traffic: Hashable, Sendable {
    /// How many.
    public var datagramCount: UInt64 = 0
    /// Their payloads' bytes.
    public var byteCount: UInt64 = 0
  }
}

/// Relays datagrams: each client has a socket of its own towards its target, whose answers go back to that
/// client alone, from the address that the client asked.
///
/// What it holds is bounded: so many clients, so many of one address, each for so long. Datagrams of every
/// length that UDP has pass whole.
public final class DatagramRelay {
  /// What was done so far.
  public private(set) var statistics = DatagramRelayStatistics()

  /// Whether it takes no new clients.
  public private(set) var isDraining = false

  /// Is called when no descriptor is left for a client; not again within a minute.
  public var onExhaustion: () -> Void = {}

  private var group: UpstreamGroup
  private var options: DatagramRelayOptions
  private let loop: EventLoop
  private let socket: DatagramSocket
  private var registration: Registration?
  private var sessions: [Client: DatagramSession] = [:]
  private var sources = DatagramSources()
  private var order = DatagramSessionOrder()
  /// The client whose datagrams are in the batch.
  private var batched: DatagramSession?
  /// For how many clients there was room when descriptors ran out; nil while they have not.
  private var roomCount: Int?
  /// When `onExhaustion` was called last.
  private var toldExhaustion: Instant?
  private var alarm: Alarm?
  private var onDrained: (() -> Void)?
  /// Filled and sent within one call, and kept for its room.
  private var batch = DatagramBatch()
  private var bufferedAnswers = DatagramBatch()

  /// Who sends, and to which of this host's addresses: its answers come from there.
  private struct Client: Hashable {
    let source: InternetAddress
    let destination: InternetAddress?
  }

  private static let longestPayload = 65_535
  /// What may wait of all clients together: the default is three datagrams of 64 KiB.
  private static let sharedBuffer = 4 << 20
  /// How many datagrams of one socket are relayed before others get their turn.
  private static let turn = 64
  /// How many descriptors are left to others when they run out: to who asks what goes on, and to reloads.
  private static let reserve = 8
  /// How long nothing is told of a want of descriptors that was told of.
  private static let silence: Duration = .seconds(60)

  /// Relays datagrams that come to `address` from now on.
  ///
  /// - Throws: what keeps the address from being bound, such as `EADDRINUSE`.
  public init(
    at address: InternetAddress, to group: UpstreamGroup,
    _ options: DatagramRelayOptions = DatagramRelayOptions(), on loop: EventLoop
  ) throws(SystemError) {
    self.group = group
    self.options = options
    self.loop = loop
    var socketOptions = DatagramOptions()
    socketOptions.maximumByteCount = Self.longestPayload
    socketOptions.receiveBufferByteCount = Self.sharedBuffer
    socketOptions.tellsLocalAddress = true
    socketOptions.reportsFailures = false
    socket = try DatagramSocket(address.family, socketOptions)
    try socket.bind(to: address)
    alarm = Alarm(on: loop) { [unowned self] in forgetSilent() }
    registration = try loop.watch(socket.descriptor, .readable) { [unowned self] _ in
      takeQuestions()
    }
  }

  deinit {
    stop()
  }

  /// Where it listens, with the port that the kernel chose.
  public var address: InternetAddress {
    get throws(SystemError) { try socket.localAddress }
  }

  /// How many clients there are now.
  public var activeCount: Int { sessions.count }

  /// Clients that are new from now on go to these targets by these rules. One whose target is gone goes to
  /// another with its next datagram; the others stay where they are.
  public func reload(to group: UpstreamGroup, _ options: DatagramRelayOptions) {
    self.group = group
    self.options = options
    roomCount = nil
    for session in sessions.values {
      session.isMisled = !group.upstreams.contains { $0 === session.upstream }
    }
    alarm?.deadline = nil
    armAlarm()
  }

  /// Takes no new clients: `ended` is called when the last one was forgotten.
  public func drain(_ ended: @escaping () -> Void) {
    isDraining = true
    guard !sessions.isEmpty else { return ended() }
    onDrained = ended
  }

  /// The clients that there are now.
  var clients: some Sequence<DatagramSession> { sessions.values }

  /// Forgets all clients, and listens no more.
  public func stop() {
    registration?.cancel()
    registration = nil
    while let session = order.oldest { forget(session) }
  }

  // MARK: To the targets

  private func takeQuestions() {
    // An error of the socket is one datagram's, and lost with it.
    _ = try? socket.receive(limit: Self.turn) { payload, information in
      guard let session = session(of: information) else { return }
      // Datagrams of one client that follow each other leave in one call.
      if batched !== session { flush() }
      batched = session
      session.statistics.nearByteCount &+= UInt64(payload.byteCount)
      let header = session.takeHeader()
      batch.append(payload, behind: header, to: nil)
      statistics.toTargets.datagramCount &+= 1
      statistics.toTargets.byteCount &+= UInt64(payload.byteCount)
      order.touch(session, at: loop.now)
    }
    flush()
    armAlarm()
  }

  private func flush() {
    guard let session = batched.take() else { return }
    session.socket.send(&batch) { _ in statistics.lostCount &+= 1 }
    // What the kernel has no room for is lost, as on any router.
    statistics.lostCount &+= UInt64(batch.count)
    batch.removeAll()
  }

  /// The client's session, which is begun if it is new and may be.
  private func session(of information: DatagramInformation) -> DatagramSession? {
    let client = Client(source: information.source, destination: information.destination)
    if let session = sessions[client] {
      guard session.isMisled, !isDraining else { return session }
      forget(session)
    }
    let source = information.source.address.unmapped
    let isAllowed = (options.allowed?.contains(source) ?? true) && !options.denied.contains(source)
    guard isAllowed, !isDraining, sources.count(of: source) < options.sessionLimitPerSource
    else {
      statistics.refusedCount &+= 1
      return nil
    }
    if sessions.count >= max(1, room) { evict() }
    guard let session = begin(client) else {
      statistics.lostCount &+= 1
      return nil
    }
    session.begin(at: loop.now)
    order.append(session, at: loop.now)
    sources.add(session)
    sessions[client] = session
    statistics.sessionCount &+= 1
    return session
  }

  /// How many clients there may be; for a minute no more than there was room for.
  private var room: Int {
    guard let roomCount, let toldExhaustion, loop.now < toldExhaustion + Self.silence else {
      return options.sessionLimit
    }
    return min(options.sessionLimit, roomCount)
  }

  /// A session for a new client; nil when its target has no such address, or the kernel no room.
  private func begin(_ client: Client) -> DatagramSession? {
    guard let upstream = group.choose(for: client.source.address),
      let target = upstream.addresses.first?.internetAddress
    else { return nil }
    do throws(SystemError) {
      return try open(client, upstream, target)
    } catch {
      guard error.isExhaustion else { return nil }
      noteExhaustion()
      // Those that make room give their descriptors.
      let room = max(1, sessions.count - Self.reserve)
      roomCount = room
      while sessions.count >= room, evict() {}
      return try? open(client, upstream, target)
    }
  }

  private func open(
    _ client: Client, _ upstream: Upstream, _ target: InternetAddress
  ) throws(SystemError) -> DatagramSession {
    let session = try DatagramSession(
      client.source, client.destination, of: upstream, to: target, from: options.source,
      header: options.sendsProxyHeader ? proxyHeader(client) : [], sharingBuffersOf: socket)
    try session.watch(on: loop) { [unowned self] in takeAnswers($0) }
    return session
  }

  /// Forgets a client for another one; false when there is none.
  @discardableResult
  private func evict() -> Bool {
    guard let session = sources.mostExpendable ?? order.oldest else { return false }
    if batched === session { flush() }
    forget(session)
    statistics.evictedCount &+= 1
    return true
  }

  private func noteExhaustion() {
    statistics.exhaustionCount &+= 1
    if let toldExhaustion, loop.now < toldExhaustion + Self.silence { return }
    toldExhaustion = loop.now
    onExhaustion()
  }

  private func proxyHeader(_ client: Client) -> [UInt8] {
    var destination = client.destination ?? client.source
    if let own = try? socket.localAddress {
      destination.port = own.port
      if client.destination == nil { destination = own }
    }
    let ends = ProxyHeader.Ends(
      transport: .datagram, from: .internet(client.source), to: .internet(destination))
    return ProxyHeader(ends).bytes(.v2)
  }

  // MARK: To the clients

  private func takeAnswers(_ session: DatagramSession) {
    // A target's refusal is told here once; the client hears nothing, as it would of a closed port
    // behind a router that says nothing.
    _ = try? session.socket.receive(limit: Self.turn) { payload, _ in
      session.statistics.farByteCount &+= UInt64(payload.byteCount)
      bufferedAnswers.append(payload, to: session.client, from: session.destination)
      statistics.toClients.datagramCount &+= 1
      statistics.toClients.byteCount &+= UInt64(payload.byteCount)
      order.touch(session, at: loop.now)
    }
    sendAnswers()
  }

  private func sendAnswers() {
    socket.send(&bufferedAnswers) { _ in statistics.lostCount &+= 1 }
    statistics.lostCount &+= UInt64(bufferedAnswers.count)
    bufferedAnswers.removeAll()
  }

  // MARK: Forgetting

  private func forgetSilent() {
    while let oldest = order.oldest, oldest.lastUsed + options.idleTimeout <= loop.now {
      forget(oldest)
    }
    armAlarm()
  }

  private func armAlarm() {
    guard alarm?.deadline == nil, let oldest = order.oldest else { return }
    alarm?.deadline = oldest.lastUsed + options.idleTimeout
  }

  private func forget(_ session: DatagramSession) {
    order.remove(session)
    session.close()
    sessions[Client(source: session.client, destination: session.destination)] = nil
    sources.remove(session)
    if sessions.isEmpty { onDrained.take()?() }
  }
}
