public import EventLoop
public import Machines
public import Proxies
public import Sockets

/// Asks a proxy, over a connection that stands, for one to a target.
///
/// The loop keeps it alive while it runs.
public final class ProxyHandshake {
  /// The stream to the target, through the proxy: what is left of the connection to it.
  public typealias Outcome = Result<any ByteStream, ProxyError>

  private let stream: any ByteStream
  private let proxy: String
  private let loop: EventLoop
  private var machine: ProxyClientHandshake
  private var channel: HandshakeChannel?
  private var timer: Timer?
  private var onOutcome: ((Outcome) -> Void)?

  /// Begins the handshake on a stream that the loop does not watch.
  ///
  /// - Parameters:
  ///   - stream: the connection to the proxy: a socket, or TLS around one. It is closed upon failure.
  ///   - kind: the proxy's protocol.
  ///   - target: where to connect to.
  ///   - credentials: who asks; nil to say nothing of it.
  ///   - proxy: what the proxy is called, for messages.
  ///   - timeout: how long it may take.
  ///   - onOutcome: is called once, by the loop and never before this returns, unless `cancel` was first.
  public init(
    over stream: any ByteStream, _ kind: ProxyKind, to target: ProxyAddress,
    _ credentials: ProxyCredentials? = nil, proxy: String, timeout: Duration? = .seconds(10),
    on loop: EventLoop, _ onOutcome: @escaping (Outcome) -> Void
  ) {
    self.stream = stream
    self.proxy = proxy
    self.loop = loop
    self.onOutcome = onOutcome
    machine = ProxyClientHandshake(kind, to: target, credentials)
    timer = timeout.map { timeout in
      loop.schedule(after: timeout) { [self] in fail(.timedOut) }
    }
    let channel = HandshakeChannel(
      stream, on: loop, onBytes: { [self] bytes in carryOut(machine.receive(bytes)) },
      onEnd: { [self] error in
        if let error { fail(.lost(error)) } else { carryOut(machine.ended()) }
      })
    self.channel = channel
    channel.start()
    loop.execute { [self] in if self.onOutcome != nil { carryOut(machine.start()) } }
  }

  /// Gives it up, and closes the stream: nothing is told.
  public func cancel() {
    guard onOutcome.take() != nil else { return }
    release()
    stream.reset()
  }

  private func carryOut(_ actions: [ProxyClientAction]) {
    for action in actions {
      guard onOutcome != nil else { return }
      switch action {
      case .send(let bytes): channel?.send(bytes)
      case .established(let early):
        release()
        let result = early.isEmpty ? stream : PrefixedStream(early, before: stream)
        onOutcome.take()?(.success(result))
      case .failed(let failure): fail(.failure(failure))
      }
    }
  }

  private func fail(_ cause: ProxyError.Cause) {
    guard let tell = onOutcome.take() else { return }
    release()
    stream.close()
    tell(.failure(ProxyError(through: proxy, to: machine.target.text, cause)))
  }

  private func release() {
    channel?.release()
    channel = nil
    timer?.cancel()
    timer = nil
  }
}
