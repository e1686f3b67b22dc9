public import EventLoop
internal import Glibc

/// One attempt at a TCP connection, made to learn whether somebody is there: the connection itself is
/// given up as soon as it stands.
///
/// A reset is an answer too: the host is up, and nobody listens at that port. An ICMP message that says
/// the same is none: a packet filter on the way sends it for a host that is off.
public final class ConnectionAttempt {
  /// What came of it.
  public enum Answer: Hashable, Sendable {
    /// Somebody accepted.
    case accepted
    /// The host is there and refused.
    case refused
    /// The kernel gave up, by this number of `errno(3)`: `ETIMEDOUT`, `EHOSTUNREACH`; `ECONNREFUSED` where
    /// ICMP refused.
    case failed(Int32)
  }

  private let socket: ConnectionSocket
  private let address: InternetAddress
  private let onAnswer: (Answer) -> Void
  private var registration: Registration?

  /// Begins to connect to `address`. Drop the attempt, or cancel it, to hear no more of it.
  ///
  /// - Parameter onAnswer: is called once, by the loop and never before this returns.
  /// - Throws: what keeps a socket from being opened or watched, as `EMFILE`.
  public init(
    to address: InternetAddress, on loop: EventLoop, _ onAnswer: @escaping (Answer) -> Void
  ) throws(SystemError) {
    self.address = address
    self.onAnswer = onAnswer
    socket = try ConnectionSocket(address.family)
    let state = socket.connect(to: address)
    guard state == .underway else {
      loop.execute { [weak self] in self?.conclude(state) }
      return
    }
    registration = try loop.watch(socket.descriptor, .writable) { [weak self] _ in
      guard let self else { return }
      conclude(socket.connect(to: self.address))
    }
  }

  deinit {
    cancel()
  }

  /// Gives the attempt up.
  public func cancel() {
    registration?.cancel()
    registration = nil
  }

  private func conclude(_ state: ConnectionSocket.State) {
    switch state {
    case .underway: return
    case .accepted: tell(.accepted)
    case .failed(ECONNREFUSED) where socket.takeFailure() == nil: tell(.refused)
    case .failed(let code): tell(.failed(code))
    }
  }

  private func tell(_ answer: Answer) {
    cancel()
    onAnswer(answer)
  }
}
