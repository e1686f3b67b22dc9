/// Why a list of hosts cannot be read.
enum HostRangeError: Error, Hashable {
  /// A bracket is opened and not closed, or closed and not opened.
  case unbalancedBracket(in: String)
  /// What stands between brackets is neither a number nor a range of numbers.
  case notARange(String, in: String)
  /// A range ends before it begins.
  case backwards(String, in: String)
  /// There is nothing where a host is expected.
  case empty(in: String)
  /// What follows the last colon is no port.
  case notAPort(String, in: String)
  /// A slash makes it a network, and it is none, or networks are not taken there.
  case notAHost(String)
  /// The list names more hosts than are taken at once.
  case tooMany(limit: Int)

  /// The fault in words, after the argument's name.
  var words: String {
    switch self {
    case .unbalancedBracket(let text): "'\(text)': a bracket has no counterpart"
    case .notARange(let range, let text):
      "'\(text)': '\(range)' is neither a number nor a range such as 1-100"
    case .backwards(let range, let text): "'\(text)': the range '\(range)' ends before it begins"
    case .empty(let text): "'\(text)': a host is missing"
    case .notAPort(let port, let text): "'\(text)': '\(port)' is no port (1 to 65535)"
    case .notAHost(let text):
      "'\(text)': expected a host; a network is one of IPv4, such as 192.0.2.0/24, and for discover"
    case .tooMany(let limit): "more than \(limit) hosts at once"
    }
  }
}
