public import IPMI
public import Proxies

/// What comes of an event of a client's handshake with a proxy, in order.
public enum ProxyServerAction: Sendable {
  /// Send these bytes.
  case send([UInt8])
  /// Find out whether this user has this password, and tell by `verified`.
  case verify(user: String, password: Secret)
  /// Connect to this target, and tell by `connected` or `failed`.
  case connect(ProxyAddress)
  /// Relay from now on; the client sent these bytes for the target already.
  case established(early: [UInt8])
  /// Close the connection once all is sent.
  case close(ProxyRefusal)
}

/// Why a proxy does not make a connection.
public enum ProxyRefusal: Error, Hashable, Sendable {
  /// The client's bytes are no request of a protocol that is spoken here.
  case malformed(ProxyFormatError)
  /// The client begins like no protocol that is spoken here.
  case unknownProtocol
  /// It did not say who it is, as it must.
  case noCredentials
  /// It is not who it says.
  case wrongCredentials
  /// It asks for something other than a connection.
  case command
  /// The rules do not allow the target.
  case notAllowed
  /// The target's name has no address.
  case unknownHost
  /// There is no way to the target's network.
  case networkUnreachable
  /// There is no way to the target.
  case hostUnreachable
  /// Nobody listens at the target.
  case refused
  /// No answer from the target in time.
  case timedOut
  /// The proxy itself failed.
  case failure
}

/// One client of a proxy: SOCKS 4, 4a and 5 and HTTP's CONNECT, told apart by the first byte.
///
/// It knows no sockets and no time, and takes only as many bytes as the longest request has. After
/// `established` or `close` nothing follows.
public struct ProxyServerHandshake: Sendable {
  /// What a proxy speaks, and to whom.
  public struct Rules: Hashable, Sendable {
    /// The protocols that are answered; SOCKS 4 and 4a are one here.
    public var kinds: Set<ProxyKind>
    /// Whether clients must have a user and a password; SOCKS 4 has none, and is refused then.
    public var requiresCredentials: Bool

    /// Rules.
    public init(
      kinds: Set<ProxyKind> = Set(ProxyKind.allCases), requiresCredentials: Bool = false
    ) {
      self.kinds = kinds
      self.requiresCredentials = requiresCredentials
    }
  }

  /// The rules.
  public let rules: Rules
  /// By which protocol the client asks; nil before its first byte. 4a is told as 4.
  public private(set) var kind: ProxyKind?

  private var state = State.first
  private var received: [UInt8] = []
  private var wanted: ProxyAddress?

  private enum State: Sendable {
    /// Nothing has come.
    case first
    /// SOCKS 5: user and password.
    case password
    /// The request.
    case request
    /// The caller finds out whether the password is right.
    case verifying
    /// The caller connects.
    case connecting
    case done
  }

  /// A handshake with a client that has sent nothing yet.
  public init(_ rules: Rules = Rules()) {
    self.rules = rules
  }

  /// Whether nothing more follows.
  public var isDone: Bool { isIn(.done) }

  /// Whether the client's bytes are waited for. Otherwise leave them in the kernel.
  public var wantsBytes: Bool { !isIn(.done) && !isIn(.verifying) && !isIn(.connecting) }

  private func isIn(_ other: State) -> Bool { state == other }

  // MARK: Events

  /// The client sent bytes.
  public mutating func receive(_ bytes: [UInt8]) -> [ProxyServerAction] {
    guard !isDone else { return [] }
    received += bytes
    return goOn()
  }

  /// Whether the user of `verify` has that password.
  public mutating func verified(_ isRight: Bool) -> [ProxyServerAction] {
    guard isIn(.verifying) else { return [] }
    if kind == .socks5 {
      let answer = ProxyServerAction.send(SOCKS5PasswordStatus(isAccepted: isRight).bytes)
      guard isRight else { return [answer] + close(.wrongCredentials) }
      state = .request
      return [answer] + goOn()
    }
    guard isRight, let wanted else { return refuse(.wrongCredentials) }
    state = .connecting
    return [.connect(wanted)]
  }

  /// The connection to the target stands.
  ///
  /// - Parameter bound: the address that it comes from.
  public mutating func connected(from bound: ProxyAddress = .unspecified) -> [ProxyServerAction] {
    guard isIn(.connecting), let kind else { return [] }
    state = .done
    defer { received.wipe() }
    return [.send(ProxyAnswers.success(kind, bound)), .established(early: received)]
  }

  /// There is no connection to the target.
  public mutating func failed(_ reason: ProxyRefusal) -> [ProxyServerAction] {
    isDone ? [] : refuse(reason)
  }

