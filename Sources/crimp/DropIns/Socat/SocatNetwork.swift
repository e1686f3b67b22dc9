import AddressSpecifications
import EventLoop
import Glibc
import LinkLayer
import Sockets

extension SocatOpener {
  /// The version of IP that an address asks for: its type, `pf`, `-4` and `-6`; nil when nothing says.
  func family(_ address: SingleAddress) throws(SocatFailure) -> InternetFamily? {
    if let word = address.options.text("protocol-family") {
      switch word.lowercased() {
      case "ip4", "ipv4", "inet", "inet4", "2", "pf_inet": return .v4
      case "ip6", "ipv6", "inet6", "10", "pf_inet6": return .v6
      default: throw SocatFailure("unknown protocol family \"\(word)\"")
      }
    }
    let head = address.type.name.prefix { $0 != "-" }
    if head.hasSuffix("4") { return .v4 }
    if head.hasSuffix("6") { return .v6 }
    return run.line.prefersIPv6.map { $0 ? .v6 : .v4 }
  }

  /// The version of IP to listen with.
  func listeningFamily(_ address: SingleAddress) throws(SocatFailure) -> InternetFamily {
    if let family = try family(address) { return family }
    guard let word = unsafe getenv("SOCAT_DEFAULT_LISTEN_IP") else { return .v4 }
    return unsafe word.pointee == CChar(bitPattern: UInt8(ascii: "6")) ? .v6 : .v4
  }

  /// A port: a number, or a service's name.
  func port(_ text: String, host: String?, protocolName: String) throws(SocatFailure) -> UInt16 {
    if let number = try? Number.read(text, text: text) {
      guard let port = UInt16(exactly: number) else {
        throw SocatFailure("port \"\(text)\": expected a number from 0 to 65535")
      }
      return port
    }
    guard let entry = unsafe getservbyname(text, protocolName) else {
      let shown = host.map { "\"\($0)\"" } ?? "\"NULL\""
      throw SocatFailure(
        "getaddrinfo\(host == nil ? "" : "")(\(shown), \"\(text)\", {1,0,1,0}, {}):"
          + " Servname not supported for ai_socktype")
    }
    return UInt16(truncatingIfNeeded: unsafe entry.pointee.s_port).byteSwapped
  }

  /// The addresses of a host, the best first. An IPv6 address may stand in brackets.
  func resolve(
    _ host: String, _ port: UInt16, _ family: InternetFamily?, type: Int32 = 1
  ) async throws(SocatFailure) -> [InternetAddress] {
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    let name = isBracketed ? String(host.dropFirst().dropLast()) : host
    do throws(NameError) {
      return try await loop.resolve(name, port: port, family: family)
    } catch {
      let code = family.map { $0 == .v4 ? AF_INET : AF_INET6 } ?? 0
      let flags = isBracketed ? 5 : 1
      throw SocatFailure(
        "getaddrinfo(\"\(name)\", \"NULL\", {\(flags),\(code),\(type),"
          + "\(type == 1 ? 6 : 17)}, {}): \(Self.words(error))")
    }
  }

  private static func words(_ error: NameError) -> String {
    switch error {
    case .unknown, .malformed: "Name or service not known"
    case .temporary: "Temporary failure in name resolution"
    case .failed(_, let reason): reason
    }
  }

  /// Where a socket is bound: `[HOST][:PORT]`, and the option of a port beside it; nil when nothing says.
  func bindAddress(
    _ address: SingleAddress, _ family: InternetFamily, port: UInt16?, type: Int32 = 1
  ) async throws(SocatFailure) -> InternetAddress? {
    let options = address.options
    let isListener = port != nil
    var wanted = port
    var host = ""
    if let text = options.text("bind") {
      let (name, service) = Self.hostAndService(text)
      host = name
      if let service {
        wanted = try self.port(service, host: name, protocolName: type == 1 ? "tcp" : "udp")
      }
    }
    if !isListener, let source = options.number("sourceport") { wanted = UInt16(source) }
    guard wanted != nil || !host.isEmpty else { return nil }
    guard !host.isEmpty else {
      return InternetAddress(family.unspecified, port: wanted ?? 0)
    }
    return try await resolve(host, wanted ?? 0, family, type: type).first
  }

