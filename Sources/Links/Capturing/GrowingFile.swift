internal import EventLoop
internal import Glibc

/// A file, or standard output, that is written piece by piece and kept as far as it got.
final class GrowingFile {
  /// Nil for standard output.
  private let owned: OwnedDescriptor?
  private let descriptor: Int32
  /// Whether what was written can be cut off again: a pipe has it already.
  private let isRegular: Bool
  /// How many bytes the file has.
  private(set) var byteCount = 0

  /// Makes the file anew, or empties the one that is there; `-` is standard output.
  init(_ path: String) throws(SystemError) {
    guard path != "-" else {
      owned = nil
      descriptor = 1
      isRegular = false
      return
    }
    let opened = try OwnedDescriptor("open") {
      unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    }
    descriptor = opened.rawValue
    owned = consume opened
    var status = stat()
    isRegular = unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Appends all of `bytes`, waiting where a pipe is full. When it throws, `byteCount` says how many
  /// had been taken before.
  func write(_ bytes: [UInt8]) throws(SystemError) {
    var written = 0
    while written < bytes.count {
      do throws(SystemError) {
        let count = try Syscalls.retrying("write") {
          unsafe bytes.withUnsafeBytes { buffer in
            unsafe Glibc.write(
              descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
          }
        }
        written += count
        byteCount += count
      } catch {
        // Somebody else may have made the pipe non-blocking.
        guard error.errno == EAGAIN else { throw error }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&waiting, 1, -1)
      }
    }
  }

  /// Cuts the file off behind its first `count` bytes, if it is one.
  func truncate(to count: Int) {
    guard isRegular, count < byteCount, ftruncate(descriptor, off_t(count)) == 0 else { return }
    lseek(descriptor, off_t(count), SEEK_SET)
    byteCount = count
  }

  /// Makes sure that the disk has it.
  func synchronize() throws(SystemError) {
    guard isRegular else { return }
    _ = try Syscalls.retrying("fdatasync") { fdatasync(descriptor) }
  }
}
