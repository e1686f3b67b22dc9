import CLinux
import EventLoop
import Glibc
import MonotonicTime

/// This side of a pseudo-terminal, and the path of the other.
final class PseudoTerminal {
  /// The path of the side that programs open.
  let path: String
  /// This side's number.
  let number: Int32
  private var owned: OwnedDescriptor?

  init() throws(SystemError) {
    var name = [CChar](repeating: 0, count: 64)
    let descriptor = try OwnedDescriptor("posix_openpt") {
      unsafe crimp_open_terminal(&name, name.count)
    }
    let end = name.firstIndex(of: 0) ?? name.count
    path = String(decoding: name[..<end].lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
    number = descriptor.rawValue
    owned = consume descriptor
  }

  /// Opens the other side; it does not become this process's own terminal.
  func openOther() throws(SystemError) -> OwnedDescriptor {
    try OwnedDescriptor("open") { unsafe open(path, O_RDWR | O_NOCTTY | O_CLOEXEC) }
  }

  /// Another number for this side, and the other side stays open as long as that.
  func duplicate() throws(SystemError) -> OwnedDescriptor {
    try OwnedDescriptor("dup") { fcntl(number, F_DUPFD_CLOEXEC, 3) }
  }

  /// Gives this side away.
  func take() throws(SystemError) -> OwnedDescriptor {
    guard let descriptor = owned.take() else {
      throw SystemError(errno: EBADF, operation: "posix_openpt")
    }
    return descriptor
  }

  /// Types the sign for the end of a file, where the terminal takes one.
  static func sendEnd(_ number: Int32) {
    var settings = termios()
    guard unsafe tcgetattr(number, &settings) == 0, settings.c_lflag & tcflag_t(ICANON) != 0 else {
      return
    }
    let sign = unsafe withUnsafeBytes(of: settings.c_cc) { unsafe $0[Int(VEOF)] }
    StandardStream(descriptor: number).write([sign])
  }
}

/// Keeps a pseudo-terminal from hanging up when its stream is closed: then what nobody has read is lost.
final class HeldTerminal {
  private let path: String
  private let number: Int32
  private var kept: OwnedDescriptor?
  private var other: OwnedDescriptor?

  /// How often the kernel is asked, which tells nobody when it is read.
  private static let interval: Duration = .milliseconds(10)
  /// How often in a row there must be nothing: the kernel fills the reader's room again a moment after it was
  /// emptied.
  private static let wantedLooks = 5

  /// Holds a terminal until `release`.
  ///
  /// - Parameter isKeptOpen: whether the other side is held open too, so that the terminal outlives the programs
  ///   that open it and close it.
  init(_ terminal: PseudoTerminal, isKeptOpen: Bool = false) throws(SystemError) {
    let copy = try terminal.duplicate()
    path = terminal.path
    number = copy.rawValue
    kept = consume copy
    if isKeptOpen { other = try terminal.openOther() }
  }

  /// Lets the terminal go.
  func release() {
    other = nil
    kept = nil
  }

  /// Waits until all is read or nobody has the other side open any more, but not longer than `patience` while
  /// nothing is read. Lets the terminal go then.
  func release(withinSilence patience: Duration, on loop: EventLoop) async {
    other = nil
    var emptyLooks = 0
    var count = Int32.max
    var deadline = loop.now + patience
    while emptyLooks < Self.wantedLooks, hasReader {
      let left = unreadByteCount
      emptyLooks = left == 0 ? emptyLooks + 1 : 0
      if left < count { deadline = loop.now + patience }
      count = left
      guard loop.now < deadline, (try? await loop.sleep(for: Self.interval)) != nil else { break }
    }
    release()
  }

  private var hasReader: Bool {
    var question = pollfd(fd: number, events: 0, revents: 0)
    return unsafe poll(&question, 1, 0) >= 0 && question.revents & Int16(POLLHUP) == 0
  }

  /// How many bytes the other side could read (`FIONREAD`).
  private var unreadByteCount: Int32 {
    let flags = O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC
    guard hasReader, let other = try? OwnedDescriptor("open", opening: { unsafe open(path, flags) })
    else { return 0 }
    // The kernel hands typed bytes on in a worker of its own; who asks for them by poll(2) makes it do so now.
    var question = pollfd(fd: other.rawValue, events: Int16(POLLIN), revents: 0)
    unsafe poll(&question, 1, 0)
    var count: Int32 = 0
    return unsafe withUnsafeMutablePointer(to: &count) { count in
      let argument = UInt(bitPattern: count)
      guard crimp_control(other.rawValue, UInt(FIONREAD), argument) == 0 else { return 0 }
      return unsafe count.pointee
    }
  }
}
