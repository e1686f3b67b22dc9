/// Every command that this library knows, to be found by what a message carries.
public enum IPMICommands {
  /// Every command, area by area, in the order of its numbers.
  public static let all: [any IPMIRequest.Type] =
    chassis + application + session + access + payload + sensor + storage + transport + dcmi

  /// The command of a message.
  ///
  /// - Parameters:
  ///   - networkFunction: the message's; a request's or a response's.
  ///   - command: the message's.
  ///   - data: the message's data after the command, or after the completion code: in group
  ///     extensions its first byte names the body that defined the command.
  /// - Returns: nil when it is none of `all`.
  public static func command(
    _ networkFunction: NetworkFunction, _ command: UInt8, data: RawSpan
  ) -> (any IPMIRequest.Type)? {
    var body: UInt8?
    if networkFunction.request == .groupExtension {
      guard let first = data.copied.first else { return nil }
      body = first
    }
    return byKey[Key(networkFunction: networkFunction.request, command: command, body: body)]
  }

  private struct Key: Hashable {
    var networkFunction: NetworkFunction
    var command: UInt8
    var body: UInt8?
  }

  private static let byKey: [Key: any IPMIRequest.Type] = {
    var byKey: [Key: any IPMIRequest.Type] = [:]
    for type in all {
      let identity = type.identity
      byKey[
        Key(
          networkFunction: identity.networkFunction, command: identity.command,
          body: identity.definingBody)] = type
    }
    return byKey
  }()
}
