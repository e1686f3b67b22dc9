import ArgumentParser

/// The file of `--config`: options and targets as on the command line, divided by blanks and line ends, of Unix
/// or of DOS. What stands between double quotes is one word; `#` at the beginning of a word begins a comment.
///
/// It is read byte by byte: of Swift's characters, CR and LF together are one.
enum RelayConfigurationFile {
  /// The words of a file.
  static func words(of bytes: [UInt8]) throws(ConfigurationFileError) -> [String] {
    var words: [String] = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      guard let found = Self.words(ofLine: line) else {
        throw ConfigurationFileError(line: index + 1)
      }
      words += found
    }
    return words
  }

  /// Nil when a quote is left open.
  private static func words(ofLine line: ArraySlice<UInt8>) -> [String]? {
    var words: [String] = []
    var word: [UInt8]?
    var isQuoted = false
    for byte in line {
      switch byte {
      case UInt8(ascii: "\""):
        isQuoted.toggle()
        word = word ?? []
      case UInt8(ascii: "#") where !isQuoted && word == nil: return words
      case UInt8(ascii: " ") where !isQuoted, UInt8(ascii: "\t") where !isQuoted,
        UInt8(ascii: "\r") where !isQuoted:
        if let word { words.append(String(decoding: word, as: UTF8.self)) }
        word = nil
      default:
        if word == nil { word = [] }
        word?.append(byte)
      }
    }
    if let word { words.append(String(decoding: word, as: UTF8.self)) }
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
    let bytes = try WholeFile.bytes(at: path)
    let words: [String]
    do throws(ConfigurationFileError) {
      words = try RelayConfigurationFile.words(of: bytes)
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
