import EventLoop
import Glibc
import Relay
import Sockets

/// One run of `crimp relay`.
struct ConnectionRelay {
  let command: RelayCommand
  let place: RelayPlace
  let targets: RelayTargets
  let loop: EventLoop

  var reporter: RelayReporter {
    RelayReporter(isJSON: command.json, isQuiet: command.quiet, isVerbose: command.verbose)
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    command.udp ? try relayDatagrams() : try StreamRelayRun(self).perform()
  }

  /// Opens the listeners, or takes those that the service manager opened.
  func openListeners() throws(CommandFailure) -> [StreamListener] {
    if place == .activated {
      let activated = try worded { () throws(SystemError) in
        try SocketActivation.takeListeners()
      }
      guard !activated.isEmpty else {
        throw CommandFailure(.unavailable, "listen activated: LISTEN_FDS hands over no socket")
      }
      return activated.map(\.listener)
    }
    var listeners: [StreamListener] = []
    for address in try listeningAddresses() {
      do throws(SystemError) {
        listeners += try RelayWorkers.listeners(
          at: address, ListenerOptions(), for: command.running.workers.number)
      } catch {
        // A host without IPv6 listens at a bare port all the same.
        if case .port = place, error.errno == EAFNOSUPPORT, !listeners.isEmpty { continue }
        throw Self.failure(error, at: address)
      }
    }
    return listeners
  }

  /// The addresses to listen at.
  func listeningAddresses() throws(CommandFailure) -> [SocketAddress] {
    do throws(NameError) {
      return try loop.run { [loop, place] () async throws(NameError) in
        try await loop.listeningAddresses(of: place)
      }
    } catch {
      throw CommandFailure(.unavailable, "listen \(error)")
    }
  }

  /// Why an address cannot be listened at.
  static func failure(
    _ error: SystemError, at address: SocketAddress, usesDatagrams: Bool = false
  ) -> CommandFailure {
    CommandFailure(listeningAt: address, usesDatagrams: usesDatagrams, error)
  }
}
