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
  /// The process that returned to the caller, as its child knows it.
  private var caller: pid_t?

  init(pidfilePath: String?) {
    self.pidfilePath = pidfilePath
  }

  /// Forks. The parent is to return to its caller at once; the child goes on by itself.
  ///
  /// The process id stands in the file before the parent returns, so that the caller may kill it
  /// from then on. Call it before an event loop is made.
  mutating func enter() throws(CommandFailure) -> Side {
    // Says to the child that the file stands; closed without a word, that it never will.
    let go = try Self.openPipe()
    // A pidfile that cannot be written must stop the child before its first frame.
    let pidfile = try openPidfile()
    HeldSignals.hold()
    let parent = getpid()
    let child = try worded { () throws(SystemError) in try Syscalls.fork() }
    if child > 0 {
      try write(child, to: pidfile)
      go.give()
      return .parent
    }
    // The caller was told why.
    guard go.isGiven() else { _exit(ExitStatus.inputOutput.rawValue) }
    owner = getpid()
    caller = parent
    setsid()
    chdirToRoot()
    Self.detachStreams()
    return .child
  }

  /// Leaves it to a child to be the last that closes the open sockets, when this process is gone.
  ///
  /// The kernel waits some 15 ms for all processors when the last holder of a packet socket closes
  /// it, at exit too. A hook that calls a single round need not wait for that.
  static func leaveSockets() {
    let parent = getpid()
    guard let child = try? Syscalls.fork(), child == 0 else { return }
    detachStreams()
    awaitEnd(of: parent)
    _exit(0)
  }

  /// Waits until the process that went on to its caller is gone, so that closing a socket that it
  /// shares does not hold it up.
  func awaitCaller() {
    if let caller { Self.awaitEnd(of: caller) }
  }

  /// A second at most: a parent has nothing left to do.
  private static func awaitEnd(of parent: pid_t) {
    var turns = 0
    while getppid() == parent, turns < 1000 {
      usleep(1000)
      turns += 1
    }
  }

  /// Writes the id of this process.
  mutating func writePidfile() throws(CommandFailure) {
    owner = getpid()
    try write(getpid(), to: try openPidfile())
  }

  /// Removes the file, if this process is the one that it names: a later one may have taken it over.
  func removePidfile() {
    guard let pidfilePath, owner == getpid(),
      let bytes = try? WholeFile.bytes(at: pidfilePath),
      bytes == Array("\(getpid())\n".utf8)
    else { return }
    unsafe unlink(pidfilePath)
  }

  /// The pidfile to be, under another name: it is there whole or not at all.
  private func openPidfile() throws(CommandFailure) -> OwnedDescriptor? {
    guard let pidfilePath else { return nil }
    let partial = pidfilePath + ".\(getpid())"
    do throws(SystemError) {
      return try OwnedDescriptor("open") {
        unsafe open(partial, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
      }
    } catch {
      throw CommandFailure(.inputOutput, "--pidfile \(pidfilePath): \(error.reason)")
    }
  }

  /// Writes the id and gives the file its name.
  private func write(
    _ process: pid_t, to file: consuming OwnedDescriptor?
  ) throws(CommandFailure) {
    guard let pidfilePath, let file else { return }
    let partial = pidfilePath + ".\(getpid())"
    let number = file.rawValue
    do throws(SystemError) {
      let line = Array("\(process)\n".utf8)
      _ = try Syscalls.retrying("write") { unsafe Glibc.write(number, line, line.count) }
      _ = try Syscalls.retrying("rename") { unsafe rename(partial, pidfilePath) }
    } catch {
      unsafe unlink(partial)
      throw CommandFailure(.inputOutput, "--pidfile \(pidfilePath): \(error.reason)")
    }
  }

  private static func openPipe() throws(CommandFailure) -> Pipe {
    do throws(SystemError) {
      return try Syscalls.pipe()
    } catch {
      throw CommandFailure(error)
    }
  }

  private func chdirToRoot() {
    // A relative pidfile is removed from where it was written.
    guard pidfilePath?.hasPrefix("/") ?? true else { return }
    _ = unsafe chdir("/")
  }

  private static func detachStreams() {
    let null = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
    guard null >= 0 else { return }
    for stream: Int32 in 0...2 { dup2(null, stream) }
    if null > 2 { close(null) }
  }
}

extension Pipe {
  /// The parent's word that the child may go on.
  fileprivate func give() {
    let word: [UInt8] = [1]
    // A child that is gone does not hear it.
    _ = unsafe Glibc.write(writer.rawValue, word, word.count)
  }

  /// Waits in the child for the parent's word; false when the parent ended without it.
  fileprivate consuming func isGiven() -> Bool {
    // Without the child's own end of the pipe, which would keep it open.
    let reader = takeReader()
    let number = reader.rawValue
    var word: UInt8 = 0
    let count = try? Syscalls.retrying("read") { unsafe Glibc.read(number, &word, 1) }
    withExtendedLifetime(reader) {}
    return count == 1
  }

  private consuming func takeReader() -> OwnedDescriptor { reader }
}
