internal import CLinux
internal import EventLoop

/// Which process is at the other end of a UNIX socket: the kernel's word for it (`SO_PEERCRED`, unix(7)), of the
/// moment at which it connected, or began to listen.
public struct PeerCredentials: Hashable, Sendable {
  /// The process's number; 0 for one that this PID namespace does not show.
  public let process: Int32
  /// Its effective user.
  public let user: UInt32
  /// Its effective group.
  public let group: UInt32
}

extension StreamSocket {
  /// Who is at the other end of a UNIX socket.
  ///
  /// - Throws: `EOPNOTSUPP` of a TCP connection, whose other end may be on any host.
  public var peerCredentials: PeerCredentials {
    get throws(SystemError) {
      var (process, user, group): (Int32, UInt32, UInt32) = (0, 0, 0)
      let descriptor = descriptor
      _ = try Syscalls.retrying("getsockopt SO_PEERCRED") {
        unsafe crimp_peer_credentials(descriptor, &process, &user, &group)
      }
      return PeerCredentials(process: process, user: user, group: group)
    }
  }
}
