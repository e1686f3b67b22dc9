import CLinux
import Glibc

/// The terminal that a console is typed at: raw while it speaks to the machine, as it was at every way
/// out, a fault's included.
final class RawTerminal {
  /// Whether it is raw at present.
  private(set) var isRaw = false
  private let descriptor: Int32

  /// The terminal on standard input; nil when there is none.
  init?(descriptor: Int32 = STDIN_FILENO) {
    guard isatty(descriptor) == 1 else { return nil }
    self.descriptor = descriptor
  }

  deinit {
    restore()
  }

  /// Makes it raw. It stays as it is when its settings cannot be changed: then lines are typed.
  func makeRaw() {
    isRaw = crimp_enter_raw_mode(descriptor) == 0
  }

  /// Makes it as it was.
  func restore() {
    crimp_leave_raw_mode()
    isRaw = false
  }

  /// Stops the process as Ctrl-Z does elsewhere, and goes on when it is continued. All of the job stops,
  /// a program behind a pipe included, unless `isAlone`.
  func suspend(isAlone: Bool) {
    let wasRaw = isRaw
    restore()
    var set = sigset_t()
    var before = sigset_t()
    unsafe sigemptyset(&set)
    unsafe sigaddset(&set, SIGTSTP)
    unsafe sigaddset(&set, SIGCONT)
    kill(isAlone ? getpid() : 0, SIGTSTP)
    // The loop reads both signals from a descriptor: unblocked, they do here what they do.
    unsafe pthread_sigmask(SIG_UNBLOCK, &set, &before)
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    if wasRaw { makeRaw() }
  }
}
