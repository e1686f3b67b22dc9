public import EventLoop
internal import Glibc
internal import MonotonicTime
public import Sockets

/// The socket at which a relay is asked about itself and told what to do: one line a request, UNIX-domain,
/// for its owner alone. Its mode says so, and the kernel is asked who connected all the same.
///
/// What clients can cost is bounded: so many at once, so long a line, so long a silence, and no descriptors.
/// None is waited for.
public final class ControlSocket {
  /// How many clients may be connected.
  public static let clientLimit = 16
  /// How long a client may be silent, or not read.
  private static let patience: Duration = .seconds(30)

  private let loop: EventLoop
  private let listener: StreamListener
  private let answer: (ControlRequest) async -> ControlAnswer
  private var tasks: [Int: Task<Void, Never>] = [:]
  private var nextIdentifier = 0
  /// The client that was given the listeners. There is one: two that serve them would both believe that path
  /// and listeners are theirs.
  private var heir: Int?

  /// Answers at a path from now on. One that a dead process left behind is taken over.
  ///
  /// - Parameter answer: is asked on the loop.
  /// - Throws: `EADDRINUSE` when a process answers there.
  public convenience init(
    at path: String, on loop: EventLoop,
    answer: @escaping (ControlRequest) async -> ControlAnswer
  ) throws(SystemError) {
    var options = ListenerOptions()
    options.permissions = 0o600
    options.backlog = 16
    try self.init(StreamListener(at: .unix(path: path), options), on: loop, answer: answer)
  }

  /// Answers at a listener that another process had.
  public init(
    _ listener: StreamListener, on loop: EventLoop,
    answer: @escaping (ControlRequest) async -> ControlAnswer
  ) throws(SystemError) {
    self.loop = loop
    self.listener = listener
    self.answer = answer
    try listener.start(on: loop) { [unowned self] socket, _ in accept(socket) }
  }

  /// The listener's number, to be handed over.
  public var descriptor: Int32 { listener.descriptor }

  /// Where it answers.
  public var address: SocketAddress { listener.address }

  /// Accepts no more clients, and leaves path and queue to another process that has the listener.
  public func giveUp() {
    _ = listener.release()
  }

  /// Ends, and removes the path.
  public func close() {
    listener.close()
    for task in tasks.values { task.cancel() }
  }

  // MARK: Clients

  private func accept(_ socket: StreamSocket) {
    guard tasks.count < Self.clientLimit else { return socket.close() }
    let identifier = nextIdentifier
    nextIdentifier &+= 1
    let mayAsk = Self.isOwner(socket)
    let stream = ControlStream(socket, descriptorLimit: 0, on: loop)
    tasks[identifier] = loop.spawn { [weak self] in
      if mayAsk {
        await self?.serve(stream, identifier)
      } else {
        _ = await stream.write(ControlAnswer(failure: "permission missing: \(Self.remedy)"))
      }
      stream.close()
      self?.ended(identifier)
    }
  }

  /// A client has gone: one that did not serve the listeners leaves them to the next.
  private func ended(_ identifier: Int) {
    tasks[identifier] = nil
    if heir == identifier { heir = nil }
  }

  /// What somebody else's client may do.
  private static let remedy = "ask as the relay's user, or as root"

  /// Whether the other end is a process of this one's user, or root's.
  static func isOwner(_ socket: StreamSocket) -> Bool {
    guard let peer = try? socket.peerCredentials else { return false }
    return peer.user == geteuid() || peer.user == 0
  }

  private func serve(_ stream: ControlStream, _ identifier: Int) async {
    while let line = await timed(
      identifier, { await stream.line(atMost: ControlRequest.lengthLimit) })
    {
      let answer = await answer(to: line, from: identifier)
      guard await timed(identifier, { await stream.write(answer) }), line != nil else { break }
    }
  }

  private func answer(to line: [UInt8]?, from identifier: Int) async -> ControlAnswer {
    guard let line else {
      return ControlAnswer(failure: "expected \(ControlRequest.lengthLimit) bytes at most")
    }
    do throws(ControlRequestError) {
      let request = try ControlRequest(parsing: line)
      switch request {
      case .handOver: return await handOver(to: identifier)
      case .taken where heir != identifier:
        return ControlAnswer(failure: "nothing was handed over")
      default: return await answer(request)
      }
    } catch {
      return ControlAnswer(failure: error.description)
    }
  }

  private func handOver(to identifier: Int) async -> ControlAnswer {
    guard heir == nil || heir == identifier else {
      return ControlAnswer(failure: "another process takes over already")
    }
    // Said before asking: others ask meanwhile.
    heir = identifier
    let answer = await answer(.handOver)
    if answer.failure != nil { heir = nil }
    return answer
  }

  /// Ends the client whose turn it is when that takes too long.
  private func timed<Value>(_ identifier: Int, _ body: () async -> Value) async -> Value {
    let timer = loop.schedule(after: Self.patience) { [weak self] in
      self?.tasks[identifier]?.cancel()
    }
    defer { timer.cancel() }
    return await body()
  }
}
