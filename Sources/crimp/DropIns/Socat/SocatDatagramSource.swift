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
  private var waiter: DescriptorWaiter?
  /// What others had sent before the socket was one sender's alone.
  private var waiting: [Arrival] = []
  /// Whose session comes next; it waits for a descriptor.
  private var admitted: Arrival?
  private var path: FileSystemEntry?

  /// How many messages of a queue are looked at: more than it holds, but not for ever.
  private static let mostDivided = 4096

  /// As much as a pump reads of a message at once.
  private static let mostByteCount = 262_144

  private typealias Arrival = (message: [UInt8], sender: SocketAddress)

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
    let socket = try opener.openSocket(local.domain, .datagram)
    try bind(socket)
    return socket
  }

  private func bind(_ socket: UnconnectedSocket) throws(SocatFailure) {
    var shared = address
    // The next socket is bound to the same port while a session has the former one.
    if hasSuccessors { shared.options.append("so-reuseaddr", 1) }
    try opener.bind(socket, shared, at: local)
    try opener.join(address.options, socket)
  }

  /// Whether sessions take the socket away, and another one has to follow it.
  private var hasSuccessors: Bool { role == .listen && address.options.isOn("fork") }

  func next() async throws(SocatFailure) -> SocatOpening? {
    let arrival = try await nextArrival()
    do throws(SocatFailure) {
      let endpoint = try await welcome(arrival)
      admitted = nil
      return { endpoint }
    } catch {
      // While there is no descriptor the message is kept, and those behind it wait in the kernel's queue.
      if error.isExhaustion { throw error }
      admitted = nil
      // All else is this sender's alone.
      return { () async throws(SocatFailure) in throw error }
    }
  }

  /// The next message from somebody who may come.
  private func nextArrival() async throws(SocatFailure) -> Arrival {
    if let admitted { return admitted }
    let socket = if let former = self.socket { former } else { try bound() }
    self.socket = socket
    let own = SocatWords.address((try? socket.localAddress) ?? local)
    while true {
      log.notice(role == .listen ? "listening on UDP \(own)" : "receiving on \(own)")
      let next = try await waiting.isEmpty ? first(socket) : waiting.removeFirst()
      guard let arrival = next else { continue }
      let sender = SocatWords.address(arrival.sender)
      log.notice(
        role == .listen
          ? "accepting UDP connection from \(sender)" : "receiving packet from \(sender)")
      guard admission.lets(arrival.sender, log) else { continue }
      admitted = arrival
      return arrival
    }
  }

  /// Waits for a datagram, and takes it; nil when it was empty.
  private func first(_ socket: UnconnectedSocket) async throws(SocatFailure) -> Arrival? {
    let waiter = DescriptorWaiter(socket.descriptor, on: opener.loop)
    self.waiter = waiter
    defer { waiter.cancel() }
    while true {
      guard (try? await waiter.readable()) != nil else { throw SocatFailure.silent(status: 1) }
      do throws(SystemError) {
        let arrival = try receive(socket)
        return counts(arrival) ? arrival : nil
      } catch {
        guard error.errno == EAGAIN || error.errno == ECONNREFUSED else {
          throw SocatFailure("recvfrom(\(socket.descriptor))", error)
        }
      }
    }
  }

  private func receive(_ socket: UnconnectedSocket) throws(SystemError) -> Arrival {
    let most = min(opener.run.line.blockByteCount, Self.mostByteCount)
    var room = [UInt8](repeating: 0, count: most)
    let (count, sender) = try MessageStream.receive(socket.descriptor, socket.domain, into: &room)
    return (Array(room.prefix(count)), sender)
  }

  /// Whether a message says something: an empty one does where it is the end.
  private func counts(_ arrival: Arrival) -> Bool {
    !arrival.message.isEmpty || address.options.isOn("null-eof")
  }

  private func welcome(_ arrival: Arrival) async throws(SocatFailure) -> SocatEndpoint {
    let (message, sender) = arrival
    var terms = opener.datagramTerms(address)
    terms.first = [message]
    let stream: MessageStream
    if role == .listen {
      stream = try connected(to: sender, terms)
    } else {
      log.notice("received packet with \(message.count) bytes from \(SocatWords.address(sender))")
      terms.receiver = sender
      terms.messageLimit = 1
      stream = try shared(terms)
    }
    try opener.apply(address.options, to: stream.readDescriptor, at: .connected)
    if !address.type.name.hasPrefix("unix") {
      try await opener.apply(address.options, toFile: stream.readDescriptor)
    }
    let endpoint = try opener.endpoint(stream, address, access)
    endpoint.stream.receiver = terms.receiver
    let own = role == .listen ? try? stream.localAddress : nil
    endpoint.environment = SocatEnvironment.ends(peer: sender, own: own)
    return endpoint
  }

  /// The socket itself, for this sender alone; another one takes its place, for which there must be room first.
  private func connected(
    to sender: SocketAddress, _ terms: MessageStream.Terms
  ) throws(SocatFailure) -> MessageStream {
    let successor = hasSuccessors ? try opener.openSocket(local.domain, .datagram) : nil
    let socket = if let former = self.socket.take() { former } else { try bound() }
    defer { listen(with: successor) }
    do throws(SystemError) {
      try socket.connect(to: sender)
      var terms = terms
      terms.first += waiting.filter { $0.sender == sender }.map(\.message)
      waiting.removeAll { $0.sender == sender }
      terms.first += divide(socket, for: sender)
      terms.accepts = { $0 == sender }
      return try MessageStream(socket, terms)
    } catch {
      throw SocatFailure("connect(\(SocatWords.address(sender)))", error)
    }
  }

  /// Takes what the queue of a socket holds that has just been connected: returns what the sender had sent, and
  /// keeps what others had.
  private func divide(_ socket: UnconnectedSocket, for sender: SocketAddress) -> [[UInt8]] {
    var own: [[UInt8]] = []
    for _ in 0..<Self.mostDivided {
      guard let arrival = try? receive(socket) else { break }
      guard counts(arrival) else { continue }
      if arrival.sender == sender {
        own.append(arrival.message)
      } else if hasSuccessors {
        waiting.append(arrival)
      }
    }
    return own
  }

  /// Receives with another socket. Should it not be bound now, that is tried once more for the next message, and
  /// told then.
  private func listen(with successor: UnconnectedSocket?) {
    guard let successor, (try? bind(successor)) != nil else { return }
    socket = successor
  }

  /// The same socket by another number: its next messages are for others.
  private func shared(_ terms: MessageStream.Terms) throws(SocatFailure) -> MessageStream {
    let socket = if let former = self.socket { former } else { try bound() }
    self.socket = socket
    do throws(SystemError) {
      return try MessageStream(sharing: socket.descriptor, socket.domain, terms)
    } catch {
      throw SocatFailure("dup(\(socket.descriptor))", error)
    }
  }

  func close() {
    waiter?.cancel()
    _ = socket?.release()
    socket = nil
    path?.remove()
    path = nil
  }
}
