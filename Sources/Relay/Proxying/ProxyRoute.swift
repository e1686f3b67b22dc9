public import EventLoop
public import Machines
public import Proxies
public import Sockets

/// A proxy, and how it is asked.
public struct ProxyRoute: Sendable {
  /// Its protocol.
  public var kind: ProxyKind
  /// What people call it.
  public var name: String
  /// Where it is, tried in this order; at least one.
  public var addresses: [SocketAddress]
  /// Who asks; nil to say nothing of it.
  public var credentials: ProxyCredentials?

  /// A proxy.
  public init(
    _ kind: ProxyKind, _ name: String, _ addresses: [SocketAddress],
    _ credentials: ProxyCredentials? = nil
  ) {
    self.kind = kind
    self.name = name
    self.addresses = addresses
    self.credentials = credentials
  }

  /// Connects to the first of the proxy's addresses that takes it, and through it to a target.
  ///
  /// - Parameters:
  ///   - target: where to; a name is looked up by the proxy. SOCKS 4 needs an IPv4 address.
  ///   - source: which of this host's addresses the connection to the proxy comes from.
  ///   - options: how that connection is to be.
  ///   - timeout: how long connecting to one address, and then the proxy's answer, may take.
  /// - Throws: `ProxyError`; its cause is `cancelled` when the task was cancelled.
  public func connect(
    to target: ProxyAddress, from source: SocketAddress? = nil,
    _ options: StreamOptions = StreamOptions(), timeout: Duration? = .seconds(10),
    on loop: EventLoop
  ) async throws(ProxyError) -> any ByteStream {
    let socket = try await reach(target, source, options, timeout, loop)
    let completion = Completion<ProxyHandshake.Outcome>(on: loop)
    let handshake = ProxyHandshake(
      over: socket, kind, to: target, credentials, proxy: name, timeout: timeout, on: loop
    ) { completion.fulfil($0) }
    let outcome: ProxyHandshake.Outcome
    do throws(CancellationError) {
      outcome = try await completion.value
    } catch {
      handshake.cancel()
      throw ProxyError(through: name, to: target.text, .cancelled)
    }
    return try outcome.get()
  }

  private func reach(
    _ target: ProxyAddress, _ source: SocketAddress?, _ options: StreamOptions,
    _ timeout: Duration?, _ loop: EventLoop
  ) async throws(ProxyError) -> StreamSocket {
    var cause = ProxyError.Cause.failure(.ended)
    for address in addresses {
      do throws(ConnectionError) {
        return try await StreamSocket.connect(
          to: address, from: source, options, timeout: timeout, on: loop)
      } catch {
        cause = .connection(error)
      }
    }
    throw ProxyError(through: name, to: target.text, cause)
  }
}
