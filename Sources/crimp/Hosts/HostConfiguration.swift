/// What a configuration file says of hosts: sections headed by lists of hosts, settings below them.
///
///     # Lines that begin with a number sign are comments.
///     [*]
///     user = operator
///     password-file = /etc/crimp/bmc.password
///
///     [node[1-100],login1]
///     privilege = administrator
///
/// `[*]` speaks of every host. Of all sections that speak of a host, the last one that has a setting
/// gives it.
struct HostConfiguration: Sendable {
  /// One setting, with the line that it stands on.
  struct Setting: Hashable, Sendable {
    /// The text after the equals sign, white space around it taken away.
    var value: String
    /// The line's number, counted from 1.
    var line: Int
  }

  /// Why a configuration file cannot be read: the line, and what is wrong with it.
  struct Fault: Error, Hashable {
    /// The line's number, counted from 1.
    var line: Int
    /// What is wrong, in words.
    var words: String
  }

  private var sections: [Section] = []

  private struct Section {
    /// The hosts that it speaks of; nil for every host.
    var hosts: Set<String>?
    var settings: [String: Setting] = [:]
  }

  /// Reads `text`, in which only `keys` may be set.
  init(parsing text: String, keys: Set<String>) throws(Fault) {
    var line = 0
    var seen: Set<String> = []
    defer { hosts.removeAll { !seen.insert($0).inserted } }
    for raw in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      line += 1
      let content = raw.trimmed
      if content.isEmpty || content.first == "#" { continue }
      if content.first == "[" {
        let (section, named) = try Self.section(content, line)
        sections.append(section)
        hosts += named
      } else {
        try set(content, line, keys)
      }
    }
  }

  /// The hosts that the file speaks of by name, in its order, each once.
  private(set) var hosts: [String] = []

  /// What the file sets for the host of this name: each key with its setting.
  func settings(for host: String) -> [String: Setting] {
    sections.reduce(into: [:]) { settings, section in
      guard section.hosts?.contains(host) ?? true else { return }
      settings.merge(section.settings) { _, later in later }
    }
  }

  /// A section with no settings yet, headed by what stands between the outer brackets, and the hosts
  /// that it names.
  private static func section(
    _ heading: Substring, _ line: Int
  ) throws(Fault) -> (Section, hosts: [String]) {
    guard heading.last == "]" else {
      throw Fault(line: line, words: "'\(heading)': a heading ends with ]")
    }
    let list = heading.dropFirst().dropLast().trimmed
    if list == "*" { return (Section(hosts: nil), []) }
    do throws(HostRangeError) {
      let names = try HostRange.hosts(in: String(list)).map(\.name)
      return (Section(hosts: Set(names)), names)
    } catch {
      throw Fault(line: line, words: error.words)
    }
  }

  private mutating func set(
    _ content: Substring, _ line: Int, _ keys: Set<String>
  ) throws(Fault) {
    guard let equals = content.firstIndex(of: "=") else {
      // What stands there may be a secret whose equals sign was forgotten: it is not repeated.
      throw Fault(line: line, words: "expected [HOSTS] or KEY = VALUE")
    }
    let key = String(content[..<equals].trimmed)
    guard keys.contains(key) else {
      let known = keys.sorted().joined(separator: ", ")
      let named =
        key.allSatisfy { $0.isLetter || $0 == "-" } ? "'\(key)' is no setting" : "no setting"
      throw Fault(line: line, words: "\(named) (there are \(known))")
    }
    guard !sections.isEmpty else {
      throw Fault(
        line: line, words: "'\(key)' stands before the first [HOSTS]; [*] heads all hosts")
    }
    let value = String(content[content.index(after: equals)...].trimmed)
    sections[sections.count - 1].settings[key] = Setting(value: value, line: line)
  }
}

extension Substring {
  /// The text without white space at its ends.
  fileprivate var trimmed: Substring {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return self[first...last]
  }
}
