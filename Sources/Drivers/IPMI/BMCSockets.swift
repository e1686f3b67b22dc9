public import EventLoop
internal import Glibc
public import IPMI
public import LinkLayer
public import Machines
internal import MonotonicTime
public import Sockets

/// The UDP sockets of all clients: one a version of IP, for any number of controllers.
///
/// What arrives is handed to the clients of the address and port that it came from, and to nobody
/// else. What clients send in one turn of the loop leaves together.
public final class BMCSockets {
  /// The loop that turns them.
  public let loop: EventLoop
  /// What computes.
  public let cryptography: any Cryptography
  /// Is told of every datagram that is sent or received: a recorder.
  public var observer: ((ObservedDatagram) -> Void)?
  /// How many datagrams were sent.
  public private(set) var sentCount = 0
  /// How many datagrams were received, whoever sent them.
  public private(set) var receivedCount = 0

  /// Looks after controllers that are silent: whether their address has an owner on our own link.
  public var scout: NeighborScout?
  /// Who hears of addresses that are no client's.
  var strangers: [any Stranger] = []

  /// Within what time controllers answer. Nothing that is recorded or replayed leans on it: by how much a
  /// datagram was late is no part of a recording.
  private var estimate = RoundTripEstimate()
  /// How many controllers the estimate is of.
  private var estimatedCount = 0
  /// So many controllers must have answered before anything is said of others.
  private static let quorum = 32
  private let receiveBufferByteCount: Int
  /// What takes the network's place; nil when the network has it.
  private let replay: BMCReplay?
  private var random: SessionRandom
  private var ends: [InternetFamily: ControllerSocket] = [:]
  private var peers: [InternetAddress: BMCClient] = [:]
  private var ownAddresses: [IPAddress: Bool] = [:]

  /// Sockets that are opened when they are needed.
  ///
  /// - Parameters:
  ///   - loop: what turns them.
  ///   - cryptography: what computes.
  ///   - seed: what all random numbers follow from, 32 bytes; drawn anew when nil. Whoever records a
  ///     run records it, and whoever knows it can speak in the run's sessions.
  ///   - replay: a recording that takes the network's place: nothing is sent then, and no socket opened.
  ///   - receiveBufferByteCount: how much may wait to be received; the kernel gives less to who has no
  ///     `CAP_NET_ADMIN`.
  public init(
    on loop: EventLoop, cryptography: any Cryptography, seed: Secret? = nil,
    replay: BMCReplay? = nil, receiveBufferByteCount: Int = 8 << 20
  ) {
    self.loop = loop
    self.cryptography = cryptography
    self.receiveBufferByteCount = receiveBufferByteCount
    self.replay = replay
    random = SessionRandom(key: seed ?? Self.freshSeed(), cryptography: cryptography)
    replay?.begin { [unowned self] in hear($0) }
  }

  private func hear(_ entry: BMCRecording.Entry) {
    if let failure = entry.failure {
      observer?(
        ObservedDatagram(
          isSent: false, peer: entry.peer, bytes: [], at: loop.now, failure: failure))
      take(failure, about: entry.peer)
    } else {
      receive(entry.bytes.messageBytes, from: entry.peer)
    }
  }

  /// The address and port of this host that a controller sees.
  public func localAddress(towards peer: InternetAddress) -> InternetAddress {
    let unknown = InternetAddress(peer.family.unspecified, port: 0)
    guard let end = ends[peer.family] else { return unknown }
    do throws(SystemError) {
      if try end.socket.localAddress.port == 0 {
        // Nothing was sent by it yet: the kernel would choose a port only then.
        try end.socket.bind(to: unknown)
      }
      let port = try end.socket.localAddress.port
      try end.compass.connect(to: InternetAddress(peer.address, port: 9, scope: peer.scope))
      return InternetAddress(try end.compass.localAddress.address, port: port)
    } catch {
      return unknown
    }
  }

  private static func freshSeed() -> Secret {
    var system = SystemRandomNumberGenerator()
    var bytes: [UInt8] = []
    for _ in 0..<8 { bytes.append(littleEndian: UInt32.random(in: 0 ... .max, using: &system)) }
    defer { bytes.wipe() }
    return Secret(copying: bytes.messageBytes)
  }

