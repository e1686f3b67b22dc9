internal import EventLoop
internal import Glibc

/// A kernel parameter below `/proc/sys/net`, open for writing.
///
/// `/proc/sys/net` shows the namespace of the thread that opens the file.
struct OwnedParameter: ~Copyable {
  private let descriptor: OwnedDescriptor

  init(_ path: String) throws(SystemError) {
    descriptor = try OwnedDescriptor("open parameter") {
      unsafe open("/proc/sys/net/" + path, O_WRONLY | O_CLOEXEC)
    }
  }

  func write(_ value: String) throws(SystemError) {
    let bytes = Array(value.utf8)
    let number = descriptor.rawValue
    _ = try Syscalls.retrying("write parameter") { unsafe Glibc.write(number, bytes, bytes.count) }
  }
}
