/// Where a stream socket listens or connects to: an internet address or a UNIX-domain path.
public enum SocketAddress: Hashable, Sendable {
  /// IPv4 or IPv6.
  case internet(InternetAddress)
  /// A socket in the file system; with a leading `@`, a name in Linux's abstract namespace.
  case unix(path: String)
}

extension SocketAddress: CustomStringConvertible {
  /// The internet address with its port, or `unix:` and the path.
  public var description: String {
    switch self {
    case .internet(let address): address.description
    case .unix(let path): "unix:\(path)"
    }
  }
}
