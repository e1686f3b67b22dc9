public import EventLoop
internal import Glibc
internal import Sockets

/// One handshake on the loop, within its time.
///
/// The loop keeps it alive while it runs. Afterwards the loop watches the stream's descriptors no more.
public final class TLSHandshake {
  /// What comes of a handshake.
  public typealias Outcome = Result<TLSStream, TLSError>

  private let stream: TLSStream
  private let loop: EventLoop
  private var registrations: [Registration] = []
  private var timer: Timer?
  private var onOutcome: ((Outcome) -> Void)?

  /// Begins the handshake of a stream that the loop does not watch.
  ///
  /// - Parameters:
  ///   - timeout: how long it may take; nil for ever.
  ///   - onOutcome: is called once, by the loop and never before this returns, unless `cancel` was first.
  ///     The stream is closed when it failed.
  public init(
    of stream: TLSStream, timeout: Duration? = .seconds(10), on loop: EventLoop,
    _ onOutcome: @escaping (Outcome) -> Void
  ) {
    self.stream = stream
    self.loop = loop
    self.onOutcome = onOutcome
    timer = timeout.map { timeout in
      loop.schedule(after: timeout) { [self] in finish(.timedOut) }
    }
    do throws(SystemError) {
      try watch(stream.readDescriptor)
      if stream.writeDescriptor != stream.readDescriptor { try watch(stream.writeDescriptor) }
    } catch {
      loop.execute { [self] in finish(.lost(error)) }
    }
    loop.execute { [self] in goOn() }
  }

  /// Gives it up, and closes the stream: nothing is told.
  public func cancel() {
    guard onOutcome.take() != nil else { return }
    release()
    stream.reset()
  }

  /// What epoll does not watch, a file, is always ready.
  private func watch(_ descriptor: Int32) throws(SystemError) {
    do throws(SystemError) {
      registrations.append(
        try loop.watch(descriptor, [.readable, .writable, .peerClosed, .edgeTriggered]) {
          [self] _ in goOn()
        })
    } catch {
      guard error.errno == EPERM else { throw error }
    }
  }

  private func goOn() {
    guard onOutcome != nil else { return }
    do throws(TLSError) {
      guard try stream.shakeHands() else { return }
      release()
      onOutcome.take()?(.success(stream))
    } catch {
      finish(error.cause)
    }
  }

  private func finish(_ cause: TLSError.Cause) {
    guard let tell = onOutcome.take() else { return }
    release()
    stream.close()
    tell(.failure(TLSError(with: stream.peer, cause)))
  }

  private func release() {
    for registration in registrations { registration.cancel() }
    registrations = []
    timer?.cancel()
    timer = nil
  }
}

extension TLSStream {
  /// Shakes hands, and returns when that is done; the stream is closed when it fails.
  ///
  /// - Throws: `TLSError`; its cause is `cancelled` when the task was cancelled.
  public func shakeHands(
    timeout: Duration? = .seconds(10), on loop: EventLoop
  ) async throws(TLSError) {
    let completion = Completion<TLSHandshake.Outcome>(on: loop)
    let handshake = TLSHandshake(of: self, timeout: timeout, on: loop) { completion.fulfil($0) }
    let outcome: TLSHandshake.Outcome
    do throws(CancellationError) {
      outcome = try await completion.value
    } catch {
      handshake.cancel()
      throw TLSError(with: peer, .cancelled)
    }
    _ = try outcome.get()
  }
}
