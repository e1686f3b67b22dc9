internal import CLinux
public import EventLoop
internal import Glibc

/// One attempt at a TCP connection, made to learn whether somebody is there: the connection itself is
/// given up as soon as it stands.
///
/// A refusal is an answer too: the host is up, and nobody listens at that port.
public final class ConnectionAttempt {
  /// What came of it.
  public enum Answer: Hashable, Sendable {
    /// Somebody accepted.
    case accepted
    /// The host is there and refused.
    case refused
    /// The kernel gave up, by this number of `errno(3)`: `ETIMEDOUT`, `EHOSTUNREACH`, …
    case failed(Int32)
  }

  private let socket: OwnedDescriptor
  private let onAnswer: (Answer) -> Void
  private var registration: Registration?

  /// Begins to connect to `address`. Drop the attempt, or cancel it, to hear no more of it.
  ///
  /// - Parameter onAnswer: is called once, by the loop and never before this returns.
  /// - Throws: what keeps a socket from being opened or watched, as `EMFILE`.
  public init(
    to address: InternetAddress, on loop: EventLoop, _ onAnswer: @escaping (Answer) -> Void
  ) throws(SystemError) {
    self.onAnswer = onAnswer
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let family = address.family == .v6 ? AF_INET6 : AF_INET
    socket = try OwnedDescriptor("socket") { Glibc.socket(family, kind, 0) }
    var form = address.kernelForm
    if unsafe crimp_internet_connect(socket.rawValue, &form) != 0, errno != EINPROGRESS {
      let code = errno
      loop.execute { [weak self] in self?.tell(Self.answer(code)) }
      return
    }
    registration = try loop.watch(socket.rawValue, .writable) { [weak self] _ in self?.conclude() }
  }

  deinit {
    cancel()
  }

  /// Gives the attempt up.
  public func cancel() {
    registration?.cancel()
    registration = nil
  }

  private func conclude() {
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    let status = unsafe getsockopt(socket.rawValue, SOL_SOCKET, SO_ERROR, &code, &size)
    tell(Self.answer(status == 0 ? code : errno))
  }

  private func tell(_ answer: Answer) {
    cancel()
    onAnswer(answer)
  }

  private static func answer(_ code: Int32) -> Answer {
    switch code {
    case 0: .accepted
    case ECONNREFUSED: .refused
    default: .failed(code)
    }
  }
}
