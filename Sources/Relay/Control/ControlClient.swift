public import EventLoop
public import Sockets

/// Asks a relay at its control socket, and does not wait for ever for one that is stopped or stuck.
public final class ControlClient {
  /// Whether the other end is a process of this one's user, or root's: whose descriptors can be trusted.
  public let isOwners: Bool
  private let stream: ControlStream
  private let loop: EventLoop
  private let patience: Duration?

  /// The most bytes of an answer: a hundred thousand sessions are fewer.
  private static let answerLimit = 64 << 20

  private init(_ socket: StreamSocket, _ patience: Duration?, on loop: EventLoop) {
    self.loop = loop
    self.patience = patience
    isOwners = ControlSocket.isOwner(socket)
    stream = ControlStream(
      socket, descriptorLimit: StreamSocket.passedDescriptorLimit, on: loop)
  }

  /// Connects.
  ///
  /// - Parameter patience: how long the relay may be silent when it is asked; nil for as long as the request
  ///   may take (`ControlRequest.patience`).
  /// - Throws: `ECONNREFUSED` as its cause when nobody answers at the path, `ENOENT` when there is none,
  ///   `EAGAIN` when as many wait there as can.
  public static func connect(
    to path: String, patience: Duration? = nil, on loop: EventLoop
  ) async throws(ConnectionError) -> ControlClient {
    let socket = try await StreamSocket.connect(
      to: .unix(path: path), timeout: .seconds(10), on: loop)
    return ControlClient(socket, patience, on: loop)
  }

  /// Asks, and returns the lines of the answer. After `silent` nothing more can be asked.
  public func ask(_ request: ControlRequest) async throws(ControlFailure) -> [String] {
    let patience = patience ?? request.patience
    guard await stream.write(Array(request.line.utf8) + [0x0a]) else { throw .ended }
    var lines: [String] = []
    var count = 0
    while let line = await nextLine(within: patience) {
      guard let line else { throw .ended }
      count += line.count
      guard count <= Self.answerLimit else { throw .ended }
      let text = String(decoding: line, as: UTF8.self)
      if text == "ok" { return lines }
      if text.hasPrefix("error ") { throw .refused(String(text.dropFirst(6))) }
      lines.append(text)
    }
    throw stream.isHungUp ? .silent : .ended
  }

  private func nextLine(within patience: Duration) async -> [UInt8]?? {
    let timer = loop.schedule(after: patience) { [stream] in stream.hangUp() }
    defer { timer.cancel() }
    return await stream.line(atMost: Self.answerLimit)
  }

  /// Descriptors that came with answers.
  public var descriptors: [PassedDescriptors] { stream.descriptors }

  /// Ends.
  public func close() { stream.close() }
}

/// Why a relay did not do what it was asked.
public enum ControlFailure: Error, Hashable, Sendable {
  /// It says why.
  case refused(String)
  /// It ended the connection.
  case ended
  /// It was silent for too long.
  case silent
}

extension ControlRequest {
  /// For how long an answer is waited for. A reload looks names up, which takes as long as the resolver's own
  /// patience with several servers.
  var patience: Duration { self == .reload ? .seconds(60) : .seconds(10) }
}
