/// A way to say who a client is (RFC 1928, section 3).
public struct SOCKS5Method: RawRepresentable, Hashable, Sendable {
  /// The IANA's number.
  public let rawValue: UInt8

  /// A method.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// None is needed.
  public static let none = SOCKS5Method(rawValue: 0x00)
  /// User and password (RFC 1929).
  public static let password = SOCKS5Method(rawValue: 0x02)
  /// None of those that were offered.
  public static let unacceptable = SOCKS5Method(rawValue: 0xff)
}

/// What a client of SOCKS 5 begins with (RFC 1928, section 3):
///
///     +----+----------+----------+
///     |VER | NMETHODS | METHODS  |
///     +----+----------+----------+
///     | 1  |    1     | 1 to 255 |
///     +----+----------+----------+
public struct SOCKS5Greeting: Hashable, Sendable {
  /// The ways that the client knows, 1 to 255 of them.
  public var methods: [SOCKS5Method]

  /// A greeting.
  public init(_ methods: [SOCKS5Method]) {
    self.methods = methods
  }

  /// `VER`.
  public static let version: UInt8 = 5

  /// The message; methods beyond 255 are left out.
  public var bytes: [UInt8] {
    let methods = methods.prefix(255)
    return [Self.version, UInt8(clamping: methods.count)] + methods.map(\.rawValue)
  }

  /// Reads a greeting at the beginning of `bytes`.
  public static func parse(
    _ bytes: [UInt8]
  ) throws(ProxyFormatError) -> ProxyParse<SOCKS5Greeting> {
    if let first = bytes.first, first != version {
      throw .wrongValue(field: "VER", first, offset: 0)
    }
    guard bytes.count >= 2 else { return .incomplete(atLeast: 2 - bytes.count) }
    guard bytes[1] > 0 else { throw .wrongValue(field: "NMETHODS", 0, offset: 1) }
    let total = 2 + Int(bytes[1])
    guard bytes.count >= total else { return .incomplete(atLeast: total - bytes.count) }
    return .complete(
      SOCKS5Greeting(bytes[2..<total].map(SOCKS5Method.init)), byteCount: total)
  }
}

/// Which way the proxy chose (RFC 1928, section 3): `VER`, `METHOD`.
public struct SOCKS5Selection: Hashable, Sendable {
  /// The way.
  public var method: SOCKS5Method

  /// A choice.
  public init(_ method: SOCKS5Method) {
    self.method = method
  }

  /// The message.
  public var bytes: [UInt8] { [SOCKS5Greeting.version, method.rawValue] }

  /// Reads a choice at the beginning of `bytes`.
  public static func parse(
    _ bytes: [UInt8]
  ) throws(ProxyFormatError) -> ProxyParse<SOCKS5Selection> {
    if let first = bytes.first, first != SOCKS5Greeting.version {
      throw .wrongValue(field: "VER", first, offset: 0)
    }
    guard bytes.count >= 2 else { return .incomplete(atLeast: 2 - bytes.count) }
    return .complete(SOCKS5Selection(SOCKS5Method(rawValue: bytes[1])), byteCount: 2)
  }
}

/// Who a client is (RFC 1929, section 2):
///
///     +----+------+----------+------+----------+
///     |VER | ULEN |  UNAME   | PLEN |  PASSWD  |
///     +----+------+----------+------+----------+
///     | 1  |  1   | 1 to 255 |  1   | 1 to 255 |
///     +----+------+----------+------+----------+
///
/// A description shows no password.
public struct SOCKS5Password: Hashable, Sendable, CustomStringConvertible,
  CustomDebugStringConvertible, CustomReflectable
{
  /// The user, 1 to 255 bytes.
  public var user: [UInt8]
  /// The password, at most 255 bytes; the RFC wants one at least, and clients send none all the same.
  public var password: [UInt8]

  /// A user with a password.
  public init(user: [UInt8], password: [UInt8]) {
    self.user = user
    self.password = password
  }

  /// `VER` of this exchange.
  public static let version: UInt8 = 1

  /// The message; nil when the user or the password is too long, or the user is empty.
  public var bytes: [UInt8]? {
    guard let userCount = UInt8(exactly: user.count), userCount > 0,
      let passwordCount = UInt8(exactly: password.count)
    else { return nil }
    return [Self.version, userCount] + user + [passwordCount] + password
  }

  /// Reads one at the beginning of `bytes`.
  public static func parse(
    _ bytes: [UInt8]
  ) throws(ProxyFormatError) -> ProxyParse<SOCKS5Password> {
    if let first = bytes.first, first != version {
      throw .wrongValue(field: "VER", first, offset: 0)
    }
    guard bytes.count >= 2 else { return .incomplete(atLeast: 2 - bytes.count) }
    let userEnd = 2 + Int(bytes[1])
    guard userEnd > 2 else { throw .wrongValue(field: "ULEN", 0, offset: 1) }
    guard bytes.count > userEnd else { return .incomplete(atLeast: userEnd + 1 - bytes.count) }
    let total = userEnd + 1 + Int(bytes[userEnd])
    guard bytes.count >= total else { return .incomplete(atLeast: total - bytes.count) }
    let message = SOCKS5Password(
      user: Array(bytes[2..<userEnd]), password: Array(bytes[(userEnd + 1)..<total]))
    return .complete(message, byteCount: total)
  }

  /// The word `hidden`.
  public var description: String { "hidden" }
  /// The word `hidden`.
  public var debugDescription: String { description }
  /// A mirror that shows nothing.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Whether the proxy believes that (RFC 1929, section 2): `VER`, `STATUS`.
public struct SOCKS5PasswordStatus: Hashable, Sendable {
  /// 0 for yes.
  public var status: UInt8

  /// An answer.
  public init(isAccepted: Bool) {
    status = isAccepted ? 0 : 1
  }

  /// Whether it does.
  public var isAccepted: Bool { status == 0 }

  /// The message.
  public var bytes: [UInt8] { [SOCKS5Password.version, status] }

  /// Reads an answer at the beginning of `bytes`.
  public static func parse(
    _ bytes: [UInt8]
  ) throws(ProxyFormatError) -> ProxyParse<SOCKS5PasswordStatus> {
    // Some servers put SOCKS's version there.
    if let first = bytes.first, first != SOCKS5Password.version, first != SOCKS5Greeting.version {
      throw .wrongValue(field: "VER", first, offset: 0)
    }
    guard bytes.count >= 2 else { return .incomplete(atLeast: 2 - bytes.count) }
    var answer = SOCKS5PasswordStatus(isAccepted: true)
    answer.status = bytes[1]
    return .complete(answer, byteCount: 2)
  }
}
