import Glibc

/// A call to the kernel that failed: which one, and with what error number.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The error number, one of `errno(3)`.
  public let errno: Int32

  /// The call or the act that failed, such as `epoll_ctl`.
  public let operation: StaticString

  /// Creates the error that `operation` met.
  public init(errno: Int32, operation: StaticString) {
    self.errno = errno
    self.operation = operation
  }

  /// The operation and the system's words for the error number: "socket: Operation not permitted".
  public var description: String { "\(operation): \(reason)" }

  /// The system's words for the error number: "Operation not permitted".
  public var reason: String {
    var text = [CChar](repeating: 0, count: 128)
    guard unsafe strerror_r(errno, &text, text.count) == 0, let end = text.firstIndex(of: 0) else {
      return "error \(errno)"
    }
    return String(decoding: text[..<end].lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Whether both name the same call and the same error number.
  public static func == (left: SystemError, right: SystemError) -> Bool {
    left.errno == right.errno && left.operation.description == right.operation.description
  }

  /// Hashes the error number and the call's name.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(errno)
    hasher.combine(operation.description)
  }
}
