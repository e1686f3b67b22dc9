import Glibc

/// What `ipmitool` does with more than one line of words: `exec FILE` and `shell`, and the words that
/// only make sense there, `set` and `echo`. Each line has a session of its own.
final class IpmitoolScript {
  /// The words that are for here.
  private static let verbs: Set<String> = ["exec", "shell", "set", "echo"]
  /// How deep files may name each other.
  private static let depthLimit = 16

  private var options: IpmitoolOptions
  private let files: IpmitoolFiles
  private let console: Console
  private var depth = 0

  /// A script, when that is what the options' words ask for.
  init?(_ options: IpmitoolOptions, _ console: Console) {
    guard let verb = options.words.first, Self.verbs.contains(verb) else { return nil }
    self.options = options
    self.console = console
    files = IpmitoolFiles(options)
  }

  /// Does it, and returns the exit status.
  func run() -> Int32 {
    let status = run(options.words)
    console.flush()
    return status
  }

  /// Carries out one line; the status is what the original would exit with.
  private func run(_ words: [String]) -> Int32 {
    let rest = Array(words.dropFirst())
    switch words.first {
    case "echo":
      console.write(rest.map { $0 + " " }.joined() + "\n")
      console.flush()
      return Ipmitool.Status.ok
    case "set": return IpmitoolSettings(console).set(rest, in: &options)
    case "exec": return execute(rest.first)
    case "shell": return shell()
    default:
      options.words = words
      do throws(Exit) {
        return try Ipmitool.run(options, files, console)
      } catch {
        return error.status
      }
    }
  }

  // MARK: A file

  private func execute(_ path: String?) -> Int32 {
    guard let path else { return complain("Usage: exec <filename>\n") }
    guard depth < Self.depthLimit else {
      return complain("exec: \(path): files name each other in a circle\n")
    }
    let isThere = unsafe access(path, F_OK) == 0
    guard path == "-" || isThere else {
      return complain("File \(path) does not exist\n")
    }
    let bytes: [UInt8]
    do throws(CommandFailure) {
      bytes = try WholeFile.bytes(at: path)
    } catch {
      return complain("Unable to open file \(error.message)\n")
    }
    depth += 1
    defer { depth -= 1 }
    var status = Ipmitool.Status.ok
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let words = Self.words(line.prefix { $0 != "#" })
      guard !words.isEmpty else { continue }
      let result = run(words)
      if result != Ipmitool.Status.ok { status = result }
      if result == Ipmitool.Status.interrupted { break }
    }
    return status
  }

  /// The words of a line. What stands between quotation marks is one, spaces included.
  static func words(_ line: Substring) -> [String] {
    var words: [String] = []
    var word: String?
    var mark: Character?
    for character in line {
      if let open = mark {
        if character == open { mark = nil } else { word = (word ?? "") + String(character) }
      } else if character == "\"" || character == "'" {
        mark = character
        word = word ?? ""
      } else if character.isWhitespace {
        if let word { words.append(word) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    if let word { words.append(word) }
    return words
  }

  // MARK: A person

  /// Reads lines until `quit`, `exit` or the end of standard input.
  private func shell() -> Int32 {
    guard depth == 0 else { return complain("shell: there is one already\n") }
    depth = 1
    defer { depth = 0 }
    var status = Ipmitool.Status.ok
    let isTerminal = isatty(0) == 1
    while let line = prompted() {
      let words = Self.words(line[...])
      // The original's line editor shows what it reads from a pipe, passwords too; those are left out here.
      if !isTerminal { console.write(Self.shown(line, words) + "\n") }
      console.flush()
      switch words.first {
      case nil: continue
      case "quit", "exit": return Ipmitool.Status.ok
      case "help", "?": console.complain(IpmitoolUsage.list + "\n")
      default: status = run(words)
      }
    }
    console.write("\n")
    console.flush()
    return status
  }

  /// The line, without the password that it sets or tests.
  private static func shown(_ line: String, _ words: [String]) -> String {
    let shownCount: Int
    switch (words.first, words.firstIndex { ["pass", "password", "kgkey"].contains($0) }) {
    case ("user", let index?): shownCount = index + 2
    case ("user", nil) where words.dropFirst().first == "test": shownCount = 4
    case (_, let index?): shownCount = index + 1
    default: return line
    }
    return shownCount < words.count ? words.prefix(shownCount).joined(separator: " ") : line
  }

  private func prompted() -> String? {
    console.write("ipmitool> ")
    console.flush()
    return readLine()
  }

  private func complain(_ text: String) -> Int32 {
    console.complain(text)
    return Ipmitool.Status.failed
  }
}