  /// Takes `HOST:PORT`, `[IPv6]:PORT`, `:PORT`, `HOST` apart.
  private static func hostAndService(_ text: String) -> (String, String?) {
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      let rest = text[text.index(after: end)...]
      return (String(text[...end]), rest.hasPrefix(":") ? String(rest.dropFirst()) : nil)
    }
    guard let colon = text.firstIndex(of: ":") else { return (text, nil) }
    let service = String(text[text.index(after: colon)...])
    return (String(text[..<colon]), service.isEmpty ? nil : service)
  }

  /// Binds to a free port from 640 to 1023, beginning anywhere (`lowport`).
  func bindLowPort(
    _ socket: UnconnectedSocket, _ address: InternetAddress
  ) throws(SocatFailure) {
    let first = UInt16.random(in: 640...1023)
    for step in UInt16(0)..<384 {
      var candidate = address
      candidate.port = 640 + (first - 640 + step) % 384
      do throws(SystemError) {
        return try socket.bind(to: .internet(candidate))
      } catch {
        guard error.errno != EADDRINUSE else { continue }
        throw bindFailure(socket, .internet(candidate), error)
      }
    }
    throw SocatFailure("no low port available")
  }

  /// A socket with its options, bound if an address is given.
  func makeSocket(
    _ domain: SocketDomain, _ kind: SocketKind, _ address: SingleAddress,
    at local: SocketAddress?
  ) throws(SocatFailure) -> UnconnectedSocket {
    let socket = try openSocket(domain, kind)
    try bind(socket, address, at: local)
    return socket
  }

  /// A socket without options or an address.
  func openSocket(
    _ domain: SocketDomain, _ kind: SocketKind
  ) throws(SocatFailure) -> UnconnectedSocket {
    do throws(SystemError) {
      return try UnconnectedSocket(domain, kind)
    } catch {
      throw SocatFailure("socket(\(SocatWords.code(domain)), \(kind.rawValue), 0)", error)
    }
  }

  /// Gives a new socket its options and, if there is one, its address.
  func bind(
    _ socket: UnconnectedSocket, _ address: SingleAddress, at local: SocketAddress?
  ) throws(SocatFailure) {
    try apply(address.options, to: socket.descriptor, at: .made)
    if address.options.isOn("lowport"), case .internet(let family) = socket.domain {
      let any = local?.internetAddress ?? InternetAddress(family.unspecified, port: 0)
      try bindLowPort(socket, any)
    } else if let local {
      do throws(SystemError) {
        try socket.bind(to: local)
      } catch {
        throw bindFailure(socket, local, error)
      }
    }
  }

  private func bindFailure(
    _ socket: UnconnectedSocket, _ local: SocketAddress, _ error: SystemError
  ) -> SocatFailure {
    SocatFailure(
      "bind(\(socket.descriptor), {\(SocatWords.address(local))}, \(SocatWords.byteCount(local)))",
      error)
  }

  /// The room for a UNIX socket's name (`struct sockaddr_un`).
  private static let unixNameByteCount = 108

  /// A UNIX socket's address for a path, or for a name without a file.
  func unixAddress(_ name: String, _ address: SingleAddress) -> SocketAddress {
    if address.type.name.hasPrefix("abstract") {
      let name = "@" + name
      guard address.options["unix-tightsocklen"] == .number(0) else { return .unix(path: name) }
      // All of the kernel's room is the name then.
      let rest = max(0, Self.unixNameByteCount - name.utf8.count)
      return .unix(path: name + String(repeating: "\0", count: rest))
    }
    // A path that begins with @ is a path here.
    return .unix(path: name.hasPrefix("@") ? "./" + name : name)
  }
}

extension SocatWords {
  /// The number of an address family.
  static func code(_ domain: SocketDomain) -> Int32 {
    switch domain {
    case .unix: AF_UNIX
    case .internet(.v4): AF_INET
    case .internet(.v6): AF_INET6
    }
  }
}
