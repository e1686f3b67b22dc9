public import EventLoop
public import Machines
public import Sockets

/// Why there is no connection to a target through a proxy.
public struct ProxyError: Error, Hashable, Sendable {
  /// What went wrong.
  public enum Cause: Hashable, Sendable {
    /// There is no connection to the proxy.
    case connection(ConnectionError)
    /// The proxy makes none to the target.
    case failure(ProxyFailure)
    /// The connection to the proxy was lost.
    case lost(SystemError)
    /// The proxy did not answer in time.
    case timedOut
    /// Whoever wanted the connection gave it up.
    case cancelled
  }

  /// The proxy, as people call it: an address or a name, with its port.
  public let proxy: String
  /// Where it was to connect to: a host and a port.
  public let target: String
  /// What went wrong.
  public let cause: Cause

  /// The failure of a connection through `proxy` to `target`.
  public init(through proxy: String, to target: String, _ cause: Cause) {
    self.proxy = proxy
    self.target = target
    self.cause = cause
  }
}

extension ProxyError: CustomStringConvertible {
  /// One line: where, through whom, and what went wrong.
  public var description: String { "\(target) through \(proxy): \(words)" }

  private var words: String {
    switch cause {
    case .connection(let error): "\(error)"
    case .failure(let failure): "\(failure)"
    case .lost(let error): "the connection to the proxy was lost: \(error.reason)"
    case .timedOut: "the proxy did not answer in time"
    case .cancelled: "given up"
    }
  }
}