  /// The client has not said in time what it wants.
  public mutating func expired() -> [ProxyServerAction] {
    isDone ? [] : close(.timedOut)
  }

  // MARK: -

  private mutating func goOn() -> [ProxyServerAction] {
    var actions: [ProxyServerAction] = []
    do throws(ProxyFormatError) {
      while wantsBytes, let step = try step() { actions += step }
    } catch {
      actions += refuse(.malformed(error))
    }
    return actions
  }

  /// Takes one message, if it is there.
  private mutating func step() throws(ProxyFormatError) -> [ProxyServerAction]? {
    switch state {
    case .first:
      guard let first = received.first else { return nil }
      return try begin(first)
    case .password:
      guard let message = try take(SOCKS5Password.parse(received)) else { return nil }
      return verify(message)
    case .request:
      guard let request = try take(SOCKS5Request.parse(received)) else { return nil }
      guard request.command == SOCKS5Request.connect else { return refuse(.command) }
      return connect(request.destination)
    case .verifying, .connecting, .done: return nil
    }
  }

  /// The first message, by which the protocol is told.
  private mutating func begin(_ first: UInt8) throws(ProxyFormatError) -> [ProxyServerAction]? {
    switch first {
    case SOCKS4Request.version where !rules.kinds.isDisjoint(with: [.socks4, .socks4a]):
      kind = .socks4
      guard let request = try take(SOCKS4Request.parse(received)) else { return nil }
      return asked(request)
    case SOCKS5Greeting.version where rules.kinds.contains(.socks5):
      kind = .socks5
      guard let greeting = try take(SOCKS5Greeting.parse(received)) else { return nil }
      return greeted(greeting.methods)
    case UInt8(ascii: "A")...UInt8(ascii: "Z") where rules.kinds.contains(.httpConnect):
      kind = .httpConnect
      guard let request = try take(HTTPConnectRequest.parse(received)) else { return nil }
      return asked(request)
    default: return close(.unknownProtocol)
    }
  }

  private mutating func asked(_ request: SOCKS4Request) -> [ProxyServerAction] {
    if case .name = request.destination.host, !rules.kinds.contains(.socks4a) {
      return refuse(.command)
    }
    guard !rules.requiresCredentials else { return refuse(.noCredentials) }
    guard request.command == SOCKS4Request.connect else { return refuse(.command) }
    return connect(request.destination)
  }

  private mutating func greeted(_ methods: [SOCKS5Method]) -> [ProxyServerAction] {
    let method: SOCKS5Method = rules.requiresCredentials ? .password : .none
    guard methods.contains(method) else {
      return [.send(SOCKS5Selection(.unacceptable).bytes)] + close(.noCredentials)
    }
    state = method == .password ? .password : .request
    return [.send(SOCKS5Selection(method).bytes)]
  }

  private mutating func asked(_ request: HTTPConnectRequest) -> [ProxyServerAction] {
    guard let destination = request.destination else { return refuse(.command) }
    guard rules.requiresCredentials else { return connect(destination) }
    guard let message = request.authorization.flatMap(BasicAuthorization.parse) else {
      return refuse(.noCredentials)
    }
    wanted = destination
    return verify(message)
  }

  private mutating func verify(_ message: SOCKS5Password) -> [ProxyServerAction] {
    var message = message
    defer { message.password.wipe() }
    state = .verifying
    return [
      .verify(
        user: String(decoding: message.user, as: UTF8.self),
        password: Secret(copying: message.password.messageBytes))
    ]
  }

  private mutating func connect(_ destination: ProxyAddress) -> [ProxyServerAction] {
    state = .connecting
    return [.connect(destination)]
  }

  private mutating func take<Message>(_ parse: ProxyParse<Message>) -> Message? {
    guard case .complete(let message, let count) = parse else { return nil }
    received.removeFirst(count)
    return message
  }

  /// Answers why not, in the client's protocol.
  private mutating func refuse(_ reason: ProxyRefusal) -> [ProxyServerAction] {
    // SOCKS 5 has answers to requests alone.
    if kind == .socks5, !isIn(.request), !isIn(.connecting) { return close(reason) }
    guard let answer = kind.flatMap({ ProxyAnswers.refusal($0, reason) }) else {
      return close(reason)
    }
    return [.send(answer)] + close(reason)
  }

  private mutating func close(_ reason: ProxyRefusal) -> [ProxyServerAction] {
    state = .done
    received.wipe()
    return [.close(reason)]
  }
}
