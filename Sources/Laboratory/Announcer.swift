internal import LinkLayer

/// A program that announces a service address after it has moved, or nothing at all.
public struct Announcer: Hashable, Sendable {
  /// How the table names it.
  public var name: String
  /// The program and its arguments; nil when nothing is run. In an argument `{address}`,
  /// `{interface}` and `{client}` stand for the trial's own.
  public var command: [String]?

  /// Names a program and its arguments.
  public init(name: String, command: [String]?) {
    self.name = name
    self.command = command
  }

  /// No announcement: the caches find out by themselves, or not.
  public static let nothing = Announcer(name: "no announcement", command: nil)

  /// The command of one trial.
  func command(for scenario: FailoverScenario) -> [String]? {
    command?.map { argument in
      switch argument {
      case "{address}": scenario.serviceAddress.description
      case "{client}": scenario.clientAddress.description
      case "{interface}": scenario.announcingInterface
      default: argument
      }
    }
  }
}
