/// A request of SOCKS 4 (Ying-Da Lee, "SOCKS: A protocol for TCP proxy across firewalls") or 4a, its extension
/// "SOCKS 4A: A Simple Extension to SOCKS 4 Protocol", which has a name in place of an address.
///
///     +----+----+----+----+----+----+----+----+----+----+....+----+----+....+----+
///     | VN | CD | DSTPORT |      DSTIP        | USERID       |NULL| name    |NULL|
///     +----+----+----+----+----+----+----+----+----+----+....+----+----+....+----+
///       1    1       2              4           variable       1    4a alone
///
/// In 4a the address is `0.0.0.x`, x not 0, and the name follows.
public struct SOCKS4Request: Hashable, Sendable {
  /// What is asked for (`CD`); 1 to connect, 2 to accept.
  public var command: UInt8
  /// Where to: an IPv4 address or a name.
  public var destination: ProxyAddress
  /// Who asks, as the asking host says: at most 255 bytes, none of them 0.
  public var user: [UInt8]

  /// A request to connect.
  public init(_ destination: ProxyAddress, user: [UInt8] = [], command: UInt8 = Self.connect) {
    self.destination = destination
    self.user = user
    self.command = command
  }

  /// Connect to the destination.
  public static let connect: UInt8 = 1
  /// `VN`.
  public static let version: UInt8 = 4
  /// The most bytes that a user has here; the protocol names no limit.
  public static let longestUser = 255
  private static let fixedByteCount = 8

  /// The message; nil for a destination in IPv6, or for a user or name that it cannot carry.
  public var bytes: [UInt8]? {
    guard destination.isWritable, user.count <= Self.longestUser, !user.contains(0) else {
      return nil
    }
    var bytes = [Self.version, command]
    bytes.append(bigEndian: destination.port)
    switch destination.host {
    case .ipv4(let address):
      // The address that means "a name follows" cannot be asked for.
      guard address == 0 || address > 0xff else { return nil }
      bytes.append(bigEndian: address)
      return bytes + user + [0]
    case .name(let name):
      bytes.append(bigEndian: UInt32(1))
      return bytes + user + [0] + name.utf8 + [0]
    case .ipv6: return nil
    }
  }

  /// Reads a request at the beginning of `bytes`.
  public static func parse(
    _ bytes: [UInt8]
  ) throws(ProxyFormatError) -> ProxyParse<SOCKS4Request> {
    if let first = bytes.first, first != version {
      throw .wrongValue(field: "VN", first, offset: 0)
    }
    guard bytes.count > fixedByteCount else {
      return .incomplete(atLeast: fixedByteCount + 1 - bytes.count)
    }
    guard let end = try terminator("USERID", bytes, fixedByteCount, longestUser) else {
      return .incomplete(atLeast: 1)
    }
    let port = UInt16(truncatingIfNeeded: bytes.bigEndian(at: 2, 2))
    let address = UInt32(truncatingIfNeeded: bytes.bigEndian(at: 4, 4))
    let user = Array(bytes[fixedByteCount..<end])
    guard (1...0xff).contains(address) else {
      let request = SOCKS4Request(
        ProxyAddress(.ipv4(address), port: port), user: user, command: bytes[1])
      return .complete(request, byteCount: end + 1)
    }
    let start = end + 1
    guard let nameEnd = try terminator("name", bytes, start, ProxyAddress.longestName) else {
      return .incomplete(atLeast: 1)
    }
    guard let name = ProxyAddress.name(bytes[start..<nameEnd]) else {
      throw .malformedName(offset: start)
    }
    let request = SOCKS4Request(
      ProxyAddress(.name(name), port: port), user: user, command: bytes[1])
    return .complete(request, byteCount: nameEnd + 1)
  }

  /// Where the field from `start` on has its null byte; nil when that has not come yet.
  private static func terminator(
    _ field: String, _ bytes: [UInt8], _ start: Int, _ limit: Int
  ) throws(ProxyFormatError) -> Int? {
    let searched = bytes[start...].prefix(limit + 1)
    if let end = searched.firstIndex(of: 0) { return end }
    guard searched.count <= limit else { throw .tooLong(field: field, limit: limit, offset: start) }
    return nil
  }
}

/// The answer of SOCKS 4:
///
///     +----+----+----+----+----+----+----+----+
///     | VN | CD | DSTPORT |      DSTIP        |
///     +----+----+----+----+----+----+----+----+
public struct SOCKS4Reply: Hashable, Sendable {
  /// How it went (`CD`).
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// 90 to 93.
    public let rawValue: UInt8

    /// A code.
    public init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// The connection stands.
    public static let granted = Code(rawValue: 90)
    /// It was rejected, or failed.
    public static let failed = Code(rawValue: 91)
    /// The proxy found nobody at the client's host whom it could ask who the user is.
    public static let noIdentity = Code(rawValue: 92)
    /// The user is not who the client says.
    public static let otherIdentity = Code(rawValue: 93)
  }

  /// How it went.
  public var code: Code
  /// The port and address that a proxy which accepts tells; nothing else means anything.
  public var address: ProxyAddress

  /// An answer.
  public init(_ code: Code, _ address: ProxyAddress = .unspecified) {
    self.code = code
    self.address = address
  }

  /// How many bytes it has.
  public static let byteCount = 8

  /// The message. An address that is not IPv4 is written as none.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = [0, code.rawValue]
    bytes.append(bigEndian: address.port)
    if case .ipv4(let address) = address.host {
      bytes.append(bigEndian: address)
    } else {
      bytes.append(bigEndian: UInt32(0))
    }
    return bytes
  }

  /// Reads an answer at the beginning of `bytes`.
  public static func parse(_ bytes: [UInt8]) throws(ProxyFormatError) -> ProxyParse<SOCKS4Reply> {
    // Some servers put their own version there instead of 0.
    if let first = bytes.first, first != 0, first != SOCKS4Request.version {
      throw .wrongValue(field: "VN", first, offset: 0)
    }
    guard bytes.count >= byteCount else { return .incomplete(atLeast: byteCount - bytes.count) }
    let address = ProxyAddress(
      .ipv4(UInt32(truncatingIfNeeded: bytes.bigEndian(at: 4, 4))),
      port: UInt16(truncatingIfNeeded: bytes.bigEndian(at: 2, 2)))
    return .complete(
      SOCKS4Reply(Code(rawValue: bytes[1]), address), byteCount: byteCount)
  }
}
