import EventLoop
import Glibc

/// Going on without the caller: the process id in a file, no terminal, no streams.
struct Background {
  /// On which side of the fork the code goes on.
  enum Side: Equatable {
    case parent
    case child
  }

  /// Where the process id is written, if anywhere.
  let pidfilePath: String?
  private var owner: pid_t?

  init(pidfilePath: String?) {
    self.pidfilePath = pidfilePath
  }

  /// Forks. The parent is to return to its caller at once; the child goes on by itself.
  ///
  /// The process id stands in the file before the parent returns, so that the caller may kill it
  /// from then on. Call it before an event loop is made.
  mutating func enter() throws(CommandFailure) -> Side {
    let child = try worded { () throws(SystemError) in try Syscalls.fork() }
    if child > 0 {
      do throws(CommandFailure) {
        try write(child)
      } catch {
        kill(child, SIGTERM)
        throw error
      }
      return .parent
    }
    owner = getpid()
    setsid()
    chdirToRoot()
    detachStreams()
    return .child
  }

  /// Writes the id of this process.
  mutating func writePidfile() throws(CommandFailure) {
    owner = getpid()
    try write(getpid())
  }

  /// Removes the file, if this process is the one that it names.
  func removePidfile() {
    guard let pidfilePath, owner == getpid() else { return }
    unsafe unlink(pidfilePath)
  }

  /// The file is there whole or not at all: it is renamed into place.
  private func write(_ process: pid_t) throws(CommandFailure) {
    guard let pidfilePath else { return }
    let partial = pidfilePath + ".\(getpid())"
    do throws(SystemError) {
      let descriptor = try OwnedDescriptor("open") {
        unsafe open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
      }
      let line = Array("\(process)\n".utf8)
      let number = descriptor.rawValue
      _ = try Syscalls.retrying("write") { unsafe Glibc.write(number, line, line.count) }
      _ = try Syscalls.retrying("rename") { unsafe rename(partial, pidfilePath) }
    } catch {
      unsafe unlink(partial)
      throw CommandFailure(.inputOutput, "--pidfile \(pidfilePath): \(error.reason)")
    }
  }

  private func chdirToRoot() {
    // A relative pidfile is removed from where it was written.
    guard pidfilePath?.hasPrefix("/") ?? true else { return }
    _ = unsafe chdir("/")
  }

  private func detachStreams() {
    let null = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
    guard null >= 0 else { return }
    for stream: Int32 in 0...2 { dup2(null, stream) }
    if null > 2 { close(null) }
  }
}
