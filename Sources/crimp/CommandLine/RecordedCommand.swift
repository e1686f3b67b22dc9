/// The command line of a run, as its recording notes it: so that the run can be made again from the file
/// alone.
enum RecordedCommand {
  private static let heading = "crimp command "

  /// The comment that a recording of this process bears; none where the command line might hold a secret
  /// that `crimp ipmi … password` sets.
  static func comments(_ arguments: [String] = CommandLine.arguments) -> [String] {
    let words = withoutRecording(arguments.dropFirst())
    let isSecretive = words.contains { word in
      word.contains("password") && !word.hasPrefix("--password-file")
        && !word.hasPrefix("--ask-password")
    }
    guard !words.isEmpty, !isSecretive else { return [] }
    return [heading + words.map(quoted).joined(separator: " ")]
  }

  /// The command line's text among the comments of a recording; nil when it is not noted.
  static func text(in comments: [String]) -> String? {
    comments.first { $0.hasPrefix(heading) }.map { String($0.dropFirst(heading.count)) }
  }

  /// Without what has to do with the file.
  private static func withoutRecording(_ arguments: ArraySlice<String>) -> [String] {
    var words: [String] = []
    var rest = arguments
    while let word = rest.popFirst() {
      if word == "--record" || word == "--replay" {
        rest = rest.dropFirst()
      } else if !word.hasPrefix("--record="), !word.hasPrefix("--replay=") {
        words.append(word)
      }
    }
    return words
  }

  private static func quoted(_ word: String) -> String {
    guard word.isEmpty || word.contains(where: { " \t'\"".contains($0) }) else { return word }
    return word.contains("'") ? "\"\(word)\"" : "'\(word)'"
  }
}
