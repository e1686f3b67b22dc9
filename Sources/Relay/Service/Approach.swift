internal import EventLoop
internal import Machines
internal import Sockets
internal import TLS

/// A client on its way to a target: what is needed until both are joined.
final class Approach {
  /// The client's connection.
  let socket: StreamSocket
  /// Its bytes: the connection itself, or TLS around it.
  var near: any ByteStream
  /// Whether somebody else closes it.
  var isNearGone = false
  var header: ProxyHeaderReader?
  /// A handshake of TLS, with the client or with the target.
  var handshake: TLSHandshake?
  /// What a client of a proxy asks for.
  var negotiation: ProxyNegotiation?
  var timer: Timer?
  var attempt: StreamConnector?
  /// What a proxy is asked for.
  var passage: ProxyHandshake?
  /// The target that the client itself named.
  var group: UpstreamGroup?
  /// Targets that were tried.
  var tried: [Upstream] = []
  /// Which of the last one's addresses is being tried.
  var addressIndex = 0
  /// Why the last one could not be reached, for a client that is told.
  var refusal = ProxyRefusal.failure
  /// What the client sent behind its PROXY header.
  var leftover: [UInt8] = []
  /// Whether the target has had its PROXY header.
  var isHeaderSent = false

  init(_ near: StreamSocket) {
    socket = near
    self.near = near
  }

  /// Puts bytes that were read too early back in front of the others.
  func putBack() {
    guard !leftover.isEmpty else { return }
    near = PrefixedStream(leftover, before: near)
    leftover = []
  }

  /// Gives up what was begun, and resets the client.
  func cancel() {
    header?.cancel()
    handshake?.cancel()
    negotiation?.cancel()
    timer?.cancel()
    attempt?.cancel()
    passage?.cancel()
    if !isNearGone { near.reset() }
  }
}
