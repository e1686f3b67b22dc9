public import IPMI

/// Who may use a proxy, and their passwords.
public struct ProxyUsers: Sendable {
  private var passwords: [String: Secret] = [:]

  /// Nobody.
  public init() {}

  /// How many there are.
  public var count: Int { passwords.count }

  /// Adds a user, or gives one another password.
  public mutating func add(_ user: String, _ password: Secret) {
    passwords[user] = password
  }

  /// Whether a user has this password. For a user who is not known it takes as long as for one who is.
  public func accepts(_ user: String, _ password: Secret) -> Bool {
    guard let right = passwords[user] else {
      _ = password.isEqualInConstantTime(to: password)
      return false
    }
    return right.isEqualInConstantTime(to: password)
  }

  /// Reads lines of `user:password`; empty lines and those that begin with `#` are passed over.
  ///
  /// - Throws: the number of the first line that is none, counted from 1.
  public init(parsing bytes: [UInt8]) throws(MalformedLine) {
    for (index, line) in bytes.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
    ).enumerated() {
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      guard let first = line.first, first != UInt8(ascii: "#") else { continue }
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else {
        throw MalformedLine(number: index + 1)
      }
      var password = Array(line[line.index(after: colon)...])
      defer { password.wipe() }
      add(String(decoding: line[..<colon], as: UTF8.self), Secret(copying: password.messageBytes))
    }
  }

  /// A line without a user and a colon.
  public struct MalformedLine: Error, Hashable, Sendable {
    /// Which, counted from 1.
    public let number: Int
  }
}
