public import IPMI
public import Proxies

/// A protocol by which a client asks a proxy for a connection.
public enum ProxyKind: String, Hashable, Sendable, CaseIterable {
  /// SOCKS 4: IPv4 addresses alone.
  case socks4
  /// SOCKS 4a: IPv4 addresses, and names that the proxy looks up.
  case socks4a
  /// SOCKS 5 (RFC 1928).
  case socks5
  /// HTTP's CONNECT (RFC 9110, section 9.3.6).
  case httpConnect = "connect"

  /// The port that a proxy of this kind has when none is named: 1080, or 3128.
  public var usualPort: UInt16 { self == .httpConnect ? 3128 : 1080 }
}

/// Who a client of a proxy is.
public struct ProxyCredentials: Sendable {
  /// The user.
  public var user: String
  /// The password; SOCKS 4 has none.
  public var password: Secret

  /// A user with a password.
  public init(user: String, password: Secret = .empty) {
    self.user = user
    self.password = password
  }
}

/// What comes of an event of a handshake with a proxy, in order.
public enum ProxyClientAction: Sendable {
  /// Send these bytes; wipe them then, a password may be among them.
  case send([UInt8])
  /// The connection stands; these bytes came from the target already.
  case established(early: [UInt8])
  /// There will be no connection.
  case failed(ProxyFailure)
}

/// Why a proxy makes no connection.
public enum ProxyFailure: Error, Hashable, Sendable {
  /// It refused; its protocol's code for why.
  case refused(kind: ProxyKind, code: Int)
  /// It wants to know who asks, and was not told, or in no way that it accepts.
  case authorizationRequired
  /// It does not accept the user or the password.
  case authorizationRefused
  /// What it answered is not its protocol.
  case malformed(ProxyFormatError)
  /// The protocol cannot carry the target: a name in SOCKS 4, an IPv6 address in 4 and 4a.
  case unsuitableTarget
  /// The protocol cannot carry the user or the password.
  case unsuitableCredentials
  /// It ended the connection instead of an answer.
  case ended
}

extension ProxyFailure: CustomStringConvertible {
  /// One line.
  public var description: String {
    switch self {
    case .refused(let kind, let code): ProxyCodeWords.words(kind, code)
    case .authorizationRequired: "the proxy wants a user and a password"
    case .authorizationRefused: "the proxy does not accept the user or the password"
    case .malformed(let error): "the proxy does not speak the protocol: \(error)"
    case .unsuitableTarget: "the proxy's protocol cannot carry a target of this kind"
    case .unsuitableCredentials: "the proxy's protocol cannot carry this user or password"
    case .ended: "the proxy ended the connection"
    }
  }
}

/// What the codes of refusals mean.
enum ProxyCodeWords {
  static func words(_ kind: ProxyKind, _ code: Int) -> String {
    switch kind {
    case .socks4, .socks4a:
      switch code {
      case 91: "the proxy refused, or could not connect"
      case 92: "the proxy found nobody who says who the user is (identd)"
      case 93: "the proxy does not accept the user"
      default: "the proxy refused with code \(code)"
      }
    case .socks5: socks5[code] ?? "the proxy refused with code \(code)"
    case .httpConnect: http[code] ?? "the proxy answered \(code)"
    }
  }

  private static let socks5: [Int: String] = [
    1: "the proxy failed",
    2: "the proxy's rules do not allow it",
    3: "the proxy has no way to the network",
    4: "the proxy has no way to the host",
    5: "connection refused at the target",
    6: "the proxy got no answer in time",
    7: "the proxy does not connect",
    8: "the proxy does not know this kind of address",
  ]

  private static let http: [Int: String] = [
    400: "the proxy did not understand (400)",
    403: "the proxy's rules do not allow it (403)",
    404: "the proxy does not know the target (404)",
    405: "the proxy does not connect (405)",
    501: "the proxy does not connect (501)",
    502: "the proxy could not connect (502)",
    503: "the proxy could not connect (503)",
    504: "the proxy got no answer in time (504)",
  ]
}
