public import IPMI

/// A command for a controller, as bytes, and what is to be known to send it well.
public struct BMCCall: Hashable, Sendable {
  /// What the command is about.
  public var networkFunction: NetworkFunction
  /// The command.
  public var command: UInt8
  /// The request's data.
  public var data: [UInt8]
  /// Which logical unit of the controller, 0 to 3.
  public var lun: UInt8
  /// The level that the session must have; nil when it is not known, and the session is raised as far as
  /// it may be.
  public var privilege: PrivilegeLevel?
  /// The way to a controller behind this one; nil for this one.
  public var bridge: MessageBridge?
  /// Whether the command may be sent again in a new session when the old one was lost with the answer
  /// to it. False for what does more when it is done twice: a power cycle, an appended record.
  public var isRepeatable: Bool
  /// How long it may take; nil for what the session's options say.
  public var deadline: Duration?

  /// A command of these fields.
  public init(
    networkFunction: NetworkFunction, command: UInt8, data: [UInt8] = [], lun: UInt8 = 0,
    privilege: PrivilegeLevel? = nil, bridge: MessageBridge? = nil, isRepeatable: Bool = true,
    deadline: Duration? = nil
  ) {
    self.networkFunction = networkFunction
    self.command = command
    self.data = data
    self.lun = lun
    self.privilege = privilege
    self.bridge = bridge
    self.isRepeatable = isRepeatable
    self.deadline = deadline
  }

  /// The call of a command that is known here.
  public init(_ request: some IPMIRequest, isRepeatable: Bool = true) {
    self.init(request, type(of: request).identity, isRepeatable: isRepeatable)
  }

  private init(_ request: some IPMIRequest, _ identity: CommandIdentity, isRepeatable: Bool) {
    self.init(
      networkFunction: identity.networkFunction, command: identity.command, data: request.data,
      privilege: identity.privilege, isRepeatable: isRepeatable)
  }
}

/// What a controller answered to a call.
public struct BMCAnswer: Hashable, Sendable {
  /// How the command ended.
  public var completionCode: CompletionCode
  /// The data that follows the completion code.
  public var data: [UInt8]

  /// An answer of these fields.
  public init(_ completionCode: CompletionCode, _ data: [UInt8] = []) {
    self.completionCode = completionCode
    self.data = data
  }
}
