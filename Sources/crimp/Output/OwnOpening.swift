import CLinux
import EventLoop
import Glibc

/// What a number is open on, opened once more for this process alone.
///
/// Whether reads and writes wait (`O_NONBLOCK`) belongs to what was opened and not to a number, and others may
/// have that too: a shell its terminal, standard error the pipe of standard output. So pipes and terminals
/// are opened again before they are made not to wait.
enum OwnOpening {
  /// A pipe or a terminal, opened once more, and never waited for; nil for what is neither, or may not be opened.
  static func descriptor(of number: Int32) -> OwnedDescriptor? {
    let flags = fcntl(number, F_GETFL)
    guard flags >= 0, isPipe(number) || isTerminal(number) else { return nil }
    let mode = flags & (O_ACCMODE | O_APPEND) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    let descriptor = unsafe open("/proc/self/fd/\(number)", mode)
    return descriptor >= 0 ? OwnedDescriptor(owning: descriptor) : nil
  }

  /// Puts it in the number's place, if there is such a thing. Children inherit the number as before.
  static func replace(_ number: Int32) {
    let flags = fcntl(number, F_GETFD)
    guard let own = descriptor(of: number), dup2(own.rawValue, number) >= 0 else { return }
    _ = fcntl(number, F_SETFD, flags)
  }

  /// Whether it is a pipe without a name: one that has a name tells who opens it after its last writer nothing
  /// of the end (fifo(7)).
  private static func isPipe(_ number: Int32) -> Bool {
    var name = [CChar](repeating: 0, count: 16)
    let count = unsafe readlink("/proc/self/fd/\(number)", &name, name.count)
    return count > 0 && name.starts(with: "pipe:[".utf8.map(CChar.init(bitPattern:)))
  }

  /// Whether it is a terminal; not the side that serves one, which would be another's when it is opened again.
  private static func isTerminal(_ number: Int32) -> Bool {
    guard isatty(number) == 1 else { return false }
    var index: Int32 = 0
    return unsafe withUnsafeMutablePointer(to: &index) { index in
      crimp_control(number, terminalIndexRequest, UInt(bitPattern: index)) != 0
    }
  }

  /// `TIOCGPTN`: which terminal this is the serving side of (`asm-generic/ioctls.h`).
  private static let terminalIndexRequest: UInt = 0x8004_5430
}
