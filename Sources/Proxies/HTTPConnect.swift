/// A request to an HTTP proxy for a tunnel (RFC 9110, section 9.3.6).
public struct HTTPConnectRequest: Hashable, Sendable {
  /// What is asked for: `CONNECT`, or something else that a tunnel's proxy does not do.
  public var method: String
  /// Where to; nil when another method has another kind of target.
  public var destination: ProxyAddress?
  /// What the client says of itself (`Proxy-Authorization`).
  public var authorization: String?

  /// A request for a tunnel.
  public init(_ destination: ProxyAddress, authorization: String? = nil) {
    method = "CONNECT"
    self.destination = destination
    self.authorization = authorization
  }

  private init(method: String) {
    self.method = method
  }

  /// The message; nil for a name that it cannot carry.
  public var bytes: [UInt8]? {
    guard let authority = destination?.authority else { return nil }
    var head = HTTPHead("CONNECT \(authority) HTTP/1.1", [.init("Host", authority)])
    if let authorization { head.fields.append(.init("Proxy-Authorization", authorization)) }
    return head.bytes
  }

  /// Reads a request at the beginning of `bytes`.
  public static func parse(
    _ bytes: [UInt8]
  ) throws(ProxyFormatError) -> ProxyParse<HTTPConnectRequest> {
    switch try HTTPHead.parse(bytes) {
    case .incomplete(let count): return .incomplete(atLeast: count)
    case .complete(let head, let count):
      return .complete(try HTTPConnectRequest(head), byteCount: count)
    }
  }

  private init(_ head: HTTPHead) throws(ProxyFormatError) {
    let words = head.line.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, !words[0].isEmpty, words[2].hasPrefix("HTTP/1.") else {
      throw .malformedLine
    }
    self.init(method: String(words[0]))
    authorization = head.value(of: "Proxy-Authorization")
    guard method == "CONNECT" else { return }
    guard let destination = ProxyAddress(authority: words[1]) else { throw .malformedLine }
    self.destination = destination
  }
}

/// What an HTTP proxy answers: the tunnel stands when its status is 200 to 299.
public struct HTTPConnectResponse: Hashable, Sendable {
  /// The status, three digits.
  public var status: Int
  /// The words behind it.
  public var reason: String
  /// Fields behind the first line.
  public var fields: [HTTPHead.Field]

  /// An answer.
  public init(_ status: Int, _ reason: String, _ fields: [HTTPHead.Field] = []) {
    self.status = status
    self.reason = reason
    self.fields = fields
  }

  /// Whether the tunnel stands.
  public var isSuccess: Bool { (200...299).contains(status) }

  /// The message.
  public var bytes: [UInt8] { HTTPHead("HTTP/1.1 \(status) \(reason)", fields).bytes }

  /// Reads an answer at the beginning of `bytes`.
  public static func parse(
    _ bytes: [UInt8]
  ) throws(ProxyFormatError) -> ProxyParse<HTTPConnectResponse> {
    switch try HTTPHead.parse(bytes) {
    case .incomplete(let count): return .incomplete(atLeast: count)
    case .complete(let head, let count):
      return .complete(try HTTPConnectResponse(head), byteCount: count)
    }
  }

  private init(_ head: HTTPHead) throws(ProxyFormatError) {
    let words = head.line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard words.count >= 2, words[0].hasPrefix("HTTP/1."), words[1].utf8.count == 3,
      let status = Int(words[1]), status >= 100
    else { throw .malformedLine }
    self.init(status, words.count > 2 ? String(words[2]) : "", head.fields)
  }
}

extension ProxyAddress {
  /// `host:port`, an IPv6 address in brackets (RFC 9112, section 3.2.3); nil for a name that has no place
  /// there.
  var authority: String? {
    switch host {
    case .name(let name):
      guard isWritable, !name.contains("/"), !name.contains("@") else { return nil }
      return name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)"
    case .ipv4(let address):
      let bytes = [24, 16, 8, 0].map { String(address >> UInt32($0) & 0xff) }
      return "\(bytes.joined(separator: ".")):\(port)"
    case .ipv6(let high, let low):
      let groups = [high, low].flatMap { half in
        [48, 32, 16, 0].map { String(half >> UInt64($0) & 0xffff, radix: 16) }
      }
      return "[\(groups.joined(separator: ":"))]:\(port)"
    }
  }

  /// Reads `host:port`. An address is taken for a name here: whoever connects reads it.
  init?(authority: Substring) {
    guard let colon = authority.lastIndex(of: ":") else { return nil }
    let digits = authority[authority.index(after: colon)...]
    guard !digits.isEmpty, digits.utf8.count <= 5,
      digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let port = UInt16(digits)
    else { return nil }
    var host = authority[..<colon]
    if host.first == "[" {
      guard host.last == "]" else { return nil }
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.contains("/"), !host.contains("@"), let name = Self.name(host.utf8) else {
      return nil
    }
    self.init(.name(name), port: port)
  }
}
