import Glibc

/// A file descriptor with one owner, closed exactly once: when the owner lets go of it.
public struct OwnedDescriptor: ~Copyable, Sendable {
  /// The descriptor's number, lent for calls: whoever closes it breaks the owner's promise.
  public let rawValue: Int32

  /// Takes over `rawValue`, which nobody else may close from now on.
  public init(owning rawValue: Int32) {
    self.rawValue = rawValue
  }

  /// Takes over the descriptor that `call` opens, repeating it while a signal interrupts it.
  ///
  /// - Throws: the error number that `call` left, under the name `operation`.
  public init(_ operation: StaticString, opening call: () -> Int32) throws(SystemError) {
    rawValue = try Syscalls.retrying(operation, call)
  }

  /// Gives the descriptor up unclosed: the caller owns the number now.
  public consuming func release() -> Int32 {
    let rawValue = rawValue
    discard self
    return rawValue
  }

  deinit {
    // On Linux the descriptor is gone whatever close() says; repeating it could close a stranger's.
    _ = Glibc.close(rawValue)
  }
}
