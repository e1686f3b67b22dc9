internal import Glibc
internal import EventLoop
internal import Machines
public import Sockets
public import TLS

/// Why a target could not be reached.
public enum UpstreamError: Error, Hashable, Sendable {
  /// There is no connection to it.
  case connection(ConnectionError)
  /// The proxy on the way made none.
  case proxy(ProxyError)
  /// TLS with it failed.
  case tls(TLSError)
}

extension UpstreamError: CustomStringConvertible {
  /// One line: where, and what went wrong there.
  public var description: String {
    switch self {
    case .connection(let error): "\(error)"
    case .proxy(let error): "\(error)"
    case .tls(let error): "\(error)"
    }
  }
}

extension UpstreamError {
  /// What a client is told that asked this relay, as a proxy, for the target.
  var refusal: ProxyRefusal {
    switch self {
    case .connection(let error): Self.refusal(error.cause.errno)
    case .proxy(let error): Self.refusal(error.cause)
    case .tls: .failure
    }
  }

  private static func refusal(_ code: Int32) -> ProxyRefusal {
    switch code {
    case ECONNREFUSED: .refused
    case ETIMEDOUT: .timedOut
    case ENETUNREACH, ENETDOWN: .networkUnreachable
    case EHOSTUNREACH, EHOSTDOWN, ECONNRESET: .hostUnreachable
    case EACCES, EPERM: .notAllowed
    default: .failure
    }
  }

  private static func refusal(_ cause: ProxyError.Cause) -> ProxyRefusal {
    switch cause {
    case .failure(.refused(.socks5, let code)):
      switch code {
      case 2: .notAllowed
      case 3: .networkUnreachable
      case 4: .hostUnreachable
      case 5: .refused
      case 6: .timedOut
      default: .failure
      }
    case .failure(.refused(.httpConnect, let code)):
      switch code {
      case 403: .notAllowed
      case 502, 503: .hostUnreachable
      case 504: .timedOut
      default: .failure
      }
    case .timedOut: .timedOut
    case .connection, .failure, .lost, .cancelled: .failure
    }
  }
}
