import AddressSpecifications
import EventLoop
import Glibc
import LinkLayer
import Sockets
import TLS

/// TCP and UNIX servers: each client that may come is an end.
final class SocatListener: SocatSource {
  private let address: SingleAddress
  private let access: SocatAccess
  private let opener: SocatOpener
  private let listener: StreamListener
  private let clients: Mailbox<(StreamSocket, SocketAddress)>
  private let admission: SocatAdmission
  /// What is shown to clients of TLS.
  private let context: TLSContext?
  private var path: FileSystemEntry?

  private var log: SocatLog { opener.log }

  /// Listens.
  init(
    _ address: SingleAddress, _ access: SocatAccess, _ opener: SocatOpener
  ) async throws(SocatFailure) {
    self.address = address
    self.access = access
    self.opener = opener
    admission = try await SocatAdmission(address, opener)
    if address.type.name == "openssl-listen" {
      context = try SocatOpener.secureContext(address, .server)
    } else {
      context = nil
    }
    clients = Mailbox(on: opener.loop)
    listener = try await opener.retrying(address) { () async throws(SocatFailure) in
      try await Self.listen(address, opener)
    }
    let options = address.options
    if address.type.name == "unix-listen", let name = address.parameters.first {
      try await opener.apply(options, toFile: listener.descriptor, path: name)
      if options["unlink-close"] != .number(0) { path = FileSystemEntry(name) }
    }
    do throws(SystemError) {
      try listener.start(on: opener.loop) { [clients, listener] socket, peer in
        // One client at a time leaves the kernel's queue: the others are not accepted before their turn.
        listener.pause()
        clients.put((socket, peer))
      }
      listener.pause()
    } catch {
      throw SocatFailure("accept()", error)
    }
  }

  private static func listen(
    _ address: SingleAddress, _ opener: SocatOpener
  ) async throws(SocatFailure) -> StreamListener {
    let options = address.options
    let local: SocketAddress
    if !Self.isUnix(address) {
      let family = try opener.listeningFamily(address)
      let port = try opener.port(address.parameters[0], host: nil, protocolName: "tcp")
      let bound = try await opener.bindAddress(address, family, port: port)
      local = .internet(bound ?? InternetAddress(family.unspecified, port: port))
    } else {
      let name = address.parameters.first ?? ""
      local = opener.unixAddress(name, address)
      if address.type.name == "unix-listen" {
        try opener.prepare(name, options)
        if SocatFileKind(name) != .missing { throw SocatFailure("\"\(name)\" exists") }
      }
    }
    let socket = try opener.makeSocket(local.domain, .stream, address, at: local)
    let number = socket.descriptor
    do throws(SystemError) {
      return try socket.listen(
        backlog: Int32(truncatingIfNeeded: options.number("backlog") ?? 5))
    } catch {
      throw SocatFailure("listen(\(number))", error)
    }
  }

  private static func isUnix(_ address: SingleAddress) -> Bool {
    address.type.name.hasPrefix("unix") || address.type.name.hasPrefix("abstract")
  }

  func next() async throws(SocatFailure) -> SocatOpening? {
    while true {
      log.notice("listening on \(SocatWords.address(listener.address))")
      guard let (socket, peer) = try await accept() else { return nil }
      let own = (try? socket.localAddress) ?? listener.address
      log.notice(
        "accepting connection from \(SocatWords.address(peer)) on \(SocatWords.address(own))")
      guard admission.lets(peer, log) else {
        socket.close()
        continue
      }
      return { [self] () async throws(SocatFailure) in
        try await welcome(socket, from: peer, at: own)
      }
    }
  }

  private func accept() async throws(SocatFailure) -> (StreamSocket, SocketAddress)? {
    listener.resume()
    let timer = address.options.duration("accept-timeout").map { limit in
      opener.loop.schedule(after: limit) { [clients] in clients.finish() }
    }
    defer { timer?.cancel() }
    do throws(CancellationError) {
      if let (socket, peer) = try await clients.take().first {
        guard case .unix = peer else { return (socket, peer) }
        return (socket, (try? socket.peerAddress) ?? peer)
      }
    } catch {
      throw SocatFailure.silent(status: 1)
    }
    log.warning("accept: \(SocatWords.reason(ETIMEDOUT))")
    return nil
  }

  private func welcome(
    _ socket: StreamSocket, from peer: SocketAddress, at own: SocketAddress
  ) async throws(SocatFailure) -> SocatEndpoint {
    try opener.apply(address.options, to: socket.descriptor, at: .connected)
    if !address.type.name.hasPrefix("unix") {
      try await opener.apply(address.options, toFile: socket.descriptor)
    }
    var stream: any ByteStream = socket
    if let context {
      stream = try await opener.secure(
        socket, context, SocatOpener.clientExpectation(address), "\(peer)", "SSL_accept()",
        within: opener.run.line.idleTimeout ?? Self.handshakeTimeout(address))
    }
    let endpoint = try opener.endpoint(stream, address, access)
    endpoint.environment = SocatEnvironment.ends(peer: peer, own: own)
    if let secure = stream as? TLSStream {
      endpoint.environment += SocatEnvironment.agreed(secure)
    }
    return endpoint
  }

  /// How long a client may take for TLS's handshake where `-T` says nothing: one of many must not hold its
  /// place for ever.
  private static func handshakeTimeout(_ address: SingleAddress) -> Duration? {
    address.options.isOn("fork") ? .seconds(60) : nil
  }

  func close() {
    listener.close()
    path?.remove()
    path = nil
  }
}
