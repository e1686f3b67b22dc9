public import EventLoop

/// A loop's watch of a socket that whoever made the connection leaves to whoever uses it: two system calls
/// fewer than to end one watch and to begin another.
///
/// It is edge-triggered, for everything.
public final class StandingWatch {
  /// The watch; what it is told is kept in `readiness` until its handler is replaced.
  public let registration: Registration
  /// What the loop has told already, and will not tell again.
  public private(set) var readiness: Readiness

  /// What is watched for.
  static let interest: Interest = [.readable, .writable, .peerClosed, .priority, .edgeTriggered]

  init(_ registration: Registration, _ readiness: Readiness) {
    self.registration = registration
    self.readiness = readiness
    registration.replaceHandler { [weak self] in self?.readiness.formUnion($0) }
  }
}
