import AddressSpecifications
import EventLoop
import Glibc
import LinkLayer
import Sockets

/// What a type of datagram address does, told by the end of its name.
enum SocatDatagramRole: String {
  /// To and from one peer, by a connected socket.
  case connect
  /// The same, with the sender of the first datagram.
  case listen
  /// To one peer, and from it alone.
  case sendto
  /// One datagram, and answers to its sender.
  case recvfrom
  /// Datagrams from anybody, and no answers.
  case recv
  /// To one address, perhaps of many; from anybody.
  case datagram

  /// The role that a type's name ends with.
  init?(_ type: AddressType) {
    guard let end = type.name.split(separator: "-").last else { return nil }
    self.init(rawValue: String(end))
  }
}

extension SocatOpener {
  /// UDP and datagrams of UNIX sockets, but for those that wait for a first datagram.
  func openDatagrams(
    _ address: SingleAddress, _ access: SocatAccess
  ) async throws(SocatFailure) -> SocatEndpoint {
    let role = SocatDatagramRole(address.type)
    let target = role == .recv ? nil : try await datagramTarget(address)
    if role == .connect, let target {
      log.notice("opening connection to \(SocatWords.address(target))")
    }
    let local = try await datagramSource(address, target)
    let socket = try makeSocket(
      target?.domain ?? localDomain(address, local), .datagram, address, at: local)
    try join(address.options, socket)
    var terms = datagramTerms(address)
    switch role {
    case .connect:
      guard let target else { break }
      do throws(SystemError) {
        try socket.connect(to: target)
      } catch {
        throw SocatFailure(
          "connect(\(socket.descriptor), \(SocatWords.address(target)),"
            + " \(SocatWords.byteCount(target)))", error)
      }
      if let own = try? socket.localAddress {
        log.notice("successfully connected from local address \(SocatWords.address(own))")
      }
    case .sendto:
      terms.receiver = target
      terms.accepts = { [log] sender in
        if sender == target { return true }
        log.info("recvfrom(): ignoring packet from \(SocatWords.address(sender))")
        return false
      }
    case .datagram:
      terms.receiver = target
      let range = try await SocatRange(address, self)
      let port = address.options["sourceport"] == nil ? nil : target?.internetAddress?.port
      terms.accepts = { sender in
        guard let internet = sender.internetAddress else { return true }
        return range?.contains(internet.address) != false && (port == nil || port == internet.port)
      }
    default:
      let range = try await SocatRange(address, self)
      let port = address.options.number("sourceport")
      terms.accepts = { sender in
        guard let internet = sender.internetAddress else { return true }
        return range?.contains(internet.address) != false
          && (port == nil || port == Int64(internet.port))
      }
    }
    if role == .sendto || role == .datagram, let own = try? socket.localAddress {
      log.notice("successfully prepared local socket \(SocatWords.address(own))")
    }
    return try await datagramEndpoint(socket, terms, address, access)
  }

  /// The end that a socket of datagrams becomes.
  func datagramEndpoint(
    _ socket: UnconnectedSocket, _ terms: MessageStream.Terms, _ address: SingleAddress,
    _ access: SocatAccess
  ) async throws(SocatFailure) -> SocatEndpoint {
    let path = localPath(address)
    try apply(address.options, to: socket.descriptor, at: .connected)
    try await apply(address.options, toFile: socket.descriptor, path: path)
    let stream: MessageStream
    do throws(SystemError) {
      stream = try MessageStream(socket, terms)
    } catch {
      throw SocatFailure("socket()", error)
    }
    let endpoint = try endpoint(stream, address, access)
    endpoint.stream.receiver = terms.receiver
    if let path { try arrangeRemoval(path, address.options, byDefault: true, endpoint) }
    return endpoint
  }

  /// What the options say of datagrams.
  func datagramTerms(_ address: SingleAddress) -> MessageStream.Terms {
    var terms = MessageStream.Terms()
    terms.emptyEnds = address.options.isOn("null-eof")
    terms.endsWithEmpty = address.options["shut-null"] != nil
    terms.onReceive = { [log] count, sender in
      log.notice("received packet with \(count) bytes from \(SocatWords.address(sender))")
    }
    return terms
  }

  // MARK: Addresses

  private func datagramTarget(_ address: SingleAddress) async throws(SocatFailure) -> SocketAddress
  {
    guard address.type.name.hasPrefix("udp") else {
      return unixAddress(address.parameters.first ?? "", address)
    }
    let (host, service) = (address.parameters[0], address.parameters[1])
    let port = try port(service, host: host, protocolName: "udp")
    let found = try await resolve(host, port, try family(address), type: 2)
    guard let target = found.first else { throw SocatFailure("no address for \"\(host)\"") }
    return .internet(target)
  }

