internal import EventLoop
internal import LinkLayer
internal import MonotonicTime
internal import Sockets

/// One client of a `DatagramRelay`, and its socket towards its target.
final class DatagramSession {
  let client: InternetAddress
  /// The client's address, without its port.
  let source: IPAddress
  /// Where it stands among the clients of its address (`DatagramSources`).
  var sourceIndex = 0
  /// The address of this host that the client sends to.
  let destination: InternetAddress?
  let socket: DatagramSocket
  /// Whose server it is.
  let upstream: Upstream
  /// What it moved.
  var statistics = PumpStatistics()
  /// Whether its target is one no more.
  var isMisled = false
  /// When its first datagram came.
  private(set) var began = Instant.origin
  private var header: [UInt8]
  private var registration: Registration?

  fileprivate(set) var lastUsed = Instant.origin
  fileprivate unowned var older: DatagramSession?
  fileprivate var newer: DatagramSession?

  init(
    _ client: InternetAddress, _ destination: InternetAddress?, of upstream: Upstream,
    to target: InternetAddress, from own: InternetAddress?, header: [UInt8],
    sharingBuffersOf other: DatagramSocket
  ) throws(SystemError) {
    self.client = client
    self.source = client.address.unmapped
    self.destination = destination
    self.upstream = upstream
    self.header = header
    var options = DatagramOptions()
    options.reportsFailures = false
    socket = try DatagramSocket(target.family, options, sharingBuffersOf: other)
    if let own { try socket.bind(to: own) }
    try socket.connect(to: target)
  }

  func watch(
    on loop: EventLoop, _ onAnswer: @escaping (DatagramSession) -> Void
  ) throws(SystemError) {
    registration = try loop.watch(socket.descriptor, .readable) { [unowned self] _ in
      onAnswer(self)
    }
  }

  /// It stands, and is the target's until `close`.
  func begin(at now: Instant) {
    began = now
    upstream.enter()
    upstream.noteConnection()
  }

  /// What goes before the first datagram, once.
  func takeHeader() -> [UInt8] {
    guard !header.isEmpty else { return [] }
    defer { header = [] }
    return header
  }

  func close() {
    guard let registration = registration.take() else { return }
    registration.cancel()
    upstream.leave()
    upstream.add(bytes: statistics.nearByteCount &+ statistics.farByteCount)
  }
}

/// Sessions in the order of their last use.
struct DatagramSessionOrder {
  private(set) var oldest: DatagramSession?
  private unowned var newest: DatagramSession?

  mutating func append(_ session: DatagramSession, at now: Instant) {
    session.lastUsed = now
    session.older = newest
    session.newer = nil
    if let newest { newest.newer = session } else { oldest = session }
    newest = session
  }

  mutating func remove(_ session: DatagramSession) {
    let (older, newer) = (session.older, session.newer)
    if let older { older.newer = newer } else { oldest = newer }
    if let newer { newer.older = older } else { newest = older }
    session.older = nil
    session.newer = nil
  }

  mutating func touch(_ session: DatagramSession, at now: Instant) {
    session.lastUsed = now
    guard newest !== session else { return }
    remove(session)
    append(session, at: now)
  }
}
