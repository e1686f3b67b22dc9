/// Which command a request is, and who may send it.
public struct CommandIdentity: Hashable, Sendable {
  /// The network function, a request's.
  public let networkFunction: NetworkFunction
  /// The number within the network function.
  public let command: UInt8
  /// The name in the specification, such as `Get Chassis Status`.
  public let name: String
  /// What the session must be allowed at least; the lowest level for commands that need no session.
  /// IPMI 2.0, appendix G.
  public let privilege: PrivilegeLevel
  /// Which body defined the command, when the network function is that of group extensions: its
  /// first data byte, such as DCh for DCMI. IPMI 2.0, table 5-1.
  public let definingBody: UInt8?

  /// A command's identity.
  public init(
    _ networkFunction: NetworkFunction, _ command: UInt8, _ name: String,
    _ privilege: PrivilegeLevel, definingBody: UInt8? = nil
  ) {
    self.networkFunction = networkFunction
    self.command = command
    self.name = name
    self.privilege = privilege
    self.definingBody = definingBody
  }

  /// Whether the command only reads, so that it may be asked twice: those that the specification names
  /// Get or Read. Get Message takes what it answers out of a queue, and Get Session Challenge begins a
  /// session.
  public var onlyReads: Bool {
    (name.hasPrefix("Get ") || name.hasPrefix("Read "))
      && !["Get Message", "Get Session Challenge"].contains(name)
  }
}
