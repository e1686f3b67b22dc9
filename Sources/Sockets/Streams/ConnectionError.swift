public import EventLoop
internal import Glibc

/// Why there is no connection to an address.
public struct ConnectionError: Error, Hashable, Sendable {
  /// Where the connection was to go.
  public let address: SocketAddress
  /// The call that failed, and with what: `ECONNREFUSED` when nobody listens, `ETIMEDOUT` when nobody
  /// answered in time.
  public let cause: SystemError

  /// The failure of a connection to `address`.
  public init(to address: SocketAddress, _ cause: SystemError) {
    self.address = address
    self.cause = cause
  }

  /// Whether this process or host had no descriptor or memory left: nothing is said of the address, and
  /// later it may go.
  public var isExhaustion: Bool { cause.isExhaustion }
}

extension SystemError {
  /// Whether this process or host had no descriptor or memory left.
  public var isExhaustion: Bool { StreamListener.isExhaustion(errno) }
}

extension ConnectionError: CustomStringConvertible {
  /// One line: the address, and what went wrong there.
  public var description: String { "\(address): \(words)" }

  private var words: String {
    switch cause.errno {
    case ECONNREFUSED: "connection refused: nobody listens there"
    case ETIMEDOUT: "no answer in time"
    case EHOSTUNREACH: "the host cannot be reached"
    case ENETUNREACH: "no route to the network"
    case ENOENT: "no such socket"
    case EMFILE: "this process has no descriptor left (ulimit -n)"
    case EADDRNOTAVAIL: "no free local port, or the source address is not this host's"
    default: cause.description
    }
  }
}
