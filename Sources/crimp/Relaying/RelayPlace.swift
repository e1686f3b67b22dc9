import EventLoop
import Glibc
import LinkLayer
import Sockets

/// Where a relay listens or connects to, as people write it.
enum RelayPlace: Hashable, Sendable {
  /// A port of every address of this host, of both versions of IP.
  case port(UInt16)
  /// A name or an address, and a port.
  case host(String, UInt16)
  /// A UNIX socket's path, or an abstract name that begins with `@`.
  case unix(String)
  /// The listeners that the service manager opened.
  case activated

  /// What is expected in place of a text that is no place to listen at.
  static let listenForms =
    "expected PORT, ADDRESS:PORT, [IPv6]:PORT, unix:PATH, unix:@NAME, or activated"
  /// The same for a target.
  static let targetForms = "expected HOST:PORT, [IPv6]:PORT, PORT on this host, or unix:PATH"

  /// Reads a place; nil when it is none.
  init?(_ text: String) {
    if text == "activated" {
      self = .activated
    } else if text.hasPrefix("unix:") {
      let path = String(text.dropFirst(5))
      guard !path.isEmpty, path != "@", !path.utf8.contains(0) else { return nil }
      self = .unix(path)
    } else if let port = Self.port(text[...].withoutColon) {
      self = .port(port)
    } else if let (host, port) = HostAndPort.split(text), let port {
      self = .host(String(host), port)
    } else {
      return nil
    }
  }

  /// What is expected in place of a text that is no place: a number that is no port is not told of names.
  static func expected(inPlaceOf text: String, _ forms: String) -> String {
    text[...].withoutColon.isNumber ? "expected a port from 0 to 65535" : forms
  }

  private static func port(_ text: Substring) -> UInt16? {
    text.isNumber ? UInt16(text) : nil
  }
}

extension Substring {
  /// What stands behind a colon at the beginning; all if there is none.
  fileprivate var withoutColon: Substring { first == ":" ? dropFirst() : self }

  /// Whether it is digits of ASCII, and no sign.
  fileprivate var isNumber: Bool {
    !isEmpty && utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}

extension EventLoop {
  /// The addresses to listen at.
  func listeningAddresses(of place: RelayPlace) async throws(NameError) -> [SocketAddress] {
    switch place {
    case .port(let port):
      [.v4(.unspecified), .v6(.unspecified)].map { (address: IPAddress) in
        .internet(InternetAddress(address, port: port))
      }
    case .host(let host, let port): try await resolve(host, port: port).map(SocketAddress.internet)
    case .unix(let path): [.unix(path: path)]
    case .activated: []
    }
  }

  /// The addresses of a target, the best first.
  func targetAddresses(of place: RelayPlace) async throws(NameError) -> [SocketAddress] {
    guard case .port(let port) = place else { return try await listeningAddresses(of: place) }
    return [
      .internet(InternetAddress(.v4(IPv4Address(127, 0, 0, 1)), port: port)),
      .internet(InternetAddress(.v6(IPv6Address(high: 0, low: 1)), port: port)),
    ]
  }
}
