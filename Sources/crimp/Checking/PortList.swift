import Machines

/// Ports as operators write them: `22`, `1-500`, `ssh`, `53/udp`, `u:53,161,t:22`, separated by commas.
///
/// `u:` and `t:` hold for what follows in the same list; a protocol after a slash for its own port.
enum PortList {
  /// The ports that `texts` name, in their order, each once.
  ///
  /// - Parameter transport: what a number without a protocol means.
  static func ports(
    in texts: [String], _ transport: PortTransport, _ services: ServiceNames
  ) throws(PortListError) -> [CheckedPort] {
    // A place for each port: a range of all ports is neither hashed nor sorted.
    var isNamed = [Bool](repeating: false, count: 2 << 16)
    for text in texts {
      var current = transport
      for word in text.split(separator: ",", omittingEmptySubsequences: false) {
        var rest = word
        if let prefix = Self.prefix(of: rest) {
          current = prefix
          rest = rest[rest.index(after: rest.firstIndex(of: ":") ?? rest.startIndex)...]
        }
        for port in try Self.ports(rest, current, services, in: text) {
          isNamed[Int(port.number) << 1 | Int(port.transport.rawValue)] = true
        }
      }
    }
    return isNamed.indices.filter { isNamed[$0] }.map { place in
      CheckedPort(UInt16(place >> 1), place & 1 == 0 ? .tcp : .udp)
    }
  }

  private static func prefix(of word: Substring) -> PortTransport? {
    switch word.prefix(while: { $0 != ":" }).lowercased() {
    case "t" where word.contains(":"), "tcp" where word.contains(":"): .tcp
    case "u" where word.contains(":"), "udp" where word.contains(":"): .udp
    default: nil
    }
  }

  private static func ports(
    _ word: Substring, _ transport: PortTransport, _ services: ServiceNames, in text: String
  ) throws(PortListError) -> [CheckedPort] {
    let parts = word.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    var own = transport
    if parts.count == 2 {
      let named = PortTransport.allCases.first { $0.description == parts[1].lowercased() }
      guard let named else { throw .notAProtocol(String(parts[1]), in: text) }
      own = named
    }
    guard let range = try range(parts[0], in: text) else {
      guard let port = services.port(named: String(parts[0]), preferring: own),
        parts.count == 1 || port.transport == own
      else { throw .unknownService(String(word), in: text) }
      return [port]
    }
    return range.map { CheckedPort($0, own) }
  }

  /// The numbers of `22` or `1-500`; nil for a name, which may have a hyphen too.
  private static func range(
    _ word: Substring, in text: String
  ) throws(PortListError) -> ClosedRange<UInt16>? {
    let ends = word.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = ends.first, let last = ends.last, !word.isEmpty,
      ends.allSatisfy({ $0.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) })
    else {
      guard !word.isEmpty else { throw .missing(in: text) }
      return nil
    }
    guard let low = UInt16(first), let high = UInt16(last), low > 0, high > 0 else {
      throw .notAPort(String(word), in: text)
    }
    guard low <= high else { throw .backwards(String(word), in: text) }
    return low...high
  }
}

/// Why a list of ports cannot be read.
enum PortListError: Error, Hashable {
  /// There is nothing where a port is expected.
  case missing(in: String)
  /// A number is none of a port.
  case notAPort(String, in: String)
  /// A range ends before it begins.
  case backwards(String, in: String)
  /// What follows the slash is no protocol with ports.
  case notAProtocol(String, in: String)
  /// `/etc/services` knows no such service.
  case unknownService(String, in: String)

  /// The fault in words, after the argument's name.
  var words: String {
    switch self {
    case .missing(let text): "'\(text)': a port is missing"
    case .notAPort(let word, let text):
      "'\(text)': '\(word)' is neither a port (1 to 65535) nor a range such as 1-500"
    case .backwards(let word, let text): "'\(text)': the range '\(word)' ends before it begins"
    case .notAProtocol(let word, let text): "'\(text)': '\(word)' is neither tcp nor udp"
    case .unknownService(let word, let text):
      "'\(text)': '\(word)' is neither a number nor a service of /etc/services"
    }
  }
}
