import Glibc
import Synchronization

/// Standard output or standard error as a descriptor that is written whole lines at a time.
///
/// `print` buffers in stdio and loses what a killed process had not flushed; a hook's log must
/// not end in the middle of a line.
struct StandardStream: Sendable {
  static let output = StandardStream(descriptor: 1)
  static let error = StandardStream(descriptor: 2)

  let descriptor: Int32

  /// Whether standard output could not take what was said, for another reason than a reader that
  /// went away: a full disk above all.
  static let hasLostOutput = Atomic<Bool>(false)

  /// Whether the reader of standard output went away.
  static let hasLostReader = Atomic<Bool>(false)

  /// Whether a person watches.
  var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Writes `text` and a line end in as few calls as the kernel allows.
  ///
  /// A reader that went away is no error of ours: nothing is left to tell it.
  func writeLine(_ text: String) {
    write(text + "\n")
  }

  /// Writes `text` as it is.
  func write(_ text: String) {
    write(Array(text.utf8))
  }

  /// Writes `bytes` as they are.
  func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { bytes in
        unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
      }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN, waitForRoom() { continue }
      guard count > 0 else {
        if errno != EPIPE {
          Self.hasLostOutput.store(true, ordering: .relaxed)
        } else if descriptor == 1 {
          Self.hasLostReader.store(true, ordering: .relaxed)
        }
        return
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Waits until there is room, where somebody else has made the descriptor one that does not wait: whatever it
  /// is open on may be another's too.
  private func waitForRoom() -> Bool {
    var question = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    while true {
      if unsafe poll(&question, 1, -1) > 0 { return true }
      guard errno == EINTR else { return false }
    }
  }
}
