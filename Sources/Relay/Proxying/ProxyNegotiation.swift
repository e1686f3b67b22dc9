internal import EventLoop
internal import Machines
internal import Proxies
internal import Sockets

/// A client that asks this relay for a connection, until it has one.
final class ProxyNegotiation {
  /// What the session must do.
  enum Event {
    /// Connect there.
    case target(ProxyAddress)
    /// The client is refused, and has been told; it is closed here.
    case refused(ProxyRefusal)
    /// The client has gone.
    case gone
  }

  private let users: ProxyUsers?
  private let stream: any ByteStream
  private let onEvent: (Event) -> Void
  private var machine: ProxyServerHandshake
  private var channel: HandshakeChannel?
  private var timer: Timer?
  private let loop: EventLoop
  private var isTold = false

  /// How long a client that was refused has to read why.
  private static let patience: Duration = .seconds(1)

  init(
    with stream: any ByteStream, _ options: ProxyServerOptions, timeout: Duration,
    on loop: EventLoop,
    _ onEvent: @escaping (Event) -> Void
  ) {
    self.stream = stream
    self.onEvent = onEvent
    self.loop = loop
    users = options.users
    machine = ProxyServerHandshake(
      .init(kinds: options.kinds, requiresCredentials: options.users != nil))
    timer = loop.schedule(after: timeout) { [self] in
      carryOut(machine.expired())
    }
    let channel = HandshakeChannel(
      stream, on: loop, onBytes: { [self] bytes in carryOut(machine.receive(bytes)) },
      onEnd: { [self] _ in gone() })
    self.channel = channel
    channel.start()
  }

  /// Gives it up; the stream is the caller's to close.
  func cancel() {
    channel?.release()
    channel = nil
    timer?.cancel()
    timer = nil
  }

  /// There is a connection to the target: tells the client.
  ///
  /// - Returns: what came for the target already, and what the client must still be sent.
  func connected(from bound: ProxyAddress) -> (early: [UInt8], unsent: [UInt8]) {
    var early: [UInt8] = []
    for action in machine.connected(from: bound) {
      switch action {
      case .send(let bytes): channel?.send(bytes)
      case .established(let bytes): early = bytes
      case .verify, .connect, .close: break
      }
    }
    let unsent = channel?.release() ?? []
    cancel()
    return (early, unsent)
  }

  /// There is none: tells the client why, and closes it. No event follows.
  func failed(_ reason: ProxyRefusal) {
    isTold = true
    carryOut(machine.failed(reason))
  }

  private func carryOut(_ actions: [ProxyServerAction]) {
    for action in actions {
      guard let channel else { return }
      switch action {
      case .send(let bytes): channel.send(bytes)
      case .verify(let user, let password):
        // Never again from within: the machine is being asked.
        let isRight = users?.accepts(user, password) ?? true
        loop.execute { [self] in carryOut(machine.verified(isRight)) }
      case .connect(let target):
        timer?.cancel()
        timer = nil
        onEvent(.target(target))
      case .close(let reason):
        channel.finish(within: Self.patience)
        self.channel = nil
        cancel()
        if !isTold { onEvent(.refused(reason)) }
      case .established: break
      }
    }
    channel?.reads = machine.wantsBytes
    if machine.wantsBytes { channel?.resume() }
  }

  private func gone() {
    cancel()
    onEvent(.gone)
  }
}