  /// Where a client or a receiver is bound; nil for nowhere.
  private func datagramSource(
    _ address: SingleAddress, _ target: SocketAddress?
  ) async throws(SocatFailure) -> SocketAddress? {
    if address.type.name.hasPrefix("udp") {
      guard let target, let family = target.internetAddress?.family else {
        return .internet(try await listeningPoint(address))
      }
      return try await bindAddress(address, family, port: nil, type: 2).map(SocketAddress.internet)
    }
    if target == nil {
      let name = address.parameters.first ?? ""
      try prepareName(name, address)
      return unixAddress(name, address)
    }
    guard let name = address.options.text("bind") else { return nil }
    try prepareName(name, address)
    return unixAddress(name, address)
  }

  /// Where datagrams are waited for.
  func listeningPoint(_ address: SingleAddress) async throws(SocatFailure) -> InternetAddress {
    let family = try listeningFamily(address)
    let port = try port(address.parameters[0], host: nil, protocolName: "udp")
    return try await bindAddress(address, family, port: port, type: 2)
      ?? InternetAddress(family.unspecified, port: port)
  }

  /// Makes room for a socket's path.
  func prepareName(_ name: String, _ address: SingleAddress) throws(SocatFailure) {
    guard !address.type.name.hasPrefix("abstract") else { return }
    try prepare(name, address.options)
  }

  private func localDomain(_ address: SingleAddress, _ local: SocketAddress?) -> SocketDomain {
    local?.domain ?? (address.type.name.hasPrefix("udp") ? .internet(.v4) : .unix)
  }

  /// The path that this socket has in the file system.
  private func localPath(_ address: SingleAddress) -> String? {
    guard address.type.name.hasPrefix("unix") else { return nil }
    switch SocatDatagramRole(address.type) {
    case .recv, .recvfrom: return address.parameters.first
    default: return address.options.text("bind")
    }
  }

  // MARK: Groups

  /// Joins the groups that the options name, and chooses the interface for what goes to groups.
  func join(_ options: AddressOptions, _ socket: UnconnectedSocket) throws(SocatFailure) {
    for option in options.all {
      guard case .text(let text) = option.value else { continue }
      let setting: SocketSetting
      switch option.name {
      case "ip-add-membership": setting = try Self.membership(text, option)
      case "ipv6-join-group": setting = try Self.membership6(text, option)
      case "ip-multicast-if":
        guard case .v4(let address)? = IPAddress(text) else {
          throw SocatFailure("option \"\(option.text)\": expected an IPv4 address")
        }
        setting = SocketSetting(level: 0, name: 32, bytes: Self.bytes(address))
      default: continue
      }
      try attempt { () throws(SocatFailure) in
        do throws(SystemError) {
          try socket.set(setting)
        } catch {
          throw SocatFailure(
            "setsockopt(\(socket.descriptor), \(setting.level), \(setting.name), {\(text)},"
              + " \(setting.value.count))", error)
        }
      }
    }
  }

  /// `struct ip_mreqn`: the group, the interface's address, its index.
  private static func membership(
    _ text: String, _ option: AddressOption
  ) throws(SocatFailure) -> SocketSetting {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1 else {
      let shown = text.isEmpty ? option.text : text
      throw SocatFailure("syntax in option \(shown): missing ':'")
    }
    guard case .v4(let group)? = IPAddress(parts[0]) else {
      throw SocatFailure("option \"\(option.text)\": expected an IPv4 group")
    }
    var bytes = bytes(group)
    if case .v4(let own)? = IPAddress(parts[1]) {
      bytes += Self.bytes(own)
      let index: Int32 = parts.count > 2 ? try Self.index(parts[2]) : 0
      return SocketSetting(level: 0, name: 35, bytes: bytes + SocketSetting.bytes(of: index))
    }
    bytes += [0, 0, 0, 0]
    return SocketSetting(
      level: 0, name: 35, bytes: bytes + SocketSetting.bytes(of: try Self.index(parts[1])))
  }

  /// `struct ipv6_mreq`: the group, the interface's index.
  private static func membership6(
    _ text: String, _ option: AddressOption
  ) throws(SocatFailure) -> SocketSetting {
    guard text.hasPrefix("["), let end = text.firstIndex(of: "]"),
      case .v6(let group)? = IPAddress(String(text[text.index(after: text.startIndex)..<end]))
    else { throw SocatFailure("option \"\(option.text)\": expected [GROUP]:INTERFACE") }
    let bytes = (0..<16).map { index in
      UInt8(
        truncatingIfNeeded: (index < 8 ? group.high : group.low) >> UInt64(56 - 8 * (index % 8)))
    }
    let number = try Self.index(String(text[text.index(after: end)...].dropFirst()))
    return SocketSetting(level: 41, name: 20, bytes: bytes + SocketSetting.bytes(of: number))
  }

  private static func index(_ name: String) throws(SocatFailure) -> Int32 {
    let index = unsafe if_nametoindex(name)
    if index > 0 { return Int32(truncatingIfNeeded: index) }
    guard let number = Int32(name) else {
      throw SocatFailure(
        "getaddrinfo(\"\(name)\", \"NULL\", {1,0,2,0}, {}): Name or service not known")
    }
    return number
  }

  private static func bytes(_ address: IPv4Address) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: address.rawValue >> UInt32(24 - 8 * $0)) }
  }
}
