/// What is known of an option: its names, which addresses take it, and what its value is.
public struct OptionDefinition: Hashable, Sendable {
  /// The name in lower-case letters: `so-keepalive`.
  public let name: String
  /// Other names for the same: `keepalive`.
  public let aliases: [String]
  /// The groups that it belongs to.
  public let groups: OptionGroups
  /// At which point of opening an address it is applied, as the help names it: `PASTSOCKET`.
  public let phase: String
  /// What its value is, as the help names it: `BOOL`.
  public let typeName: String

  /// The option of this name or alias, whichever case its letters have; nil when there is none.
  public init?(named name: String) {
    guard let index = Self.indices[name.lowercased()] else { return nil }
    self = Self.all[index]
  }

  private init?(line: Substring) {
    let parts = line.split(separator: " ")
    guard parts.count == 4 else { return nil }
    let names = parts[0].split(separator: "/").map(String.init)
    name = names[0]
    aliases = Array(names.dropFirst())
    groups = OptionGroups(names: parts[1])
    phase = String(parts[2])
    typeName = String(parts[3])
  }

  /// Every option, in the order of their names.
  public static let all = [files, internet, sockets, terminals]
    .flatMap { $0.split(separator: "\n").compactMap(OptionDefinition.init(line:)) }
    .sorted { $0.name < $1.name }

  private static let indices: [String: Int] = {
    var result: [String: Int] = [:]
    for (index, option) in all.enumerated() {
      for name in [option.name] + option.aliases { result[name] = index }
    }
    return result
  }()
}