  func branchRandom() -> SessionRandom { random.branch() }

  /// How many controllers may be spoken to at once so that all may answer at once and no answer is
  /// lost: the kernel counts about a kilobyte for each. Opens the socket of IPv4.
  public var safeWindow: Int {
    guard open(.v4) == nil, let end = ends[.v4] else { return 64 }
    return max(64, end.socket.receiveBufferByteCount / 1024)
  }

  // MARK: Clients

  func attach(_ client: BMCClient) {
    client.sibling = peers[client.address]
    peers[client.address] = client
    if estimatedCount >= Self.quorum, let bound = estimate.timeout {
      client.expectAnswers(within: bound)
    }
  }

  /// A controller has answered all steps of opening a session, the slowest of them after so long. Those
  /// that are being asked hear of it when there are enough of them to go by, and those to come.
  func noteRoundTrip(_ duration: Duration) {
    guard replay == nil, observer == nil else { return }
    estimate.take(duration)
    estimatedCount += 1
    guard estimatedCount == Self.quorum, let bound = estimate.timeout else { return }
    for first in peers.values { forEachClient(from: first) { $0.expectAnswers(within: bound) } }
  }

  /// Calls `body` with `first` and all that share its address and port; each may detach itself meanwhile.
  private func forEachClient(from first: BMCClient?, _ body: (BMCClient) -> Void) {
    var each = first
    while let client = each {
      each = client.sibling
      body(client)
    }
  }

  func detach(_ client: BMCClient) {
    guard let first = peers[client.address] else { return }
    if first === client {
      peers[client.address] = client.sibling
    } else {
      var each = first
      while let next = each.sibling, next !== client { each = next }
      each.sibling = client.sibling
    }
    client.sibling = nil
  }

  /// Tells the clients of `address`, at whatever port, what somebody has found out: that no neighbour
  /// answers for it.
  public func report(_ failure: BMCFailure, about address: IPAddress) {
    for (peer, client) in peers where peer.address == address { tell(client, failure) }
  }

  /// After how long a silence a controller is asked for on its link: longer than a round trip within a site.
  /// Of many that are asked at once the answers queue up.
  var silenceBeforeExamination: Duration {
    peers.count <= 512 ? .milliseconds(50) : .milliseconds(200)
  }

  /// A controller has not answered the first datagrams.
  func examine(_ address: InternetAddress) {
    scout?.examine(address) { [weak self] in
      self?.reportDead(address)
    }
  }

  private func reportDead(_ address: InternetAddress) {
    let failure = BMCFailure.unreachable(.deadNeighbor)
    observer?(
      ObservedDatagram(isSent: false, peer: address, bytes: [], at: loop.now, failure: failure))
    report(failure, about: address.address)
    for stranger in strangers { stranger.suspect(failure, of: address) }
  }

  private func tell(_ first: BMCClient?, _ failure: BMCFailure) {
    forEachClient(from: first) { $0.suspect(failure, at: loop.now) }
  }

  // MARK: Sockets

  /// Opens the socket of this version of IP, if it is not open; why not, when that fails.
  func open(_ family: InternetFamily) -> BMCFailure? {
    guard replay == nil, ends[family] == nil else { return nil }
    var options = DatagramOptions()
    options.maximumByteCount = 2048
    options.receiveBufferByteCount = receiveBufferByteCount
    do throws(SystemError) {
      let end = try ControllerSocket(family, options)
      end.registration = try loop.watch(end.socket.descriptor, .readable) { [unowned self] ready in
        hear(end, ready)
      }
      ends[family] = end
      return nil
    } catch {
      return .socket(error.description)
    }
  }

  /// Closes the sockets. Clients that are not closed can do nothing any more.
  public func close() {
    replay?.end()
    for end in ends.values {
      flush(end)
      end.registration?.cancel()
    }
    ends = [:]
  }

