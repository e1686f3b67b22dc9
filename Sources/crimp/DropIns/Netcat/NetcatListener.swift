import EventLoop
import Glibc
import Relay
import Sockets

/// `nc -l`: one peer after another, or one alone.
final class NetcatListener {
  private let session: NetcatSession
  private var options: NetcatOptions { session.options }
  private var messages: NetcatMessages { session.messages }

  init(_ session: NetcatSession) {
    self.session = session
  }

  /// Returns the exit status.
  func run() throws(Exit) -> Int32 {
    // No kernel of today has it.
    if options.usesDCCP {
      throw messages.fail(nil, SystemError(errno: ESOCKTNOSUPPORT, operation: "socket"))
    }
    return try session.loop.run { () async throws(Exit) in
      self.options.usesDatagrams ? try await self.serveDatagrams() : try await self.serveStreams()
    }
  }

  // MARK: Streams

  private func serveStreams() async throws(Exit) -> Int32 {
    let listener = try firstBound { address throws(SystemError) in try self.listen(at: address) }
    if options.isUnix {
      tellPath("Bound")
      tellPath("Listening")
    } else {
      tell("Listening", listener.address)
    }
    session.dropPrivileges()
    // The path stays: the original leaves it, and scripts remove it.
    defer { _ = listener.release() }
    repeat {
      let (socket, peer) = try await accept(from: listener)
      if options.isUnix {
        tellPath("Connection received")
      } else {
        tell("Connection received", peer)
      }
      let ending = try await NetcatConversation(session).hold(with: socket)
      if await NetcatLinger(session).lasts(after: ending) || ending == .inputEnded { break }
    } while options.keepsListening
    return 0
  }

  private func listen(at address: SocketAddress) throws(SystemError) -> StreamListener {
    if case .unix(let path) = address { UnixName.removeSocket(at: path) }
    var listening = ListenerOptions()
    listening.backlog = options.isUnix ? 5 : 1
    listening.sharesPort = true
    listening.isV6Only = false
    listening.streams = session.streamOptions
    return try StreamListener(at: address, listening)
  }

  /// One connection; the others wait in the kernel's queue.
  private func accept(
    from listener: StreamListener
  ) async throws(Exit) -> (StreamSocket, SocketAddress) {
    let completion = Completion<(StreamSocket, SocketAddress)>(on: session.loop)
    do throws(SystemError) {
      try listener.start(on: session.loop) { [unowned listener] socket, peer in
        listener.pause()
        completion.fulfil((socket, peer))
      }
    } catch {
      throw messages.fail("accept", error)
    }
    defer { listener.stop() }
    return await completion.valueThroughCancellation
  }

  // MARK: Datagrams

  private func serveDatagrams() async throws(Exit) -> Int32 {
    var ending = NetcatConversation.Ending.over
    // A socket that had a peer has to be made anew to hear others.
    var mustTell = true
    repeat {
      let stream = try firstBound { address throws(SystemError) in try self.bind(at: address) }
      if mustTell { try tellBound(stream) }
      mustTell = false
      session.dropPrivileges()
      if !options.keepsListening { try await connectToFirstPeer(of: stream) }
      ending = try await NetcatConversation(session).hold(with: stream)
      if await NetcatLinger(session).lasts(after: ending) { break }
    } while options.keepsListening && ending != .inputEnded
    return 0
  }

  private func bind(at address: SocketAddress) throws(SystemError) -> DatagramStream {
    let stream = try DatagramStream(
      address.domain, session.streamOptions, allowsBroadcast: options.allowsBroadcast,
      writeLimit: NetcatSession.chunkByteCount)
    if case .unix(let path) = address {
      try UnixName.bind(stream, to: path)
    } else {
      try stream.bind(to: address, sharesPort: true)
    }
    return stream
  }

  private func tellBound(_ stream: DatagramStream) throws(Exit) {
    guard !options.isUnix else { return tellPath("Bound") }
    let address: SocketAddress
    do throws(SystemError) {
      address = try stream.localAddress
    } catch {
      throw messages.fail("getsockname", error)
    }
    tell("Bound", address)
  }

  private func connectToFirstPeer(of stream: DatagramStream) async throws(Exit) {
    let waiter = DescriptorWaiter(stream.readDescriptor, on: session.loop)
    defer { waiter.cancel() }
    while true {
      do {
        try await waiter.readable()
      } catch {
        throw Exit(status: 1)
      }
      do throws(SystemError) {
        try stream.connectToSender()
        break
      } catch {
        guard error.errno != EAGAIN else { continue }
        throw messages.fail("connect", error)
      }
    }
    guard !options.isUnix else { return tellPath("Connection received") }
    let peer: SocketAddress
    do throws(SystemError) {
      peer = try stream.peerAddress
    } catch {
      throw messages.fail("getpeername", error)
    }
    tell("Connection received", peer)
  }

  // MARK: Addresses

  /// What `open` makes of the first address that it can be made at.
  private func firstBound<Opened>(
    _ open: (SocketAddress) throws(SystemError) -> Opened
  ) throws(Exit) -> Opened {
    var failure = SystemError(errno: EADDRNOTAVAIL, operation: "bind")
    for address in try addresses() {
      do throws(SystemError) {
        if case .unix(let path) = address { try UnixName.check(path) }
        return try open(address)
      } catch {
        if error.operation.description != "bind", let exit = session.fatal(error) { throw exit }
        failure = error
      }
    }
    throw messages.fail(nil, failure)
  }

  private func addresses() throws(Exit) -> [SocketAddress] {
    if options.isUnix { return [.unix(path: options.host ?? "")] }
    let port = options.ports.first
    try NetcatPorts.refuseLargeNumber(port, messages)
    var question = session.question(isPassive: true)
    // Any address is any of IPv4, unless asked otherwise.
    if options.host == nil, case .any = question.family { question.family = .internet(.v4) }
    do throws(NetcatNames.Failure) {
      return try NetcatNames.addresses(options.host, service: port, question)
        .map(SocketAddress.internet)
    } catch {
      throw messages.fail("getaddrinfo: \(error.reason)")
    }
  }

  // MARK: Telling

  private func tellPath(_ what: String) {
    guard options.isVerbose else { return }
    messages.tell("\(what) on \(options.host ?? "")")
  }

  private func tell(_ what: String, _ address: SocketAddress) {
    guard options.isVerbose, let address = address.internetAddress else { return }
    do throws(NetcatNames.Failure) {
      let name = try NetcatNames.name(of: address, isNumeric: options.isNumeric)
      messages.tell("\(what) on \(name) \(address.port)")
    } catch {
      messages.warn("getnameinfo: \(error.reason)")
    }
  }
}
