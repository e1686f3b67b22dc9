/// What a message says: its command, and its data when it is the command's.
public struct CommandDescription: Sendable {
  /// What the message's data is.
  public enum Content: Sendable {
    /// A request.
    case request(any IPMIRequest)
    /// A response of a command that was done.
    case response(any IPMIResponse)
    /// A response of a command that was not: its code, and what it means for this command if it is
    /// one of the command's own.
    case refusal(CompletionCode, meaning: String?)
    /// Bytes that are not the command's.
    case unreadable(IPMIError)
  }

  /// Which command it is.
  public let identity: CommandIdentity
  /// What the data is.
  public let content: Content
}

extension IPMICommands {
  /// Reads a message's data, whatever command it belongs to.
  ///
  /// - Parameters:
  ///   - networkFunction: tells request and response apart.
  ///   - command: the command's number.
  ///   - data: all between the command and the second checksum; in a response it begins with the
  ///     completion code.
  /// - Returns: nil when the command is none of ``all``.
  public static func describe(
    networkFunction: NetworkFunction, command: UInt8, data: RawSpan
  ) -> CommandDescription? {
    guard networkFunction.isResponse else {
      return self.command(networkFunction, command, data: data).map { read($0, request: data) }
    }
    guard data.byteCount > 0 else { return nil }
    let body = data.extracting(droppingFirst: 1)
    return self.command(networkFunction, command, data: body).map { read($0, response: data) }
  }

  private static func read<Request: IPMIRequest>(
    _ type: Request.Type, request data: RawSpan
  ) -> CommandDescription {
    do throws(IPMIError) {
      return CommandDescription(
        identity: type.identity, content: .request(try Request(parsing: data)))
    } catch {
      return CommandDescription(identity: type.identity, content: .unreadable(error))
    }
  }

  private static func read<Request: IPMIRequest>(
    _ type: Request.Type, response data: RawSpan
  ) -> CommandDescription {
    do throws(IPMIError) {
      var reader = type.responseReader(data)
      let code = CompletionCode(rawValue: try reader.u8())
      guard code == .completed else {
        return CommandDescription(
          identity: type.identity,
          content: .refusal(code, meaning: type.meaning(of: code)))
      }
      let response = try Request.Response(parsing: data.extracting(droppingFirst: 1))
      return CommandDescription(identity: type.identity, content: .response(response))
    } catch {
      return CommandDescription(identity: type.identity, content: .unreadable(error))
    }
  }
}