  func send(_ datagram: [UInt8], to address: InternetAddress) {
    if let replay {
      sentCount += 1
      observer?(ObservedDatagram(isSent: true, peer: address, bytes: datagram, at: loop.now))
      return replay.send(datagram, to: address)
    }
    guard let end = ends[address.family] else { return }
    end.outgoing.append(datagram, to: address)
    sentCount += 1
    observer?(ObservedDatagram(isSent: true, peer: address, bytes: datagram, at: loop.now))
    guard !end.isFlushing else { return }
    end.isFlushing = true
    loop.execute { [weak self] in
      end.isFlushing = false
      self?.flush(end)
    }
  }

  private func flush(_ end: ControllerSocket) {
    var refused: [DeliveryFailure] = []
    end.socket.send(&end.outgoing) { refused.append($0) }
    end.wantWritable(!end.outgoing.isEmpty)
    for failure in refused { take(failure) }
  }

  private func hear(_ end: ControllerSocket, _ ready: Readiness) {
    if ready.contains(.error) { takeFailures(end) }
    if ready.contains(.writable) { flush(end) }
    do throws(SystemError) {
      _ = try end.socket.receive(limit: 256) { bytes, information in
        receive(bytes, from: information.source)
      }
    } catch {
      takeFailures(end)
    }
  }

  private func receive(_ bytes: RawSpan, from source: InternetAddress) {
    receivedCount += 1
    let now = loop.now
    let first = peers[source]
    guard first != nil || !strangers.isEmpty else { return }
    observer?(ObservedDatagram(isSent: false, peer: source, bytes: bytes.copied, at: now))
    for stranger in strangers { stranger.receive(bytes, from: source, at: now) }
    var each = first
    while let client = each {
      each = client.sibling
      client.receive(bytes, at: now)
    }
  }

  // MARK: Failures

  private func takeFailures(_ end: ControllerSocket) {
    do throws(SystemError) {
      try end.socket.takeFailures { take($0) }
    } catch {
      // The error queue cannot be read: sessions find out by their deadlines.
    }
  }

  private func take(_ failure: DeliveryFailure) {
    let client = peers[failure.destination]
    guard client != nil || !strangers.isEmpty else { return }
    let meaning = meaning(of: failure)
    observer?(
      ObservedDatagram(
        isSent: false, peer: failure.destination, bytes: [], at: loop.now, failure: meaning))
    take(meaning, about: failure.destination)
  }

  private func take(_ meaning: BMCFailure, about peer: InternetAddress) {
    tell(peers[peer], meaning)
    for stranger in strangers { stranger.suspect(meaning, of: peer) }
  }

  private func meaning(of failure: DeliveryFailure) -> BMCFailure {
    switch failure.errno {
    case ECONNREFUSED: .portClosed
    case EHOSTUNREACH, EHOSTDOWN:
      .unreachable(isOwn(failure.reporter?.address) ? .deadNeighbor : .saidByRouter)
    case ENETUNREACH: .unreachable(failure.isLocal ? .noRoute : .saidByRouter)
    case EACCES, EPERM: .unreachable(.prohibited)
    default: .socket(SystemError(errno: failure.errno, operation: "sendmsg").description)
    }
  }

  /// Whether this host has the address: then it is itself who got no answer from a neighbour. To an
  /// address of its own, and to no other, the host speaks from that very address.
  private func isOwn(_ address: IPAddress?) -> Bool {
    guard let address else { return true }
    if let known = ownAddresses[address] { return known }
    guard let end = ends[address.isIPv6 ? .v6 : .v4] else { return false }
    var isOwn = address.isLinkLocal
    do throws(SystemError) {
      try end.compass.connect(to: InternetAddress(address, port: 9))
      isOwn = try end.compass.localAddress.address == address
    } catch {
      // Without a route, as to an address of one link: only this host speaks of those to itself.
    }
    ownAddresses[address] = isOwn
    return isOwn
  }
}

/// Who speaks to controllers without a session.
protocol Stranger: AnyObject {
  func receive(_ datagram: RawSpan, from source: InternetAddress, at now: Instant)
  func suspect(_ failure: BMCFailure, of destination: InternetAddress)
}
