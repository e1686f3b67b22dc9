/// A type of address: `TCP-CONNECT`, `EXEC`, `PTY`.
public struct AddressType: Hashable, Sendable {
  /// The name in lower-case letters: `tcp-connect`.
  public let name: String
  /// Other names for the same.
  public let aliases: [String]
  /// The parameters as the help shows them: `:<host>:<port>`, or nothing.
  public let usage: String
  /// Whose options it takes.
  public let groups: OptionGroups

  /// The type of this name or alias, whichever case its letters have; nil when there is none.
  public init?(named name: String) {
    guard let index = Self.indices[name.lowercased()] else { return nil }
    self = Self.all[index]
  }

  private init?(line: Substring) {
    let parts = line.split(separator: " ")
    guard parts.count == 3 else { return nil }
    let names = parts[0].split(separator: "/").map(String.init)
    name = names[0]
    aliases = Array(names.dropFirst())
    usage = parts[1] == "-" ? "" : String(parts[1])
    groups = OptionGroups(names: parts[2])
  }

  /// Every type, in the order of their names.
  public static let all = table.split(separator: "\n").compactMap(AddressType.init(line:))

  private static let indices: [String: Int] = {
    var result = ["-": 0]
    for (index, type) in all.enumerated() {
      for name in [type.name] + type.aliases { result[name] = index }
    }
    return result
  }()

  /// What a number alone means: a descriptor that is open already.
  static let descriptor = all[indices["fd"] ?? 0]
  /// What a path alone means: a file, a device or a socket.
  static let anyFile = all[indices["gopen"] ?? 0]

  /// Checks how many parameters there are.
  func check(_ count: Int, keyword: String) throws(AddressError) {
    let most = usage.utf8.count { $0 == UInt8(ascii: ":") }
    let least = usage.first == "[" || name == "pipe" ? 0 : most
    guard !(least...most).contains(count) else { return }
    if ["openssl", "socks4", "proxy"].contains(where: name.hasPrefix) {
      throw .parametersRequired(keyword: keyword, count: most)
    }
    // The original counts the keyword too where a file is named.
    let found = ["create", "open", "gopen"].contains(name) ? count + 1 : count
    throw .parameters(
      keyword: keyword, found: found,
      expected: least == most || name == "pipe" ? "\(most)" : "\(least) or \(most)")
  }
}
