import Sockets
import TLS

/// What programs are told of the ends of a connection.
enum SocatEnvironment {
  /// `SOCAT_PEERADDR` and its siblings; those of this end only where it has an address of its own for the peer.
  static func ends(peer: SocketAddress, own: SocketAddress?) -> [String] {
    variables("PEER", peer) + (own.map { variables("SOCK", $0) } ?? [])
  }

  /// What both ends of TLS have agreed on.
  static func agreed(_ stream: TLSStream) -> [String] {
    [
      "SOCAT_OPENSSL_CIPHER=\(stream.cipherName)",
      "SOCAT_OPENSSL_PROTO_VERSION=\(stream.versionName)",
    ]
  }

  private static func variables(_ end: String, _ address: SocketAddress) -> [String] {
    switch address {
    case .internet(let address):
      ["SOCAT_\(end)ADDR=\(SocatWords.host(address))", "SOCAT_\(end)PORT=\(address.port)"]
    // A name may fill its room with zeros, which no variable holds.
    case .unix(let path): ["SOCAT_\(end)ADDR=\(path.prefix { $0 != "\0" })"]
    }
  }
}
