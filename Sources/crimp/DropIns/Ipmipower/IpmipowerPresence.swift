import Drivers
import DynamicLibrary
import EventLoop
import Machines
import OpenSSL
import Sockets

/// Which hosts answer at all: what the original has a daemon for, `ipmidetectd`, is asked here.
enum IpmipowerPresence {
  /// Those of `hosts` that answer a presence ping or a question about sessions, in their order.
  static func present(among hosts: [NamedHost]) throws(CommandFailure) -> [NamedHost] {
    let loop = try worded { () throws(SystemError) in try EventLoop() }
    let cryptography = try worded { () throws(LibraryError) in try OpenSSLCryptography() }
    let sockets = BMCSockets(on: loop, cryptography: cryptography)
    defer { sockets.close() }
    var isPresent = hosts.map { _ in false }
    do throws(BMCFailure) {
      try loop.run { () async throws(BMCFailure) in
        let addresses = await HostAddresses(loop).resolve(
          hosts.map { ($0.name, $0.port ?? FleetSettings.port) })
        var places: [(index: Int, address: InternetAddress)] = []
        for (index, result) in addresses.enumerated() {
          guard case .success(let address) = result else { continue }
          places.append((index, address))
        }
        try await BMCDiscovery(on: sockets).run(places.map(\.address)) { place, presence in
          if presence.isPresent { isPresent[places[place].index] = true }
        }
      }
    } catch {
      throw CommandFailure(error.status, error.description)
    }
    return zip(hosts, isPresent).filter(\.1).map(\.0)
  }
}
