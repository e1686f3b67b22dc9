public import EventLoop
public import Sockets

/// Asks a relay at its control socket.
public final class ControlClient {
  /// Whether the other end is a process of this one's user, or root's: whose descriptors can be trusted.
  public let isOwners: Bool
  private let stream: ControlStream

  /// The most bytes of an answer: a hundred thousand sessions are fewer.
  private static let answerLimit = 64 << 20

  private init(_ socket: StreamSocket, on loop: EventLoop) {
    isOwners = ControlSocket.isOwner(socket)
    stream = ControlStream(
      socket, descriptorLimit: StreamSocket.passedDescriptorLimit, on: loop)
  }

  /// Connects.
  ///
  /// - Throws: `ECONNREFUSED` as its cause when nobody answers at the path, `ENOENT` when there is none.
  public static func connect(
    to path: String, on loop: EventLoop
  ) async throws(ConnectionError) -> ControlClient {
    let socket = try await StreamSocket.connect(
      to: .unix(path: path), timeout: .seconds(10), on: loop)
    return ControlClient(socket, on: loop)
  }

  /// Asks, and returns the lines of the answer.
  public func ask(_ request: ControlRequest) async throws(ControlFailure) -> [String] {
    guard await stream.write(Array(request.line.utf8) + [0x0a]) else { throw .ended }
    var lines: [String] = []
    var count = 0
    while let line = await stream.line(atMost: Self.answerLimit) {
      guard let line else { throw .ended }
      count += line.count
      guard count <= Self.answerLimit else { throw .ended }
      let text = String(decoding: line, as: UTF8.self)
      if text == "ok" { return lines }
      if text.hasPrefix("error ") { throw .refused(String(text.dropFirst(6))) }
      lines.append(text)
    }
    throw .ended
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
}
