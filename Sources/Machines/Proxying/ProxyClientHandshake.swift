internal import IPMI
public import Proxies

/// Asks a proxy for a connection to a target: what is sent and what its answers mean.
///
/// It knows no sockets and no time: whoever has the connection to the proxy carries out the actions, and gives
/// it up when it takes too long. After `established` or `failed` nothing follows.
public struct ProxyClientHandshake: Sendable {
  /// The protocol.
  public let kind: ProxyKind
  /// Where the proxy is to connect to.
  public let target: ProxyAddress

  private let credentials: ProxyCredentials?
  private var state = State.idle
  private var received: [UInt8] = []

  private enum State: Sendable {
    case idle
    /// SOCKS 5: which way to say who asks.
    case method
    /// SOCKS 5: whether the password is believed.
    case password
    /// The answer to the request.
    case reply
    case done
  }

  /// A handshake that has not begun.
  public init(_ kind: ProxyKind, to target: ProxyAddress, _ credentials: ProxyCredentials? = nil) {
    self.kind = kind
    self.target = target
    self.credentials = credentials
  }

  /// Whether nothing more follows.
  public var isDone: Bool {
    if case .done = state { true } else { false }
  }

  // MARK: Events

  /// The connection to the proxy stands.
  public mutating func start() -> [ProxyClientAction] {
    guard case .idle = state else { return [] }
    switch kind {
    case .socks4, .socks4a: return startSOCKS4()
    case .socks5:
      state = .method
      let methods: [SOCKS5Method] = credentials == nil ? [.none] : [.none, .password]
      return [.send(SOCKS5Greeting(methods).bytes)]
    case .httpConnect: return startHTTP()
    }
  }

  /// The proxy sent bytes.
  public mutating func receive(_ bytes: [UInt8]) -> [ProxyClientAction] {
    guard !isDone else { return [] }
    received += bytes
    var actions: [ProxyClientAction] = []
    do throws(ProxyFormatError) {
      while !isDone, let step = try step() { actions += step }
    } catch {
      actions += fail(.malformed(error))
    }
    return actions
  }

  /// The proxy ended the connection.
  public mutating func ended() -> [ProxyClientAction] {
    isDone ? [] : fail(.ended)
  }

  // MARK: -

  private mutating func startSOCKS4() -> [ProxyClientAction] {
    if case .name = target.host, kind == .socks4 { return fail(.unsuitableTarget) }
    if case .ipv6 = target.host { return fail(.unsuitableTarget) }
    let user = Array((credentials?.user ?? "").utf8)
    guard user.count <= SOCKS4Request.longestUser, !user.contains(0) else {
      return fail(.unsuitableCredentials)
    }
    return request(SOCKS4Request(target, user: user).bytes)
  }

  private mutating func startHTTP() -> [ProxyClientAction] {
    guard let credentials else { return request(HTTPConnectRequest(target).bytes) }
    var password = credentials.password.copiedBytes
    defer { password.wipe() }
    guard
      let value = BasicAuthorization.value(user: Array(credentials.user.utf8), password: password)
    else { return fail(.unsuitableCredentials) }
    return request(HTTPConnectRequest(target, authorization: value).bytes)
  }

  private mutating func request(_ bytes: [UInt8]?) -> [ProxyClientAction] {
    guard let bytes else { return fail(.unsuitableTarget) }
    state = .reply
    return [.send(bytes)]
  }

  /// Takes one message, if it is there.
  private mutating func step() throws(ProxyFormatError) -> [ProxyClientAction]? {
    switch state {
    case .idle, .done: return nil
    case .method:
      guard let selection = try take(SOCKS5Selection.parse(received)) else { return nil }
      return selected(selection.method)
    case .password:
      guard let status = try take(SOCKS5PasswordStatus.parse(received)) else { return nil }
      guard status.isAccepted else { return fail(.authorizationRefused) }
      return request(SOCKS5Request(target).bytes)
    case .reply: return try reply()
    }
  }

  private mutating func selected(_ method: SOCKS5Method) -> [ProxyClientAction] {
    switch method {
    case .none: return request(SOCKS5Request(target).bytes)
    case .password:
      guard let credentials else { return fail(.authorizationRequired) }
      var message = SOCKS5Password(
        user: Array(credentials.user.utf8), password: credentials.password.copiedBytes)
      defer { message.password.wipe() }
      guard let bytes = message.bytes else { return fail(.unsuitableCredentials) }
      state = .password
      return [.send(bytes)]
    default: return fail(.authorizationRequired)
    }
  }

  private mutating func reply() throws(ProxyFormatError) -> [ProxyClientAction]? {
    switch kind {
    case .socks4, .socks4a:
      guard let reply = try take(SOCKS4Reply.parse(received)) else { return nil }
      return reply.code == .granted ? establish() : refused(Int(reply.code.rawValue))
    case .socks5:
      guard let reply = try take(SOCKS5Reply.parse(received)) else { return nil }
      return reply.code == .succeeded ? establish() : refused(Int(reply.code.rawValue))
    case .httpConnect:
      guard let response = try take(HTTPConnectResponse.parse(received)) else { return nil }
      // What comes before the answer is none (RFC 9110, section 15.2).
      if response.status < 200 { return [] }
      if response.isSuccess { return establish() }
      guard response.status == 407 else { return refused(response.status) }
      return fail(credentials == nil ? .authorizationRequired : .authorizationRefused)
    }
  }

  private mutating func take<Message>(_ parse: ProxyParse<Message>) -> Message? {
    guard case .complete(let message, let count) = parse else { return nil }
    received.removeFirst(count)
    return message
  }

  private mutating func establish() -> [ProxyClientAction] {
    state = .done
    defer { received.wipe() }
    return [.established(early: received)]
  }

  private mutating func refused(_ code: Int) -> [ProxyClientAction] {
    fail(.refused(kind: kind, code: code))
  }

  private mutating func fail(_ failure: ProxyFailure) -> [ProxyClientAction] {
    state = .done
    received.wipe()
    return [.failed(failure)]
  }
}

extension Secret {
  /// The bytes as an array, which its user wipes.
  var copiedBytes: [UInt8] {
    unsafe bytes.withUnsafeBytes { unsafe Array($0) }
  }
}
