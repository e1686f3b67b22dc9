/// What a watcher of a descriptor wants to hear of.
///
/// Errors and hang-ups are told whatever the interest is.
public struct Interest: OptionSet, Hashable, Sendable {
  /// The events as epoll names them.
  public let rawValue: UInt32

  /// Creates an interest from epoll's event bits.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Bytes, a packet or a connection can be taken without waiting.
  public static let readable = Interest(rawValue: 1 << 0)  // EPOLLIN

  /// Exceptional data is there, such as TCP's urgent byte.
  public static let priority = Interest(rawValue: 1 << 1)  // EPOLLPRI

  /// Something can be written without waiting.
  public static let writable = Interest(rawValue: 1 << 2)  // EPOLLOUT

  /// The peer of a stream will send nothing more.
  public static let peerClosed = Interest(rawValue: 1 << 13)  // EPOLLRDHUP

  /// Tell only what is new: once when the descriptor becomes ready, and not again until it was found
  /// not ready. Whoever is told must read or write until the kernel says `EAGAIN`, then or later.
  public static let edgeTriggered = Interest(rawValue: 1 << 31)  // EPOLLET
}

/// What can be done with a descriptor, as the kernel told it.
public struct Readiness: OptionSet, Hashable, Sendable {
  /// The events as epoll names them.
  public let rawValue: UInt32

  /// Creates a readiness from epoll's event bits.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Bytes, a packet or a connection can be taken without waiting.
  public static let readable = Readiness(rawValue: 1 << 0)  // EPOLLIN

  /// Exceptional data is there, such as TCP's urgent byte.
  public static let priority = Readiness(rawValue: 1 << 1)  // EPOLLPRI

  /// Something can be written without waiting.
  public static let writable = Readiness(rawValue: 1 << 2)  // EPOLLOUT

  /// An error waits to be taken: `SO_ERROR` or the next call tells it.
  public static let error = Readiness(rawValue: 1 << 3)  // EPOLLERR

  /// The other end is gone; what it sent before can still be read.
  public static let hangUp = Readiness(rawValue: 1 << 4)  // EPOLLHUP

  /// The peer of a stream will send nothing more.
  public static let peerClosed = Readiness(rawValue: 1 << 13)  // EPOLLRDHUP
}
