import ArgumentParser

/// The file of `--config`: options and targets as on the command line, divided by blanks and line ends. What
/// stands between double quotes is one word; `#` at the beginning of a word begins a comment.
enum RelayConfigurationFile {
  /// The words of a file's text.
  static func words(of text: String) throws(ConfigurationFileError) -> [String] {
    var words: [String] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      guard let found = Self.words(ofLine: line) else {
        throw ConfigurationFileError(line: index + 1)
      }
      words += found
    }
    return words
  }

  /// Nil when a quote is left open.
  private static func words(ofLine line: Substring) -> [String]? {
    var words: [String] = []
    var word: String?
    var isQuoted = false
    for character in line {
      switch character {
      case "\"":
        isQuoted.toggle()
        word = word ?? ""
      case "#" where !isQuoted && word == nil: return words
      case " ", "\t", "\r":
        guard !isQuoted else {
          word?.append(character)
          continue
        }
        if let word { words.append(word) }
        word = nil
      default: word = (word ?? "") + String(character)
      }
    }
    if let word { words.append(word) }
    return isQuoted ? nil : words
  }
}

/// A line of a configuration file whose quote is left open.
struct ConfigurationFileError: Error, Hashable {
  var line: Int
}

extension RelayCommand {
  /// The command with what its configuration file adds: read anew at each call.
  ///
  /// - Parameter arguments: the command's own arguments.
  func expanded(_ arguments: [String]) throws(CommandFailure) -> RelayCommand {
    guard let path = controlling.config else { return self }
    let text = String(decoding: try WholeFile.bytes(at: path), as: UTF8.self)
    let words: [String]
    do throws(ConfigurationFileError) {
      words = try RelayConfigurationFile.words(of: text)
    } catch {
      throw CommandFailure(.usage, "\(path):\(error.line): a quote is left open")
    }
    do {
      let command = try RelayCommand.parse(arguments + words)
      guard command.controlling.config == path else {
        throw CommandFailure(.usage, "\(path): --config: expected no further file")
      }
      return command
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      let line = Self.message(for: error).split(separator: "\n").joined(separator: " ")
      throw CommandFailure(.usage, "\(path): \(Expectation.completing(line))")
    }
  }

  /// What differs from `other` and holds for as long as a process runs; nil when nothing does.
  func lastingDifference(from other: RelayCommand) -> String? {
    if listen != other.listen { return "listen \(listen)" }
    if running.workers != other.running.workers { return "--workers \(running.workers.number)" }
    if controlling.control != other.controlling.control { return "--control" }
    if watching.record != other.watching.record { return "--record" }
    if udp != other.udp { return "--udp" }
    if balancing.hostFile != other.balancing.hostFile { return "--host-file" }
    return nil
  }
}
