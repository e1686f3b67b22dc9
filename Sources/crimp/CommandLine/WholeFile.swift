import EventLoop
import Glibc
import IPMI

/// A file read or written as a whole.
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
    var status = stat()
    if unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
      bytes.reserveCapacity(Int(min(status.st_size, 1 << 30)))
    }
    // It may be a secret's file: no copy of it stays behind.
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    defer { buffer.wipe() }
    while true {
      let count = try Syscalls.retrying("read") {
        unsafe Glibc.read(descriptor, &buffer, buffer.count)
      }
      guard count > 0 else { return bytes }
      bytes += buffer[..<count]
    }
  }

  /// Writes `bytes` as the file at `path`, in a directory that is made if need be: whole, or not at
  /// all. Nobody else may read it.
  ///
  /// - Parameter isDurable: whether the disk has it before this returns: a crash of the machine may
  ///   leave an empty file otherwise.
  static func write(
    _ bytes: [UInt8], to path: String, isDurable: Bool = true
  ) throws(CommandFailure) {
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      unsafe mkdir(String(path[..<slash]), 0o700)
    }
    let draft = "\(path).\(getpid())"
    do throws(SystemError) {
      let descriptor = try OwnedDescriptor("open") {
        unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
      }
      try write(bytes, to: descriptor.rawValue)
      if isDurable { _ = try Syscalls.retrying("fsync") { fsync(descriptor.rawValue) } }
      _ = try Syscalls.retrying("rename") { unsafe rename(draft, path) }
    } catch {
      unsafe unlink(draft)
      throw CommandFailure(.inputOutput, "\(path): \(error.reason)")
    }
  }

  private static func write(
    _ bytes: [UInt8], to descriptor: Int32
  ) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = try Syscalls.retrying("write") {
        unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      }
      rest = rest.dropFirst(count)
    }
  }
}
