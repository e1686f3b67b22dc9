public import EventLoop
internal import Glibc

/// One option of a socket, as `setsockopt(2)` takes it: for those that have no name here.
public struct SocketSetting: Hashable, Sendable {
  /// The protocol that knows it: `SOL_SOCKET`, `IPPROTO_TCP`.
  public var level: Int32
  /// The option's number there.
  public var name: Int32
  /// The value's bytes.
  public var value: [UInt8]

  /// An option whose value is a number of 32 bits.
  public init(level: Int32, name: Int32, _ number: Int32) {
    self.init(level: level, name: name, bytes: Self.bytes(of: number))
  }

  /// An option of any value.
  public init(level: Int32, name: Int32, bytes: [UInt8]) {
    self.level = level
    self.name = name
    value = bytes
  }

  /// A number as the machine has it.
  public static func bytes(of number: Int32) -> [UInt8] {
    unsafe withUnsafeBytes(of: number) { bytes in unsafe Array(bytes) }
  }

  /// Sets the option on a socket.
  ///
  /// - Throws: `ENOPROTOOPT` where there is no such option, `EINVAL` for a wrong value, `EPERM`.
  public func apply(to descriptor: Int32) throws(SystemError) {
    _ = try Syscalls.retrying("setsockopt") {
      unsafe setsockopt(descriptor, level, name, value, socklen_t(value.count))
    }
  }
}
