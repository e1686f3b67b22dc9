/// What a drop-in prints: standard output gathered until it is flushed, standard error at once.
final class Console {
  private var pending = ""

  /// Adds `text` to standard output.
  func write(_ text: String) {
    pending += text
  }

  /// Lets standard output out. What cannot be written is lost, as it is with the originals.
  func flush() {
    guard !pending.isEmpty else { return }
    StandardStream.output.write(pending)
    pending = ""
  }

  /// Writes `text` to standard error.
  func complain(_ text: String) {
    StandardStream.error.write(text)
  }

  /// Complains, and ends the program with `status`.
  func fail(_ text: String, status: Int32) -> Exit {
    complain(text)
    return Exit(status: status)
  }
}
