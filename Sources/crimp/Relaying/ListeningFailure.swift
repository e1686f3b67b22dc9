import EventLoop
import Glibc
import Sockets

/// Why nobody can connect to an address of this host, in a person's words: what is wrong, and what would
/// help.
struct ListeningFailure: Error, CustomStringConvertible {
  let address: SocketAddress
  let error: SystemError

  /// The error that listening at `address` met.
  init(at address: SocketAddress, _ error: SystemError) {
    self.address = address
    self.error = error
  }

  /// The failure as a command tells it.
  var failure: CommandFailure {
    switch error.errno {
    case EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT: CommandFailure(.unavailable, description)
    case EACCES, EPERM: CommandFailure(.noPermission, description)
    default: CommandFailure(.systemError, description)
    }
  }

  var description: String {
    switch error.errno {
    case EADDRINUSE: inUse
    case EADDRNOTAVAIL: "\(address): no interface of this host has this address"
    case EAFNOSUPPORT: "\(address): this host has no IP of this version"
    case EACCES, EPERM: "\(address): permission missing: \(remedy)"
    default: "\(address): \(error)"
    }
  }

  private var inUse: String {
    guard let owner = SocketOwner.listening(at: address) else {
      return "\(address) is in use; root learns by whom: ss -lptn"
    }
    return "\(address) is in use by \(owner.name) (process \(owner.process))"
  }

  private var remedy: String {
    switch address {
    case .internet(let address):
      "port \(address.port) is for root, or for who has CAP_NET_BIND_SERVICE: "
        + "setcap cap_net_bind_service+ep crimp"
    case .unix: "its directory may not be written"
    }
  }
}
