import Glibc
import LinkLayer
import Sockets
import Testing

/// A received datagram, kept.
struct Kept {
  var payload: [UInt8]
  var information: DatagramInformation
}

extension RawSpan {
  var copy: [UInt8] { withUnsafeBytes { Array($0) } }
}

/// A socket on a free port of this host.
func bound(
  _ family: InternetFamily, _ options: DatagramOptions = DatagramOptions(), address: String? = nil
) throws -> DatagramSocket {
  let socket = try DatagramSocket(family, options)
  let own = try #require(IPAddress(address ?? (family == .v4 ? "127.0.0.1" : "::1")))
  try socket.bind(to: InternetAddress(own, port: 0))
  return socket
}

/// Ports that were bound a moment ago and are closed now.
func closedPorts(_ family: InternetFamily, _ count: Int) throws -> [InternetAddress] {
  let sockets = try (0..<count).map { _ in try bound(family) }
  return try sockets.map { try $0.localAddress }
}

extension DatagramSocket {
  /// Waits for the kernel to have `count` datagrams, at most 5 seconds, and takes all.
  func receiveAll(_ count: Int) throws -> [Kept] {
    var received: [Kept] = []
    for _ in 0..<5000 where received.count < count {
      _ = try receive { received.append(Kept(payload: $0.copy, information: $1)) }
      if received.count < count { usleep(1000) }
    }
    return received
  }

  /// Waits for the kernel to have `count` failures, at most 5 seconds, and takes all.
  func failures(_ count: Int) throws -> [DeliveryFailure] {
    var taken: [DeliveryFailure] = []
    for _ in 0..<5000 where taken.count < count {
      try takeFailures { taken.append($0) }
      if taken.count < count { usleep(1000) }
    }
    return taken
  }
}
