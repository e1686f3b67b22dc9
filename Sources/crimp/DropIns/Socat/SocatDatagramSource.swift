import AddressSpecifications
import EventLoop
import Glibc
import Sockets

/// Addresses that a first datagram makes an end: `UDP-LISTEN` gives its sender a connected socket, `RECVFROM`
/// takes this one datagram and answers it.
final class SocatDatagramSource: SocatSource {
  private let address: SingleAddress
  private let access: SocatAccess
  private let opener: SocatOpener
  private let role: SocatDatagramRole
  private let admission: SocatAdmission
  private let local: SocketAddress
  private var socket: UnconnectedSocket?
  private var path: FileSystemEntry?

  private var log: SocatLog { opener.log }

  /// Binds the first socket.
  init(
    _ address: SingleAddress, _ access: SocatAccess, _ opener: SocatOpener
  ) async throws(SocatFailure) {
    self.address = address
    self.access = access
    self.opener = opener
    role = SocatDatagramRole(address.type) ?? .recvfrom
    admission = try await SocatAdmission(address, opener)
    if address.type.name.hasPrefix("udp") {
      local = .internet(try await opener.listeningPoint(address))
    } else {
      let name = address.parameters.first ?? ""
      try opener.prepareName(name, address)
      local = opener.unixAddress(name, address)
    }
    let socket = try bound()
    self.socket = socket
    if address.type.name.hasPrefix("unix"), let name = address.parameters.first {
      try await opener.apply(address.options, toFile: socket.descriptor, path: name)
      if address.options["unlink-close"] != .number(0) { path = FileSystemEntry(name) }
    }
  }

  private func bound() throws(SocatFailure) -> UnconnectedSocket {
    var shared = address
    // The next socket is bound to the same port while a session has the former one.
    if role == .listen, address.options.isOn("fork") { shared.options.append("so-reuseaddr", 1) }
    let socket = try opener.makeSocket(local.domain, .datagram, shared, at: local)
    try opener.join(address.options, socket)
    return socket
  }

  func next() async throws(SocatFailure) -> SocatOpening? {
    let socket: UnconnectedSocket
    if let former = self.socket { socket = former } else { socket = try bound() }
    self.socket = socket
    let own = SocatWords.address((try? socket.localAddress) ?? local)
    while true {
      log.notice(role == .listen ? "listening on UDP \(own)" : "receiving on \(own)")
      guard let (message, sender) = try await first(socket) else { continue }
      log.notice(
        role == .listen
          ? "accepting UDP connection from \(SocatWords.address(sender))"
          : "receiving packet from \(SocatWords.address(sender))")
      guard admission.lets(sender, log) else { continue }
      let endpoint = try welcome(socket, message, sender)
      return { endpoint }
    }
  }

  /// Waits for a datagram, and takes it; nil when it was empty.
  private func first(
    _ socket: UnconnectedSocket
  ) async throws(SocatFailure) -> ([UInt8], SocketAddress)? {
    let waiter = DescriptorWaiter(socket.descriptor, on: opener.loop)
    defer { waiter.cancel() }
    var room = [UInt8](repeating: 0, count: max(opener.run.line.blockByteCount, 1))
    while true {
      guard (try? await waiter.readable()) != nil else { throw SocatFailure.silent(status: 1) }
      do throws(SystemError) {
        let (count, sender) = try MessageStream.receive(
          socket.descriptor, socket.domain, into: &room)
        guard count > 0 || address.options.isOn("null-eof") else { return nil }
        return (Array(room.prefix(count)), sender)
      } catch {
        guard error.errno == EAGAIN || error.errno == ECONNREFUSED else {
          throw SocatFailure("recvfrom(\(socket.descriptor))", error)
        }
      }
    }
  }

  private func welcome(
    _ socket: UnconnectedSocket, _ message: [UInt8], _ sender: SocketAddress
  ) throws(SocatFailure) -> SocatEndpoint {
    var terms = opener.datagramTerms(address)
    terms.first = message
    let stream: MessageStream
    do throws(SystemError) {
      if role == .listen {
        self.socket = nil
        try socket.connect(to: sender)
        stream = try MessageStream(socket, terms)
      } else {
        log.notice(
          "received packet with \(message.count) bytes from \(SocatWords.address(sender))")
        terms.receiver = sender
        terms.messageLimit = 1
        stream = try MessageStream(sharing: socket.descriptor, socket.domain, terms)
      }
    } catch {
      throw SocatFailure("connect(\(SocatWords.address(sender)))", error)
    }
    try opener.apply(address.options, to: stream.readDescriptor, at: .connected)
    let endpoint = try opener.endpoint(stream, address, access)
    endpoint.stream.receiver = terms.receiver
    let own = role == .listen ? try? stream.localAddress : nil
    endpoint.environment = SocatEnvironment.ends(peer: sender, own: own)
    return endpoint
  }

  func close() {
    socket = nil
    path?.remove()
    path = nil
  }
}
