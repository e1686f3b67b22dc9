import EventLoop
import Glibc
import IPMI
import Machines
import Proxies
import Relay
import Sockets

/// `nc -x`: asks a proxy for a connection, over one to the proxy.
struct NetcatProxyClient {
  private let session: NetcatSession
  private let proxy: NetcatProxy
  private var options: NetcatOptions { session.options }
  private var messages: NetcatMessages { session.messages }

  init(_ session: NetcatSession, _ proxy: NetcatProxy) {
    self.session = session
    self.proxy = proxy
  }

  /// The stream to the host's port.
  ///
  /// - Parameter connect: makes a connection to the proxy; nil when there is none.
  func stream(
    to port: UInt16, _ connect: () async throws(Exit) -> (any ByteStream)?
  ) async throws(Exit) -> (any ByteStream)? {
    let target = try target(port)
    var credentials: ProxyCredentials?
    // A password is asked for once the proxy has asked for it.
    for _ in 0..<3 {
      guard let stream = try await connect() else { return nil }
      do throws(ProxyError) {
        return try await handshake(over: stream, target, credentials)
      } catch {
        let wantsUser = isRefusedForWant(of: credentials, error)
        guard wantsUser, let user = options.proxyUser, kind == .httpConnect else {
          throw messages.fail(words(error))
        }
        credentials = try ask(user)
      }
    }
    throw messages.fail("Proxy authentication failed")
  }

  private func handshake(
    over stream: any ByteStream, _ target: ProxyAddress, _ credentials: ProxyCredentials?
  ) async throws(ProxyError) -> any ByteStream {
    let completion = Completion<ProxyHandshake.Outcome>(on: session.loop)
    let timeout = options.timeout.flatMap { $0 > 0 ? Duration.seconds($0) : nil }
    let handshake = ProxyHandshake(
      over: stream, kind, to: target, credentials, proxy: proxy.host, timeout: timeout,
      on: session.loop
    ) { completion.fulfil($0) }
    let outcome = await completion.valueThroughCancellation
    // It is given up when nobody holds it.
    withExtendedLifetime(handshake) {}
    return try outcome.get()
  }

  private var kind: ProxyKind {
    switch options.proxyProtocol {
    case .socks4: .socks4
    case .socks5: .socks5
    case .connect: .httpConnect
    }
  }

  /// Of version 4 the addresses are IPv4's, and looked up here.
  private func target(_ port: UInt16) throws(Exit) -> ProxyAddress {
    var host = options.host ?? ""
    if options.proxyProtocol == .socks4 || options.isNumeric {
      var question = session.question()
      if options.proxyProtocol == .socks4 { question.family = .internet(.v4) }
      do throws(NetcatNames.Failure) {
        let addresses = try NetcatNames.addresses(host, service: String(port), question)
        host = addresses.first?.host ?? host
      } catch {
        throw messages.fail("getaddrinfo(\"\(host)\", \"\(port)\"): \(error.reason)")
      }
    }
    guard host.utf8.count <= 255 else { throw messages.fail("host name too long for SOCKS5") }
    return ProxyAddress(host: host, port: port)
  }

  // MARK: Who asks

  private func isRefusedForWant(of credentials: ProxyCredentials?, _ error: ProxyError) -> Bool {
    switch error.cause {
    case .failure(.authorizationRequired), .failure(.authorizationRefused): true
    default: false
    }
  }

  private func ask(_ user: String) throws(Exit) -> ProxyCredentials {
    let prompt = "Proxy password for \(user)@\(proxy.host): "
    guard let password = try? SecretPrompt.ask(prompt, for: "-P") else {
      throw messages.fail("Unable to read proxy passphrase")
    }
    return ProxyCredentials(user: user, password: password)
  }

  // MARK: Words

  private func words(_ error: ProxyError) -> String {
    switch error.cause {
    case .failure(.refused(_, let code)):
      switch options.proxyProtocol {
      case .socks5: "connection failed, SOCKSv5 error: \(Self.words5[code] ?? "Unknown error")"
      case .socks4: "connection failed, SOCKSv4 error: \(Self.words4[code] ?? "Unknown error")"
      case .connect: "Proxy error: \"\(Self.statusLine(code))\""
      }
    case .failure(.authorizationRequired) where options.proxyProtocol == .connect:
      "Proxy error: \"\(Self.statusLine(407))\""
    case .failure(.authorizationRequired): "authentication method negotiation failed"
    case .failure(.authorizationRefused): "Proxy authentication failed"
    case .failure(.unsuitableTarget): "connection failed, unsupported address type"
    case .failure(let failure): "\(failure)"
    case .connection, .lost, .timedOut, .cancelled: "\(error)"
    }
  }

  private static let words5: [Int: String] = [
    1: "General SOCKS server failure", 2: "Connection not allowed by ruleset",
    3: "Network unreachable", 4: "Host unreachable", 5: "Connection refused", 6: "TTL expired",
    7: "Command not supported", 8: "Address type not supported",
  ]

  private static let words4: [Int: String] = [
    91: "Request rejected or failed",
    92: "SOCKS server cannot connect to identd on the client",
    93: "Client program and identd report different user-ids",
  ]

  /// The usual line of a status; what the proxy wrote behind the number is its own.
  private static func statusLine(_ code: Int) -> String {
    let reasons = [
      400: " Bad Request", 403: " Forbidden", 404: " Not Found", 405: " Method Not Allowed",
      407: " Proxy Authentication Required", 500: " Internal Server Error",
      501: " Not Implemented", 502: " Bad Gateway", 503: " Service Unavailable",
      504: " Gateway Timeout",
    ]
    return "HTTP/1.1 \(code)\(reasons[code] ?? "")"
  }
}
