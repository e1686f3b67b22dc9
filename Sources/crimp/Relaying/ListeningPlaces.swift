import EventLoop
import Glibc
import Relay
import Sockets

/// Where a relay listens: at sockets that it opens, that the service manager opened, or that the relay before
/// hands over.
final class ListeningPlaces {
  private let run: ConnectionRelay
  private var handOver: HandOver?

  init(_ run: ConnectionRelay) {
    self.run = run
  }

  /// Opens the listeners, or takes those that there are.
  func open() throws(CommandFailure) -> [StreamListener] {
    if run.command.controlling.takeOver { try askBefore() }
    if run.place == .activated { return try activated() }
    var listeners: [StreamListener] = []
    for address in try run.listeningAddresses() {
      let given = handOver?.listeners.filter { $0.address.satisfies(address) } ?? []
      listeners += given
      guard given.isEmpty else { continue }
      do throws(SystemError) {
        listeners += try RelayWorkers.listeners(
          at: address, for: run.command.running.workers.number)
      } catch {
        // A host without IPv6 listens at a bare port all the same.
        if case .port = run.place, error.errno == EAFNOSUPPORT, !listeners.isEmpty { continue }
        handOver?.leave()
        throw ConnectionRelay.failure(error, at: address)
      }
    }
    return listeners
  }

  private func activated() throws(CommandFailure) -> [StreamListener] {
    if let handOver { return handOver.listeners }
    let activated = try worded { () throws(SystemError) in try SocketActivation.takeListeners() }
    guard !activated.isEmpty else {
      throw CommandFailure(.unavailable, "listen activated: LISTEN_FDS hands over no socket")
    }
    return activated.map(\.listener)
  }

  /// The listener of the control socket, if it was handed over.
  func takeControl() -> StreamListener? { handOver?.control }

  /// Whether a relay that runs gave its listeners.
  var isHandOver: Bool { handOver != nil }

  /// The listeners are served: the relay before lets go of them.
  func completeHandOver() async throws(CommandFailure) {
    guard let handOver, let path = run.command.controlling.control else { return }
    self.handOver = nil
    do throws(HandOverError) {
      try await handOver.complete()
    } catch {
      switch error {
      // When the relay before has ended meanwhile, there is nobody left to tell.
      case .failed(.ended): return
      case .failed(.silent):
        StandardStream.error.writeLine(
          "crimp: control \(path): the relay there does not answer: it goes on beside this one until it does"
        )
      default: throw Self.failure(error, ofControl: path)
      }
    }
  }

  private func askBefore() throws(CommandFailure) {
    guard let path = run.command.controlling.control else { return }
    do throws(HandOverError) {
      handOver = try run.loop.run { [run] () async throws(HandOverError) in
        try await HandOver(from: path, on: run.loop)
      }
    } catch {
      // Nobody there to take over from: this is the first.
      if case .unreachable(let error) = error,
        error.cause.errno == ENOENT || error.cause.errno == ECONNREFUSED
      {
        return
      }
      throw Self.failure(error, ofControl: path)
    }
  }

  /// Why nothing is taken over.
  static func failure(_ error: HandOverError, ofControl path: String) -> CommandFailure {
    switch error {
    case .unreachable(let error): failure(error.cause, ofControl: path)
    case .foreign:
      CommandFailure(
        .noPermission,
        "control \(path): permission missing: another user's process answers there: start as that user"
      )
    case .failed(.refused(let words)):
      CommandFailure(.unavailable, "control \(path): the relay there says: \(words)")
    case .failed(.ended):
      CommandFailure(.unavailable, "control \(path): what answers there is no relay")
    case .failed(.silent): silence(ofControl: path)
    case .system(let error): failure(error, ofControl: path)
    }
  }

  /// A relay that is stopped, or stuck.
  static func silence(ofControl path: String) -> CommandFailure {
    CommandFailure(.unavailable, "control \(path): the relay there does not answer")
  }

  /// Why a control socket cannot be had.
  static func failure(_ error: SystemError, ofControl path: String) -> CommandFailure {
    switch error.errno {
    case EADDRINUSE:
      CommandFailure(
        .unavailable,
        "control \(path): a relay answers there, or it is no socket: --take-over goes on in its place"
      )
    case EACCES, EPERM:
      CommandFailure(.noPermission, "control \(path): permission missing: \(error.reason)")
    // As many wait to be answered as can.
    case EAGAIN: silence(ofControl: path)
    default: CommandFailure(.systemError, "control \(path): \(error)")
    }
  }
}

extension SocketAddress {
  /// Whether a listener here is one that was wanted at `wanted`, whose port may be 0 for any.
  fileprivate func satisfies(_ wanted: SocketAddress) -> Bool {
    guard case .internet(let here) = self, case .internet(let there) = wanted else {
      return self == wanted
    }
    return here.address == there.address && (there.port == 0 || here.port == there.port)
  }
}
