import Glibc
import IPMI
import Machines
import Sockets

/// What controllers accepted that refused the first try, so that it is tried first for some days: a line a
/// controller, its address, `3` for a cipher suite or `1.5`, and when that was, in seconds since 1970.
///
/// It is only an order: all else is tried after it. What somebody asked for by an option is no news of a
/// controller and is not kept. A file that cannot be read or written costs a round trip, and nothing else.
struct SuiteMemory {
  /// What a controller accepted, and when.
  private struct Entry: Equatable {
    var word: String
    var time: Int
  }

  /// After so long a controller is asked for the first suite again: it may have been updated.
  private static let lifetime = 7 * 86_400

  private var known: [String: Entry] = [:]
  private var isChanged = false
  private let path: String?
  private let now: Int

  init() {
    self.init(path: Self.usualPath)
  }

  /// What the file at `path` says; nothing, and nothing is kept, without one.
  ///
  /// - Parameter now: the time, in seconds since 1970.
  init(path: String?, now: Int = time(nil)) {
    self.path = path
    self.now = now
    guard let path, let bytes = try? WholeFile.bytes(at: path) else { return }
    let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    for line in lines {
      let words = line.split(separator: " ")
      guard words.count == 3, let time = Int(words[2]), (0..<Self.lifetime).contains(now &- time)
      else { continue }
      known[String(words[0])] = Entry(word: String(words[1]), time: time)
    }
  }

  /// `options`, what worked last time first; unchanged where they name suites of their own.
  func options(_ options: SessionOptions, for address: InternetAddress) -> SessionOptions {
    guard let word = known[address.description]?.word,
      options.suites == SessionOptions().suites
    else { return options }
    let suite = UInt8(word).flatMap { CipherSuite(id: $0) }
    guard suite != nil || word == Self.version15 else { return options }
    return options.preferring(
      SessionFacts(
        suite: suite, authenticationType: suite == nil ? .md5 : .rmcpPlus, sessionID: 0,
        controllerGUID: nil))
  }

  /// Notes what a session has shown.
  mutating func note(_ facts: SessionFacts?, of address: InternetAddress) {
    guard let facts, let usual = SessionOptions().suites.first else { return }
    let key = address.description
    if facts.suite == usual {
      guard known.removeValue(forKey: key) != nil else { return }
    } else if facts.isFallback || facts.refusedSuites.contains(usual) {
      known[key] = Entry(word: facts.suite?.description ?? Self.version15, time: now)
    } else {
      // It was asked for so, or remembered: no news of what the controller refuses.
      return
    }
    isChanged = true
  }

  /// Writes the file anew, whole or not at all, if there is anything new.
  func save() {
    guard isChanged, let path else { return }
    let lines = known.sorted { $0.key < $1.key }.map {
      "\($0.key) \($0.value.word) \($0.value.time)\n"
    }
    try? WholeFile.write(Array(lines.joined().utf8), to: path)
  }

  private static let version15 = "1.5"

  private static var usualPath: String? {
    for (variable, below) in [("XDG_CACHE_HOME", ""), ("HOME", "/.cache")] {
      guard let value = unsafe getenv(variable), unsafe value[0] != 0 else { continue }
      return unsafe String(cString: value) + below + "/crimp/suites"
    }
    return nil
  }
}
