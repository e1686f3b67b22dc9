internal import EventLoop
internal import Glibc

/// The file of a recording: bytes are appended as a whole, or not at all.
///
/// Who records into it holds a lock on it (`flock(2)`). So nobody empties a file into which a process still
/// records; and two may record into one, as a relay and the next one that takes its place do while the first
/// still has connections. What the one appends stands behind what the other has appended.
struct RecordingFile: ~Copyable {
  private let descriptor: OwnedDescriptor
  /// Whether it is a file that has a length: no device and no pipe.
  private let isRegular: Bool
  /// Whether another process recorded into it when it was opened.
  private let isShared: Bool

  /// Opens a file, which nobody else may read, and leaves all that is in it.
  ///
  /// - Parameter joins: whether it may be one into which another process records.
  /// - Throws: `EWOULDBLOCK` when another process does and that may not be; or why it cannot be opened.
  init(path: String, joins: Bool) throws(SystemError) {
    let file = try OwnedDescriptor("open") {
      unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    }
    let number = file.rawValue
    var status = stat()
    _ = try Syscalls.retrying("fstat") { unsafe fstat(number, &status) }
    let isRegular = status.st_mode & S_IFMT == S_IFREG
    let isShared = isRegular && !Self.lock(number, LOCK_EX)
    guard !isShared || joins && Self.lock(number, LOCK_SH) else {
      throw SystemError(errno: EWOULDBLOCK, operation: "flock")
    }
    self.isRegular = isRegular
    self.isShared = isShared
    descriptor = file
  }

  /// Empties it, unless another process records into it; from now on others may join.
  func begin() throws(SystemError) {
    guard isRegular, !isShared else { return }
    let number = descriptor.rawValue
    _ = try Syscalls.retrying("ftruncate") { ftruncate(number, 0) }
    _ = Self.lock(number, LOCK_SH)
  }

  /// Appends all of `bytes`. When that fails in the middle, as on a full disk, the file is cut back to where it
  /// ended before.
  func append(_ bytes: [UInt8]) throws(SystemError) {
    let number = descriptor.rawValue
    var rest = bytes[...]
    do throws(SystemError) {
      while !rest.isEmpty {
        let count = try Syscalls.retrying("write") {
          unsafe rest.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
        }
        rest = rest.dropFirst(count)
      }
    } catch {
      cutBack(by: bytes.count - rest.count)
      throw error
    }
  }

  private func cutBack(by count: Int) {
    let end = lseek(descriptor.rawValue, 0, SEEK_CUR)
    var status = stat()
    // Behind it there may be what another process has appended meanwhile: that stays.
    guard isRegular, count > 0, unsafe fstat(descriptor.rawValue, &status) == 0,
      status.st_size == end
    else { return }
    // A failure leaves what is there, as every reader of an unfinished file meets it.
    _ = ftruncate(descriptor.rawValue, end - count)
  }

  /// Whether it is locked now. Where files cannot be locked nobody else has done so.
  private static func lock(_ descriptor: Int32, _ kind: Int32) -> Bool {
    do throws(SystemError) {
      _ = try Syscalls.retrying("flock") { flock(descriptor, kind | LOCK_NB) }
    } catch {
      return error.errno != EWOULDBLOCK
    }
    return true
  }
}
