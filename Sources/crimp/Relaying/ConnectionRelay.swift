import EventLoop
import Glibc
import Relay
import Sockets

/// One run of `crimp relay`.
struct ConnectionRelay {
  let command: RelayCommand
  let place: RelayPlace
  let targets: RelayTargets
  /// What `command` was read from, without its configuration file.
  let arguments: [String]
  let loop: EventLoop

  func perform() throws(CommandFailure) -> ExitStatus {
    // Two a connection, and one for each client of UDP.
    DescriptorLimit.raise()
    return command.udp ? try DatagramRelayRun(self).perform() : try StreamRelayRun(self).perform()
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
