import EventLoop
import Glibc

/// A file read as a whole.
enum WholeFile {
  /// The bytes of the file at `path`, or of standard input for `-`.
  static func bytes(at path: String) throws(CommandFailure) -> [UInt8] {
    do throws(SystemError) {
      guard path != "-" else { return try read(from: 0) }
      let descriptor = try OwnedDescriptor("open") { unsafe open(path, O_RDONLY | O_CLOEXEC) }
      return try read(from: descriptor.rawValue)
    } catch {
      throw CommandFailure(.noInput, "\(path): \(error.reason)")
    }
  }

  private static func read(from descriptor: Int32) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = try Syscalls.retrying("read") {
        unsafe Glibc.read(descriptor, &buffer, buffer.count)
      }
      guard count > 0 else { return bytes }
      bytes += buffer[..<count]
    }
  }
}
