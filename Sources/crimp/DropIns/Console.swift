internal import Glibc

/// What a drop-in prints: standard output gathered until it is flushed, standard error at once.
final class Console {
  private var pending: [UInt8] = []

  /// Adds `text` to standard output.
  func write(_ text: String) {
    pending.append(contentsOf: text.utf8)
  }

  /// Lets standard output out. What cannot be written is lost, as it is with the originals.
  func flush() {
    Self.write(pending, to: STDOUT_FILENO)
    pending.removeAll(keepingCapacity: true)
  }

  /// Writes `text` to standard error.
  func complain(_ text: String) {
    Self.write(Array(text.utf8), to: STDERR_FILENO)
  }

  /// Complains, and ends the program with `status`.
  func fail(_ text: String, status: Int32) -> Exit {
    complain(text)
    return Exit(status: status)
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
