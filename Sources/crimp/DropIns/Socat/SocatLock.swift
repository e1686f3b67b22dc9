import EventLoop
import Glibc

/// A file that says that somebody is at work.
final class SocatLock {
  private let path: String
  /// Whether to wait until the file is gone.
  private let waits: Bool
  private var isHeld = false

  /// How often a lock that somebody has is looked at.
  private static let interval: Duration = .seconds(1)

  init(path: String, waits: Bool) {
    self.path = path
    self.waits = waits
  }

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
    isHeld = true
  }

  /// Removes the file, if it is this one's.
  func release() {
    guard isHeld else { return }
    isHeld = false
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
