/// What a client of SOCKS 5 asks for (RFC 1928, section 4):
///
///     +----+-----+-------+------+----------+----------+
///     |VER | CMD |  RSV  | ATYP | DST.ADDR | DST.PORT |
///     +----+-----+-------+------+----------+----------+
///     | 1  |  1  | X'00' |  1   | Variable |    2     |
///     +----+-----+-------+------+----------+----------+
public struct SOCKS5Request: Hashable, Sendable {
  /// What is to be done (`CMD`): 1 to connect, 2 to accept, 3 to relay datagrams.
  public var command: UInt8
  /// Where to.
  public var destination: ProxyAddress

  /// A request to connect.
  public init(_ destination: ProxyAddress, command: UInt8 = Self.connect) {
    self.destination = destination
    self.command = command
  }

  /// Connect to the destination.
  public static let connect: UInt8 = 1

  /// The message; nil for a name that it cannot carry.
  public var bytes: [UInt8]? {
    SOCKS5Frame(code: command, address: destination).bytes
  }

  /// Reads a request at the beginning of `bytes`.
  public static func parse(
    _ bytes: [UInt8]
  ) throws(ProxyFormatError) -> ProxyParse<SOCKS5Request> {
    switch try SOCKS5Frame.parse(bytes) {
    case .incomplete(let count): return .incomplete(atLeast: count)
    case .complete(let frame, let count):
      return .complete(SOCKS5Request(frame.address, command: frame.code), byteCount: count)
    }
  }
}

/// What the proxy answers (RFC 1928, section 6): as the request, with `REP` in place of `CMD`, and the address
/// from which the proxy connected.
public struct SOCKS5Reply: Hashable, Sendable {
  /// How it went (`REP`).
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// 0 to 8 in the RFC.
    public let rawValue: UInt8

    /// A code.
    public init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// The connection stands.
    public static let succeeded = Code(rawValue: 0)
    /// The proxy failed.
    public static let generalFailure = Code(rawValue: 1)
    /// The proxy's rules do not allow it.
    public static let notAllowed = Code(rawValue: 2)
    /// There is no way to the network.
    public static let networkUnreachable = Code(rawValue: 3)
    /// There is no way to the host, or it has no address.
    public static let hostUnreachable = Code(rawValue: 4)
    /// Nobody listens there.
    public static let refused = Code(rawValue: 5)
    /// No answer in time; the RFC calls it "TTL expired".
    public static let timeToLiveExpired = Code(rawValue: 6)
    /// The proxy does not do that.
    public static let commandNotSupported = Code(rawValue: 7)
    /// The proxy does not know this kind of address.
    public static let addressTypeNotSupported = Code(rawValue: 8)
  }

  /// How it went.
  public var code: Code
  /// The address from which the proxy connected.
  public var bound: ProxyAddress

  /// An answer.
  public init(_ code: Code, _ bound: ProxyAddress = .unspecified) {
    self.code = code
    self.bound = bound
  }

  /// The message. A name that it cannot carry is written as no address.
  public var bytes: [UInt8] {
    let bound = bound.isWritable ? bound : .unspecified
    return SOCKS5Frame(code: code.rawValue, address: bound).bytes ?? []
  }

  /// Reads an answer at the beginning of `bytes`.
  public static func parse(_ bytes: [UInt8]) throws(ProxyFormatError) -> ProxyParse<SOCKS5Reply> {
    switch try SOCKS5Frame.parse(bytes, allowsEmptyName: true) {
    case .incomplete(let count): return .incomplete(atLeast: count)
    case .complete(let frame, let count):
      return .complete(
        SOCKS5Reply(Code(rawValue: frame.code), frame.address), byteCount: count)
    }
  }
}

/// What a request and an answer have in common.
struct SOCKS5Frame {
  var code: UInt8
  var address: ProxyAddress

  private static let reservedOffset = 2
  private static let typeOffset = 3
  private static let addressOffset = 4

  var bytes: [UInt8]? {
    guard address.isWritable else { return nil }
    var bytes: [UInt8] = [SOCKS5Greeting.version, code, 0]
    switch address.host {
    case .ipv4(let address):
      bytes.append(1)
      bytes.append(bigEndian: address)
    case .name(let name):
      bytes += [3, UInt8(clamping: name.utf8.count)] + name.utf8
    case .ipv6(let high, let low):
      bytes.append(4)
      bytes.append(bigEndian: high)
      bytes.append(bigEndian: low)
    }
    bytes.append(bigEndian: address.port)
    return bytes
  }

  /// - Parameter allowsEmptyName: some servers answer with an empty name where they have no address.
  static func parse(
    _ bytes: [UInt8], allowsEmptyName: Bool = false
  ) throws(ProxyFormatError) -> ProxyParse<SOCKS5Frame> {
    if let first = bytes.first, first != SOCKS5Greeting.version {
      throw .wrongValue(field: "VER", first, offset: 0)
    }
    guard bytes.count > addressOffset else {
      return .incomplete(atLeast: addressOffset + 1 - bytes.count)
    }
    let start = addressOffset
    let count: Int
    switch bytes[typeOffset] {
    case 1: count = 4
    case 3: count = 1 + Int(bytes[start])
    case 4: count = 16
    default: throw .wrongValue(field: "ATYP", bytes[typeOffset], offset: typeOffset)
    }
    let total = start + count + 2
    guard bytes.count >= total else { return .incomplete(atLeast: total - bytes.count) }
    let host: ProxyAddress.Host
    switch count {
    case 4 where bytes[typeOffset] == 1:
      host = .ipv4(UInt32(truncatingIfNeeded: bytes.bigEndian(at: start, 4)))
    case 16 where bytes[typeOffset] == 4:
      host = .ipv6(high: bytes.bigEndian(at: start, 8), low: bytes.bigEndian(at: start + 8, 8))
    default:
      if let name = ProxyAddress.name(bytes[(start + 1)..<(start + count)]) {
        host = .name(name)
      } else if count == 1, allowsEmptyName {
        host = ProxyAddress.unspecified.host
      } else {
        throw .malformedName(offset: start + 1)
      }
    }
    let port = UInt16(truncatingIfNeeded: bytes.bigEndian(at: start + count, 2))
    return .complete(
      SOCKS5Frame(code: bytes[1], address: ProxyAddress(host, port: port)), byteCount: total)
  }
}
