internal import Proxies

/// What a proxy answers in each protocol.
enum ProxyAnswers {
  static func success(_ kind: ProxyKind, _ bound: ProxyAddress) -> [UInt8] {
    switch kind {
    case .socks4, .socks4a: SOCKS4Reply(.granted, bound).bytes
    case .socks5: SOCKS5Reply(.succeeded, bound).bytes
    case .httpConnect: HTTPConnectResponse(200, "Connection established").bytes
    }
  }

  /// Nil where the protocol has no word for it.
  static func refusal(_ kind: ProxyKind, _ reason: ProxyRefusal) -> [UInt8]? {
    switch kind {
    case .socks4, .socks4a:
      switch reason {
      case .noCredentials, .wrongCredentials: SOCKS4Reply(.otherIdentity).bytes
      default: SOCKS4Reply(.failed).bytes
      }
    case .socks5: socks5(reason).map { SOCKS5Reply($0).bytes }
    case .httpConnect: http(reason).bytes
    }
  }

  private static func socks5(_ reason: ProxyRefusal) -> SOCKS5Reply.Code? {
    switch reason {
    case .command: .commandNotSupported
    case .notAllowed: .notAllowed
    case .networkUnreachable: .networkUnreachable
    case .unknownHost, .hostUnreachable: .hostUnreachable
    case .refused: .refused
    case .timedOut: .timeToLiveExpired
    case .failure: .generalFailure
    case .malformed(.wrongValue(field: "ATYP", _, _)): .addressTypeNotSupported
    case .malformed(.malformedName): .generalFailure
    // Before the request there is no answer of this kind.
    case .malformed, .unknownProtocol, .noCredentials, .wrongCredentials: nil
    }
  }

  private static func http(_ reason: ProxyRefusal) -> HTTPConnectResponse {
    let closing = [HTTPHead.Field("Content-Length", "0"), HTTPHead.Field("Connection", "close")]
    switch reason {
    case .noCredentials, .wrongCredentials:
      let challenge = HTTPHead.Field("Proxy-Authenticate", "Basic realm=\"crimp\"")
      return HTTPConnectResponse(407, "Proxy Authentication Required", [challenge] + closing)
    case .malformed(.tooLong):
      return HTTPConnectResponse(431, "Request Header Fields Too Large", closing)
    case .malformed, .unknownProtocol: return HTTPConnectResponse(400, "Bad Request", closing)
    case .command:
      let allowed = HTTPHead.Field("Allow", "CONNECT")
      return HTTPConnectResponse(405, "Method Not Allowed", [allowed] + closing)
    case .notAllowed: return HTTPConnectResponse(403, "Forbidden", closing)
    case .timedOut: return HTTPConnectResponse(504, "Gateway Timeout", closing)
    case .unknownHost, .networkUnreachable, .hostUnreachable, .refused:
      return HTTPConnectResponse(502, "Bad Gateway", closing)
    case .failure: return HTTPConnectResponse(500, "Internal Server Error", closing)
    }
  }
}

extension ProxyRefusal: CustomStringConvertible {
  /// One line.
  public var description: String {
    switch self {
    case .malformed(let error): "its request is malformed: \(error)"
    case .unknownProtocol: "it begins like no protocol that is spoken here"
    case .noCredentials: "it did not say who it is"
    case .wrongCredentials: "wrong user or password"
    case .command: "it asks for something other than a connection"
    case .notAllowed: "the target is not allowed"
    case .unknownHost: "the target's name has no address"
    case .networkUnreachable: "no route to the target's network"
    case .hostUnreachable: "the target cannot be reached"
    case .refused: "nobody listens at the target"
    case .timedOut: "no answer from the target in time"
    case .failure: "the relay failed"
    }
  }
}
