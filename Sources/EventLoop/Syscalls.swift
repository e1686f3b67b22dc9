internal import CLinux
public import Glibc

/// Calls to the kernel: repeated when a signal interrupts them, and failing with `SystemError`.
public enum Syscalls {
  /// Repeats `call` while it fails with `EINTR`, and returns its result when that is not negative.
  ///
  /// - Throws: the error number that `call` left, under the name `operation`.
  @inlinable @inline(__always)
  public static func retrying<Result: SignedInteger>(
    _ operation: StaticString, _ call: () -> Result
  ) throws(SystemError) -> Result {
    while true {
      let result = call()
      if result >= 0 { return result }
      let code = errno
      guard code == EINTR else { throw SystemError(errno: code, operation: operation) }
    }
  }

  /// Forks (`fork(2)`): 0 in the child, the child's process identifier in the parent.
  ///
  /// Only the calling thread lives on in the child, so fork while there is only one, and before an
  /// `EventLoop` is made: parent and child would share its epoll set.
  public static func fork() throws(SystemError) -> Int32 {
    try retrying("fork") { crimp_fork() }
  }

  /// Moves the calling thread into the network namespace that `descriptor` names (`setns(2)`).
  public static func enterNetworkNamespace(_ descriptor: Int32) throws(SystemError) {
    _ = try retrying("setns") { crimp_enter_network_namespace(descriptor) }
  }

  /// Opens a pipe whose ends no child inherits (`pipe2(2)`).
  public static func pipe() throws(SystemError) -> Pipe {
    var ends: [Int32] = [-1, -1]
    _ = try retrying("pipe2") { unsafe crimp_pipe(&ends) }
    return Pipe(reader: OwnedDescriptor(owning: ends[0]), writer: OwnedDescriptor(owning: ends[1]))
  }

  /// Reads what is there into `buffer` (`read(2)`): 0 at the end of the file.
  public static func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer
  ) throws(SystemError) -> Int {
    try retrying("read") { unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
  }

  /// Writes as much of `buffer` as fits (`write(2)`), and returns how much that was.
  public static func write(
    _ descriptor: Int32, _ buffer: UnsafeRawBufferPointer
  ) throws(SystemError) -> Int {
    try retrying("write") { unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count) }
  }

  /// Makes reads and writes of `descriptor` return `EAGAIN` where they would wait.
  public static func setNonBlocking(_ descriptor: Int32) throws(SystemError) {
    let flags = try retrying("fcntl") { fcntl(descriptor, F_GETFL) }
    _ = try retrying("fcntl") { fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) }
  }
}

/// The two ends of a pipe.
@frozen public struct Pipe: ~Copyable {
  /// Where what was written is read.
  public var reader: OwnedDescriptor

  /// Where to write.
  public var writer: OwnedDescriptor
}
