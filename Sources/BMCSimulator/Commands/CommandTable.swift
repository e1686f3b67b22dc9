internal import IPMI

/// The commands that the controller knows, by network function and number.
struct CommandTable: Sendable {
  /// What does a command: reads the data of the request, and writes that of the response. Few
  /// commands have data behind a completion code that is not zero.
  typealias Handler =
    @Sendable (inout SimulatedBMC, IPMIMessage, CommandContext) throws(CompletionCode)
    -> (code: CompletionCode, body: [UInt8])

  /// A command that is known.
  struct Entry: Sendable {
    var identity: CommandIdentity
    var handle: Handler
  }

  private struct Key: Hashable {
    var networkFunction: NetworkFunction
    var command: UInt8
    /// The defining body, among the group extensions.
    var body: UInt8?
  }

  /// Every command.
  static let standard = CommandTable(
    sessionCommands + chassisCommands + applicationCommands + userCommands + channelCommands
      + payloadCommands + storageCommands + eventLogCommands + sensorCommands + dcmiCommands
      + dcmiConfigurationCommands + systemInformationCommands)

  private let entries: [Key: Entry]

  private init(_ list: [Entry]) {
    entries = Dictionary(
      uniqueKeysWithValues: list.map { entry in
        let identity = entry.identity
        return (
          Key(
            networkFunction: identity.networkFunction, command: identity.command,
            body: identity.definingBody), entry
        )
      })
  }

  /// The command that `message` asks for; nil when it is not known.
  subscript(message: IPMIMessage) -> Entry? {
    let body = message.networkFunction == .groupExtension ? message.data.first : nil
    return entries[
      Key(networkFunction: message.networkFunction, command: message.command, body: body)]
  }

  /// The level that a command needs; the highest for commands that are not known.
  static func privilege(of message: IPMIMessage) -> PrivilegeLevel {
    standard[message]?.identity.privilege ?? .oem
  }

  /// A command of that type, and what does it.
  static func on<Request: IPMIRequest>(
    _ type: Request.Type,
    _ body:
      @escaping @Sendable (inout SimulatedBMC, Request, CommandContext)
      throws(CompletionCode) -> Request.Response
  ) -> Entry {
    Entry(identity: Request.identity) { bmc, message, context throws(CompletionCode) in
      let request = try bmc.parsed(message, as: Request.self)
      return (.completed, try body(&bmc, request, context).data)
    }
  }
}
