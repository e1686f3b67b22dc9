/// A host as it is named on a command line or in a file, with its port if it has one.
struct NamedHost: Hashable, Sendable, CustomStringConvertible {
  /// A name, or an address as text, without brackets.
  var name: String
  /// The port after the colon.
  var port: UInt16?

  /// A host by its name.
  init(name: String, port: UInt16? = nil) {
    self.name = name
    self.port = port
  }

  /// Reads `host`, `host:port`, `[2001:db8::1]:port` or a bare address of IPv6.
  init(parsing text: String) throws(HostRangeError) {
    let (name, port) = Self.parts(of: text[...])
    guard !name.isEmpty else { throw .empty(in: text) }
    guard let port else {
      self.init(name: String(name))
      return
    }
    guard let number = UInt16(port), number > 0 else { throw .notAPort(String(port), in: text) }
    self.init(name: String(name), port: number)
  }

  /// The host as it is written, brackets around an address of IPv6 that has a port.
  var description: String {
    guard let port else { return name }
    return name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)"
  }

  /// The name, and the port's digits if there are any. More than one colon without brackets is an
  /// address of IPv6.
  private static func parts(of text: Substring) -> (name: Substring, port: Substring?) {
    if text.first == "[", let close = text.firstIndex(of: "]") {
      let after = text[text.index(after: close)...]
      let name = text[text.index(after: text.startIndex)..<close]
      if after.isEmpty { return (name, nil) }
      return after.first == ":" ? (name, after.dropFirst()) : (text, nil)
    }
    guard let colon = text.firstIndex(of: ":"), colon == text.lastIndex(of: ":") else {
      return (text, nil)
    }
    return (text[..<colon], text[text.index(after: colon)...])
  }
}
