/// What `crimp listen` does with what comes.
enum ListenMode: Hashable, Sendable {
  /// Sends it back.
  case echo
  /// Counts it.
  case discard
  /// Counts it, and sends the bytes of the file at this path.
  case file(String)
  /// Writes it to standard output, and sends what comes from standard input.
  case standardStreams

  /// As JSON has it.
  var key: String {
    switch self {
    case .echo: "echo"
    case .discard: "discard"
    case .file: "file"
    case .standardStreams: "stdin"
    }
  }
}
