import AddressSpecifications
import EventLoop
import Glibc
import LinkLayer
import Sockets

extension SocatOpener {
  /// TCP and UNIX clients.
  func connect(
    _ address: SingleAddress, _ access: SocatAccess
  ) async throws(SocatFailure) -> SocatEndpoint {
    guard !address.options.isOn("fork") else {
      throw SocatFailure("option \"fork\" is not available with \(address.keyword)")
    }
    guard address.type.name.hasPrefix("tcp") else {
      return try await connectUnix(address.parameters.first ?? "", address, access)
    }
    let socket = try await retrying(address) { () async throws(SocatFailure) in
      try await connectTCP(address, host: address.parameters[0], port: address.parameters[1])
    }
    try await apply(address.options, toFile: socket.descriptor)
    return try endpoint(socket, address, access)
  }

  /// A TCP connection to a host, by whichever of its addresses answers.
  func connectTCP(
    _ address: SingleAddress, host: String, port text: String
  ) async throws(SocatFailure) -> StreamSocket {
    let port = try port(text, host: host, protocolName: "tcp")
    let addresses = try await resolve(host, port, try family(address))
    var failure = SocatFailure("no address for \"\(host)\"")
    for candidate in addresses {
      do throws(SocatFailure) {
        return try await connect(address, to: candidate)
      } catch {
        failure = error
        if candidate != addresses.last { log.notice(error.message) }
      }
    }
    throw failure
  }

  private func connect(
    _ address: SingleAddress, to target: InternetAddress
  ) async throws(SocatFailure) -> StreamSocket {
    log.notice("opening connection to \(SocatWords.address(.internet(target)))")
    let local = try await bindAddress(address, target.family, port: nil)
    let socket = try makeSocket(
      .internet(target.family), .stream, address, at: local.map(SocketAddress.internet))
    let stream = try await connect(
      socket, to: .internet(target), timeout: address.options.duration("connect-timeout"))
    try apply(address.options, to: stream.descriptor, at: .connected)
    if let own = try? stream.localAddress {
      log.notice("successfully connected from local address \(SocatWords.address(own))")
    }
    return stream
  }

  /// Connects a socket that was made before.
  func connect(
    _ socket: UnconnectedSocket, to target: SocketAddress, timeout: Duration?
  ) async throws(SocatFailure) -> StreamSocket {
    let number = socket.descriptor
    let completion = Completion<StreamConnector.Outcome>(on: loop)
    _ = StreamConnector(socket, to: target, timeout: timeout, on: loop) { completion.fulfil($0) }
    switch await completion.valueThroughCancellation {
    case .success(let stream): return stream
    case .failure(let error):
      throw SocatFailure(
        "connect(\(number), \(SocatWords.address(target)), \(SocatWords.byteCount(target)))",
        error.cause)
    }
  }

  // MARK: UNIX

  /// A UNIX client: of a stream; where its type leaves that open, of datagrams or packets too.
  func connectUnix(
    _ name: String, _ address: SingleAddress, _ access: SocatAccess
  ) async throws(SocatFailure) -> SocatEndpoint {
    let isClient = !address.type.name.hasSuffix("-connect")
    let target = unixAddress(name, address)
    var local: SocketAddress?
    if let path = address.options.text("bind") {
      try prepare(path, address.options)
      local = unixAddress(path, address)
    }
    if !isClient { log.notice("opening connection to \(SocatWords.address(target))") }
    let stream = try await retrying(address) { () async throws(SocatFailure) in
      try connectUnix(target, local, isClient, address)
    }
    log.notice("successfully connected from local address \(SocatWords.address(.unix(path: "")))")
    try await apply(
      address.options, toFile: stream.readDescriptor, path: address.options.text("bind"))
    try apply(address.options, to: stream.readDescriptor, at: .connected)
    let endpoint = try endpoint(stream, address, access)
    if let path = address.options.text("bind"), !address.type.name.hasPrefix("abstract") {
      try arrangeRemoval(path, address.options, byDefault: true, endpoint)
    }
    return endpoint
  }

  private func connectUnix(
    _ target: SocketAddress, _ local: SocketAddress?, _ isClient: Bool, _ address: SingleAddress
  ) throws(SocatFailure) -> any ByteStream {
    let kinds: [SocketKind] = isClient ? [.stream, .sequenced, .datagram] : [.stream]
    for kind in kinds {
      let socket = try makeSocket(.unix, kind, address, at: local)
      do throws(SystemError) {
        try socket.connect(to: target)
        guard kind == .stream else { return try MessageStream(socket) }
        guard let descriptor = socket.release() else { continue }
        return StreamSocket(owning: descriptor, .unix)
      } catch {
        // A socket of another type is there: that one is tried.
        if error.errno == EPROTOTYPE, kind != kinds.last { continue }
        throw isClient
          ? SocatFailure("UNIX-CLIENT:\(address.parameters.first ?? "")", error)
          : SocatFailure(
            "connect(, \(SocatWords.address(target)), \(SocatWords.byteCount(target)))", error)
      }
    }
    throw SocatFailure("UNIX-CLIENT:\(address.parameters.first ?? ""): no such socket")
  }

  // MARK: Again

  /// Tries as often, and after such pauses, as the options want.
  func retrying<Result>(
    _ address: SingleAddress, _ body: () async throws(SocatFailure) -> Result
  ) async throws(SocatFailure) -> Result {
    let options = address.options
    var left = options.isOn("forever") ? Int64.max : max(0, options.number("retry") ?? 0)
    while true {
      do throws(SocatFailure) {
        return try await body()
      } catch {
        guard left > 0 else { throw error }
        log.info(error.message)
      }
      if left != .max { left -= 1 }
      do throws(CancellationError) {
        try await loop.sleep(for: options.duration("interval") ?? .seconds(1))
      } catch {
        throw SocatFailure.silent(status: 1)
      }
    }
  }
}
