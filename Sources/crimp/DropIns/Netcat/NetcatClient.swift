import EventLoop
import Glibc
import LinkLayer
import Machines
import Sockets

/// `nc` without `-l`: one port after another is connected to, and spoken with.
final class NetcatClient {
  private let session: NetcatSession
  private var options: NetcatOptions { session.options }
  private var messages: NetcatMessages { session.messages }

  init(_ session: NetcatSession) {
    self.session = session
  }

  /// Returns the exit status.
  func run() throws(Exit) -> Int32 {
    let loop = session.loop
    if options.isUnix {
      return try loop.run { () async throws(Exit) in try await NetcatUnixClient(self.session).run()
      }
    }
    let ports = try NetcatPorts.list(options, messages)
    try NetcatPorts.refuseLargeNumber(options.sourcePort, messages)
    return try loop.run { () async throws(Exit) in
      NetcatScan.suits(self.options, ports)
        ? try await NetcatScan(self.session, ports).run() : try await self.visit(ports)
    }
  }

  private func visit(_ ports: [UInt16]) async throws(Exit) -> Int32 {
    var status: Int32 = 1
    for (index, port) in ports.enumerated() {
      if index > 0 { await pause() }
      guard let connection = try await connection(to: port) else { continue }
      if index == ports.count - 1 { session.dropPrivileges() }
      guard await announce(connection) else {
        status = 1
        connection.stream.close()
        continue
      }
      status = 0
      if options.passesDescriptor {
        try DescriptorHandOver(messages).pass(connection.stream.readDescriptor)
        return 0
      }
      guard !options.scans else {
        connection.stream.close()
        continue
      }
      let ending = try await NetcatConversation(session).hold(with: connection.stream)
      if await NetcatLinger(session).lasts(after: ending) { return 0 }
    }
    return status
  }

  private func pause() async {
    // A task that is cancelled has no reason to wait.
    _ = try? await session.loop.sleep(for: .seconds(options.interval))
  }

  // MARK: Connecting

  /// A connection, and the address that it leads to.
  private struct Connection {
    var stream: any ByteStream
    var address: InternetAddress
  }

  /// The connection to the first of the host's addresses that takes one; nil when none does.
  private func connection(to port: UInt16) async throws(Exit) -> Connection? {
    if let text = options.proxy { return try await proxied(to: port, through: text) }
    let addresses = try session.addresses(ofPort: port)
    // No kernel of today has DCCP: no socket, no message.
    guard !options.usesDCCP else { return nil }
    for address in addresses {
      let source = try source(for: address)
      do throws(SystemError) {
        let stream = try await connect(to: .internet(address), from: source.map { .internet($0) })
        return Connection(stream: stream, address: address)
      } catch {
        if let exit = session.fatal(error) { throw exit }
        let report = NetcatReport(session)
        switch error.operation.description {
        case "socket": continue
        case Self.lateness.description: report.failed(address, "timed out", error.reason)
        default: report.failed(address, "failed", error.reason)
        }
      }
    }
    return nil
  }

  private func proxied(
    to port: UInt16, through text: String
  ) async throws(Exit) -> Connection? {
    let proxy = try NetcatProxy(text, options.proxyProtocol, messages)
    let client = NetcatProxyClient(session, proxy)
    let stream = try await client.stream(to: port) { () async throws(Exit) in
      try await self.connection(toProxy: proxy)
    }
    // The report names the host alone.
    let nowhere = InternetAddress(.v4(.unspecified), port: port)
    return stream.map { Connection(stream: $0, address: nowhere) }
  }

  private func connection(
    toProxy proxy: NetcatProxy
  ) async throws(Exit) -> (any ByteStream)? {
    let addresses: [InternetAddress]
    do throws(NetcatNames.Failure) {
      addresses = try NetcatNames.addresses(
        proxy.host, service: proxy.port, session.question())
    } catch {
      throw messages.fail(
        "getaddrinfo for host \"\(proxy.host)\" port \(proxy.port): \(error.reason)")
    }
    for address in addresses {
      do throws(SystemError) {
        return try await connect(to: .internet(address), from: nil)
      } catch {
        if let exit = session.fatal(error) { throw exit }
        guard options.isVerbose, error.operation.description != "socket" else { continue }
        messages.warn("connect to \(proxy.host) port \(proxy.port) (tcp) failed: \(error.reason)")
      }
    }
    return nil
  }

  /// What an attempt that was given up is said to have failed at.
  private static let lateness: StaticString = "waiting"

  private func connect(
    to address: SocketAddress, from source: SocketAddress?
  ) async throws(SystemError) -> any ByteStream {
    if options.usesDatagrams {
      let stream = try DatagramStream(
        address.domain, session.streamOptions, allowsBroadcast: options.allowsBroadcast,
        writeLimit: NetcatSession.chunkByteCount)
      if let source { try stream.bind(to: source) }
      try stream.connect(to: address)
      return stream
    }
    let completion = Completion<StreamConnector.Outcome>(on: session.loop)
    let attempt = StreamConnector(
      to: address, from: source, session.streamOptions, on: session.loop
    ) {
      completion.fulfil($0)
    }
    // No time at all is as much as the kernel has.
    let timer = options.timeout.flatMap { $0 > 0 ? $0 : nil }.map { seconds in
      session.loop.schedule(after: .seconds(seconds)) {
        attempt.cancel()
        let late = SystemError(errno: EINPROGRESS, operation: Self.lateness)
        completion.fulfil(.failure(ConnectionError(to: address, late)))
      }
    }
    defer { _ = timer?.cancel() }
    do throws(ConnectionError) {
      return try await completion.valueThroughCancellation.get()
    } catch {
      throw error.cause
    }
  }

  /// The address that `-s` and `-p` say, of the version of IP of `address`; nil without either.
  private func source(for address: InternetAddress) throws(Exit) -> InternetAddress? {
    guard options.source != nil || options.sourcePort != nil else { return nil }
    var question = session.question(isPassive: true)
    question.family = .internet(address.family)
    question.isNumeric = false
    do throws(NetcatNames.Failure) {
      return try NetcatNames.addresses(
        options.source, service: options.sourcePort, question
      ).first
    } catch {
      throw messages.fail("getaddrinfo: \(error.reason)")
    }
  }

  // MARK: Telling

  /// Tells of the connection; returns whether there is one, which UDP must be asked.
  private func announce(_ connection: Connection) async -> Bool {
    guard options.isVerbose || options.scans else { return true }
    let report = NetcatReport(session)
    guard let stream = connection.stream as? DatagramStream else {
      report.succeeded(connection.address)
      return true
    }
    guard options.scans || mayInputBeSilent else { return true }
    switch await DatagramTrial(of: stream, seconds: options.timeout ?? 3, on: session.loop).verdict
    {
    case .answered: report.succeeded(connection.address)
    case .silent: report.silent(connection.address)
    case .refused: return false
    }
    return true
  }

  /// Whether standard input is a terminal, or has nothing to say: a device, a file at its end. What the
  /// trial sends must not stand before what a file or a program has to say.
  private var mayInputBeSilent: Bool {
    var status = stat()
    guard unsafe fstat(0, &status) == 0 else { return false }
    switch status.st_mode & S_IFMT {
    case S_IFCHR: return true
    case S_IFREG: return lseek(0, 0, SEEK_CUR) >= status.st_size
    default: return false
    }
  }
}
