import EventLoop
import Glibc

/// A file that says that somebody is at work.
struct SocatLock {
  var path: String
  /// Whether to wait until the file is gone.
  var waits: Bool

  /// How often a lock that somebody has is looked at.
  private static let interval: Duration = .seconds(1)

  /// Makes the file, with this process's number in it.
  func take(on loop: EventLoop) async throws(SocatFailure) {
    while !tryOnce() {
      guard errno == EEXIST || errno == EINTR else {
        throw SocatFailure("open(\"\(path)\", O_CREAT|O_EXCL): \(SocatWords.reason(errno))")
      }
      guard waits else { throw SocatFailure("could not obtain lock \"\(path)\"") }
      do throws(CancellationError) {
        try await loop.sleep(for: Self.interval)
      } catch {
        throw SocatFailure.silent(status: 1)
      }
    }
  }

  /// Removes the file.
  func release() {
    unsafe unlink(path)
  }

  private func tryOnce() -> Bool {
    let descriptor = unsafe open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return false }
    StandardStream(descriptor: descriptor).write("\(getpid())\n")
    close(descriptor)
    return true
  }
}
