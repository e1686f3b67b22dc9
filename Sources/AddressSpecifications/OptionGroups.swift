/// What an option has to do with: an address takes the options of its own groups alone.
public struct OptionGroups: OptionSet, Hashable, Sendable {
  /// A bit for each group, in the order of `names`.
  public let rawValue: UInt32

  /// The groups whose bits are set.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// The names as socat's help has them.
  static let names: [Substring] = [
    "FD", "FIFO", "CHR", "BLK", "REG", "SOCKET", "NAMED", "OPEN", "EXEC", "FORK", "LISTEN", "CHILD",
    "RETRY", "TERMIOS", "RANGE", "PTY", "PARENT", "UNIX", "IP4", "IP6", "UDP", "TCP", "SCTP",
    "SOCKS4", "OPENSSL", "HTTP", "INTERFACE", "PROCESS", "APPL",
  ]

  /// Options that any address takes: those of the process, and of the data on its way.
  static let everywhere = OptionGroups(names: "PROCESS,APPL")

  /// The groups of these names, with commas between them. Names that there are not are passed over.
  init(names: Substring) {
    var bits: UInt32 = 0
    for name in names.split(separator: ",") {
      if let index = Self.names.firstIndex(of: name) { bits |= 1 << UInt32(index) }
    }
    rawValue = bits
  }
}

extension OptionGroups: CustomStringConvertible {
  /// The names, with commas between them.
  public var description: String {
    Self.names.indices.lazy.filter { rawValue >> UInt32($0) & 1 == 1 }
      .map { String(Self.names[$0]) }.joined(separator: ",")
  }
}
