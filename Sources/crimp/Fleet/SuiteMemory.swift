import Glibc
import IPMI
import Machines
import Sockets

/// What controllers accepted last time, so that it is tried first: a line a controller, its address
/// and `3` for a cipher suite or `1.5`.
///
/// Only what differs from the first try is kept. A file that cannot be read or written costs a round
/// trip, and nothing else.
struct SuiteMemory {
  private var known: [String: String] = [:]
  private var isChanged = false
  private let path: String?

  init() {
    self.init(path: Self.usualPath)
  }

  /// What the file at `path` says; nothing, and nothing is kept, without one.
  init(path: String?) {
    self.path = path
    guard let path, let bytes = try? WholeFile.bytes(at: path) else { return }
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 2 { known[String(words[0])] = String(words[1]) }
    }
  }

  /// `options`, what worked last time first.
  func options(_ options: SessionOptions, for address: InternetAddress) -> SessionOptions {
    guard let word = known[address.description] else { return options }
    let suite = UInt8(word).flatMap { CipherSuite(id: $0) }
    guard suite != nil || word == Self.version15 else { return options }
    return options.preferring(
      SessionFacts(
        suite: suite, authenticationType: suite == nil ? .md5 : .rmcpPlus, sessionID: 0,
        controllerGUID: nil))
  }

  /// Notes what a session has shown.
  mutating func note(_ facts: SessionFacts?, of address: InternetAddress) {
    guard let facts else { return }
    let word = facts.suite.map(\.description) ?? Self.version15
    let usual = SessionOptions().suites.first?.description
    let kept = word == usual ? nil : word
    guard known[address.description] != kept else { return }
    known[address.description] = kept
    isChanged = true
  }

  /// Writes the file anew, whole or not at all, if there is anything new.
  func save() {
    guard isChanged, let path else { return }
    let text = known.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }.joined()
    try? WholeFile.write(Array(text.utf8), to: path)
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
