internal import EventLoop
internal import Glibc
internal import HostFiles
internal import MonotonicTime

/// A small file whose lock this process holds, until the value goes away.
final class LockedFile {
  private let path: String
  private let descriptor: Int32
  private let owned: OwnedDescriptor
  private let status: stat

  /// The time from one try at the lock to the next, in microseconds.
  private static let pause: UInt32 = 2000

  /// Opens and locks the file at `path`, a link followed.
  ///
  /// - Throws: `EWOULDBLOCK` when others hold the lock for longer than `patience`.
  init(at path: String, waitingAtMost patience: Duration) throws(SystemError) {
    let target = try Self.resolved(path)
    let deadline = Instant.monotonicNow + patience
    repeat {
      let file = try OwnedDescriptor("open") { unsafe open(target, O_RDONLY | O_CLOEXEC) }
      guard try Self.lock(file.rawValue) else {
        usleep(Self.pause)
        continue
      }
      let own = try Self.status(of: file.rawValue)
      // Whoever had the lock before may have put another file here meanwhile.
      var there = stat()
      guard unsafe stat(target, &there) == 0, there.st_ino == own.st_ino,
        there.st_dev == own.st_dev
      else { continue }
      self.path = target
      status = own
      descriptor = file.rawValue
      owned = consume file
      return
    } while Instant.monotonicNow < deadline
    throw SystemError(errno: EWOULDBLOCK, operation: "flock")
  }

  /// What is in the file.
  func bytes() throws(SystemError) -> [UInt8] {
    try Self.bytes(of: descriptor)
  }

  /// Puts a file with these bytes in its place. The lock goes with the old one: this is the last call.
  ///
  /// The draft has one name whoever writes it, because only one can: a draft that a killed process left is
  /// overwritten by the next, and none piles up.
  func replace(by bytes: [UInt8]) throws(SystemError) {
    let draft = path + ".new"
    unsafe unlink(draft)
    do throws(SystemError) {
      // Never a file that somebody else put there.
      let file = try OwnedDescriptor("open") {
        unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
      }
      // Only root may give a file away; the group may fail too, and then it keeps ours.
      if fchown(file.rawValue, status.st_uid, status.st_gid) != 0 {
        _ = fchown(file.rawValue, uid_t.max, status.st_gid)
      }
      _ = try Syscalls.retrying("fchmod") { fchmod(file.rawValue, status.st_mode & 0o777) }
      try Self.write(bytes, to: file.rawValue)
      _ = try Syscalls.retrying("fsync") { fsync(file.rawValue) }
      _ = try Syscalls.retrying("rename") { unsafe rename(draft, path) }
    } catch {
      unsafe unlink(draft)
      throw error
    }
  }

  /// What is in the file at `path`, locked or not.
  static func bytes(at path: String) throws(SystemError) -> [UInt8] {
    let file = try OwnedDescriptor("open") { unsafe open(path, O_RDONLY | O_CLOEXEC) }
    return try bytes(of: file.rawValue)
  }

  /// What is in an open file, and one byte more than a host file may have at most.
  private static func bytes(of descriptor: Int32) throws(SystemError) -> [UInt8] {
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while result.count <= HostFile.longestByteCount {
      let count = try Syscalls.retrying("read") {
        unsafe Glibc.read(descriptor, &buffer, buffer.count)
      }
      guard count > 0 else { break }
      result += buffer[..<count]
    }
    return result
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = try Syscalls.retrying("write") {
        unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      }
      rest = rest.dropFirst(count)
    }
  }

  private static func lock(_ descriptor: Int32) throws(SystemError) -> Bool {
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      if code == EWOULDBLOCK { return false }
      guard code == EINTR else { throw SystemError(errno: code, operation: "flock") }
    }
    return true
  }

  private static func status(of descriptor: Int32) throws(SystemError) -> stat {
    var status = stat()
    _ = try Syscalls.retrying("fstat") { unsafe fstat(descriptor, &status) }
    return status
  }

  /// The path of the file itself, so that a link to it stays.
  private static func resolved(_ path: String) throws(SystemError) -> String {
    guard let resolved = unsafe realpath(path, nil) else {
      throw SystemError(errno: errno, operation: "realpath")
    }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }
}
