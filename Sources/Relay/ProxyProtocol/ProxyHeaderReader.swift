internal import EventLoop
internal import MonotonicTime
internal import Sockets

/// Reads the PROXY header at the beginning of a connection, within its time.
final class ProxyHeaderReader {
  /// Why there is none.
  struct Failure: Error {
    var refusal: Refusal
  }

  /// The header, and what was read behind it.
  typealias Outcome = Result<(ProxyHeader, [UInt8]), Failure>

  private let socket: StreamSocket
  private let loop: EventLoop
  private let limit: Int
  private let timeout: Duration
  private var bytes: [UInt8] = []
  private var registration: Registration?
  private var timer: Timer?
  private var onOutcome: ((Outcome) -> Void)?

  /// Reads from now on.
  ///
  /// - Parameter isPatient: whether the header's time begins with its first byte, not at once.
  init(
    _ socket: StreamSocket, _ options: RelayServiceOptions.ProxyProtocolInput,
    isPatient: Bool = false, on loop: EventLoop, _ onOutcome: @escaping (Outcome) -> Void
  ) {
    self.socket = socket
    self.loop = loop
    self.onOutcome = onOutcome
    limit = options.limit
    timeout = options.timeout
    if !isPatient { startClock() }
    do throws(SystemError) {
      registration = try loop.watch(socket.descriptor, .readable) { [weak self] _ in self?.read() }
    } catch {
      loop.execute { [weak self] in self?.finish(.failure(Failure(refusal: .noHeader))) }
    }
  }

  deinit {
    cancel()
  }

  func cancel() {
    onOutcome = nil
    registration?.cancel()
    registration = nil
    timer?.cancel()
    timer = nil
  }

  private func startClock() {
    guard timer == nil else { return }
    timer = loop.schedule(after: timeout) { [weak self] in
      self?.finish(.failure(Failure(refusal: .noHeader)))
    }
  }

  private func read() {
    let transfer = unsafe withUnsafeTemporaryAllocation(byteCount: limit, alignment: 1) { buffer in
      let transfer = unsafe socket.read(into: buffer)
      if case .moved(let count) = transfer { unsafe bytes.append(contentsOf: buffer.prefix(count)) }
      return transfer
    }
    switch transfer {
    case .blocked: return
    case .end, .failed: return finish(.failure(Failure(refusal: .noHeader)))
    case .moved: startClock()
    }
    do throws(ProxyHeaderError) {
      guard case .complete(let header, let count) = try ProxyHeader.parse(bytes, limit: limit)
      else { return }
      finish(.success((header, Array(bytes[count...]))))
    } catch {
      finish(.failure(Failure(refusal: .header(error))))
    }
  }

  private func finish(_ outcome: Outcome) {
    let tell = onOutcome
    cancel()
    tell?(outcome)
  }
}
