import EventLoop
import Glibc
import Sockets

extension CommandFailure {
  /// Why nobody can connect to, or send to, an address of this host: whose it is, or what is missing.
  init(listeningAt address: SocketAddress, usesDatagrams: Bool = false, _ error: SystemError) {
    switch error.errno {
    case EADDRINUSE where Self.isNoSocket(address):
      self.init(.unavailable, "\(address): is there already, and is no socket")
    case EADDRINUSE:
      let owners = SocketOwner.waiting(at: address, usesDatagrams: usesDatagrams)
      self.init(.unavailable, "\(address): in use by \(Self.words(owners))")
    case EADDRNOTAVAIL:
      self.init(.unavailable, "\(address): no interface of this host has this address")
    case EAFNOSUPPORT:
      self.init(.unavailable, "\(address): this host has no IP of this version")
    case EACCES, EPERM: self.init(.noPermission, Self.permissionWords(address))
    case ENOENT, ENOTDIR:
      self.init(.unavailable, "\(address): there is no such directory")
    default: self.init(.systemError, "\(address): \(error)")
    }
  }

  /// Whether a file of another kind stands where a UNIX socket is to be.
  private static func isNoSocket(_ address: SocketAddress) -> Bool {
    guard case .unix(let path) = address, !path.hasPrefix("@") else { return false }
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFSOCK
  }

  private static func words(_ owners: [SocketOwner]) -> String {
    guard !owners.isEmpty else {
      return "a process of another user: `sudo ss -lptnux` tells which"
    }
    return owners.map { "\($0.name) (process \($0.process))" }.joined(separator: ", ")
  }

  private static func permissionWords(_ address: SocketAddress) -> String {
    guard case .internet(let internet) = address else {
      return "\(address): permission missing: its directory may not be written"
    }
    return "\(address): permission missing for a port below 1024: "
      + "`setcap cap_net_bind_service+ep` the program, or lower "
      + "net.ipv4.ip_unprivileged_port_start to \(internet.port)"
  }
}
