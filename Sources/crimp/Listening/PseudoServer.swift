import EventLoop
import Glibc
import MonotonicTime
import Relay
import Sockets
import TLS

/// One run of `crimp listen`: who connects is served, up to so many, at most so many at once.
final class PseudoServer {
  let request: PseudoServerRequest
  let loop: EventLoop
  let reporter: ListenReporter
  let begin: Instant
  private(set) var total = ListenReporter.Tally()
  /// Whether all who were asked for have been served.
  private(set) var isComplete = false
  /// Why the last client that could not be served was not.
  private var failure: CommandFailure?
  /// Whether no other client can be served for that reason.
  private var isFailed = false
  /// Whether a client was lost, or left before its end.
  private var hasLoss = false

  init(_ request: PseudoServerRequest, on loop: EventLoop) {
    self.request = request
    self.loop = loop
    reporter = ListenReporter(
      isJSON: request.isJSON, isQuiet: request.isQuiet, mode: request.mode)
    begin = loop.readClock()
  }

  /// Listens until all are served, or it is told to end.
  func perform() throws(CommandFailure) -> ExitStatus {
    let addresses = try listeningAddresses()
    let service: any ListenService
    if request.usesDatagrams {
      service = try ListenDatagrams(self, at: addresses)
    } else {
      service = try ListenStreams(self, at: addresses)
    }
    reporter.began(service.addresses)
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGTERM, SIGINT]) { [unowned loop] _ in loop.stop() }
    }
    defer { signals.cancel() }
    let timer = request.timeout.map { timeout in
      loop.schedule(after: timeout) { [unowned self] in
        if self.total.clients == 0 { self.loop.stop() }
      }
    }
    defer { _ = timer?.cancel() }
    if !isComplete { loop.runUntilStopped() }
    service.stop()
    total.seconds = (loop.readClock() - begin).milliseconds / 1000
    reporter.finished(total)
    // Who serves so many owes them an answer; who serves all goes on.
    if let failure, isFailed || request.count != nil { throw failure }
    // Nobody came, or not all who were asked for, or not all that they had to say.
    return isComplete && !hasLoss || request.count == nil ? .success : .negative
  }

  // MARK: Counting

  /// Whether another client may be served, which is then counted.
  func takesAnother() -> Bool {
    guard total.clients < request.count ?? .max else { return false }
    total.clients += 1
    return true
  }

  /// Whether no other client will be served.
  var isFull: Bool { total.clients >= request.count ?? .max }

  /// A client could not be served.
  func note(_ failure: CommandFailure) {
    self.failure = failure
  }

  /// No client can be served any more: ends the run.
  func fail(_ failure: CommandFailure) {
    self.failure = failure
    isFailed = true
    loop.stop()
  }

  /// A client was lost, or its connection was cut: what it said may not be all.
  func noteLoss() {
    hasLoss = true
  }

  /// A client has been served.
  func count(_ byteCountIn: UInt64, _ byteCountOut: UInt64) {
    total.byteCountIn += byteCountIn
    total.byteCountOut += byteCountOut
  }

  /// All are served.
  func complete() {
    isComplete = true
    loop.stop()
  }

  // MARK: Addresses

  private func listeningAddresses() throws(CommandFailure) -> [SocketAddress] {
    do throws(NameError) {
      return try loop.run { () async throws(NameError) in
        try await self.loop.listeningAddresses(of: self.request.place)
      }
    } catch {
      throw CommandFailure(.unavailable, "listen \(error)")
    }
  }

  /// What `open` makes of each address; a host that lacks a version of IP listens with the other one.
  func opened<Opened>(
    _ addresses: [SocketAddress], _ open: (SocketAddress) throws(SystemError) -> Opened
  ) throws(CommandFailure) -> [Opened] {
    var result: [Opened] = []
    for address in addresses {
      do throws(SystemError) {
        result.append(try open(address))
      } catch {
        if case .port = request.place, error.errno == EAFNOSUPPORT, !result.isEmpty { continue }
        throw CommandFailure(
          listeningAt: address, usesDatagrams: request.usesDatagrams, error)
      }
    }
    return result
  }
}

/// What serves the clients of a run.
protocol ListenService {
  /// Where it listens, with the ports that the kernel chose.
  var addresses: [String] { get }
  /// Ends what is under way.
  func stop()
}

/// What `crimp listen` is asked for.
struct PseudoServerRequest {
  var place: RelayPlace
  var mode: ListenMode
  var usesDatagrams = false
  /// How many clients are served; nil for all.
  var count: UInt64?
  /// How many at once; others wait.
  var connectionLimit: Int?
  var allowed: AddressList?
  var denied = AddressList([])
  /// What clients speak TLS with; nil for none.
  var tls: TLSContext?
  var bytesPerSecond: Int?
  var idleTimeout: Duration?
  /// How long the first client is waited for.
  var timeout: Duration?
  var isJSON = false
  var isQuiet = false

  /// Why the address is refused; nil when it is not.
  func refusal(of address: SocketAddress) -> String? {
    guard let internet = address.internetAddress?.address else { return nil }
    let isAllowed = allowed?.contains(internet) ?? true
    return isAllowed && !denied.contains(internet) ? nil : "its address is not allowed"
  }
}
