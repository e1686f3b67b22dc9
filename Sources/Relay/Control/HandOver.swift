public import EventLoop
public import Sockets

/// What one process hands over to the next: its listeners, unclosed, with all that waits in their queues.
///
/// The next process asks for them (`ControlRequest.handOver`), serves them, and says so (`.taken`); until then
/// both serve them, and should the next one fail, nothing has happened.
public final class HandOver {
  /// The listeners.
  public private(set) var listeners: [StreamListener] = []
  /// The listener of the control socket.
  public private(set) var control: StreamListener?
  private let client: ControlClient

  /// Asks the process that answers at a path for its listeners.
  ///
  /// - Parameter patience: how long that process may be silent; nil for as long as there is reason to wait.
  public init(
    from path: String, patience: Duration? = nil, on loop: EventLoop
  ) async throws(HandOverError) {
    do throws(ConnectionError) {
      client = try await ControlClient.connect(to: path, patience: patience, on: loop)
    } catch {
      throw .unreachable(error)
    }
    guard client.isOwners else {
      client.close()
      throw .foreign
    }
    let lines: [String]
    do throws(ControlFailure) {
      lines = try await client.ask(.handOver)
    } catch {
      client.close()
      throw .failed(error)
    }
    guard let passed = client.descriptors.first, passed.count == lines.count else {
      client.close()
      throw .failed(.ended)
    }
    do throws(SystemError) {
      for (index, line) in lines.enumerated() {
        guard let descriptor = passed.take(index) else { continue }
        let listener = try StreamListener(owning: descriptor)
        if line.hasPrefix("control ") { control = listener } else { listeners.append(listener) }
      }
    } catch {
      leave()
      throw .system(error)
    }
  }

  /// The listeners are served: the process before serves them no more, and ends when its connections have.
  ///
  /// - Throws: `failed`. When it is `refused` all is still the other process's, and nobody else may serve it;
  ///   one that has ended, or is silent, has left its paths to this one.
  public func complete() async throws(HandOverError) {
    defer { client.close() }
    do throws(ControlFailure) {
      _ = try await client.ask(.taken)
    } catch {
      if case .refused = error {} else { takePaths() }
      throw .failed(error)
    }
    takePaths()
  }

  private func takePaths() {
    for listener in listeners { listener.takeOverPath() }
    control?.takeOverPath()
  }

  /// Gives all back: nothing has happened. Paths are the other process's until `complete`.
  public func leave() {
    client.close()
    listeners = []
    control = nil
  }

  /// What a process answers to `ControlRequest.handOver`.
  public static func answer(
    _ listeners: [RelayWorkers.Listening], _ control: ControlSocket
  ) -> ControlAnswer {
    guard listeners.count < StreamSocket.passedDescriptorLimit else {
      return ControlAnswer(failure: "\(listeners.count) listeners do not fit into one message")
    }
    return ControlAnswer(
      ["control \(control.address)"] + listeners.map { "listener \($0.address)" },
      passing: [control.descriptor] + listeners.map(\.descriptor))
  }
}

/// Why nothing was handed over.
public enum HandOverError: Error {
  /// Nobody answers at the path.
  case unreachable(ConnectionError)
  /// A process of another user, who is not root, answers there: it could hand over anything.
  case foreign
  /// The process refused, or ended.
  case failed(ControlFailure)
  /// A listener cannot be used.
  case system(SystemError)
}
