/// A command as its requester sends it: a value for the data of one network function and command.
///
/// A file a command: the request, its response, and the words of its own completion codes.
public protocol IPMIRequest: Hashable, Sendable {
  /// What the controller answers when it did the command.
  associatedtype Response: IPMIResponse

  /// Which command this is.
  static var identity: CommandIdentity { get }

  /// Reads the data of a request.
  ///
  /// Throws `IPMIError` when the bytes are not this command's.
  init(parsing data: RawSpan) throws(IPMIError)

  /// Appends the data of the request: what stands between the command and the second checksum.
  func append(to data: inout [UInt8])

  /// What a completion code of this command's own, 80h to BEh, means; nil when the specification
  /// names none.
  static func meaning(of code: CompletionCode) -> String?
}

extension IPMIRequest {
  /// The command's network function, a request's.
  public static var networkFunction: NetworkFunction { identity.networkFunction }
  /// The command's number.
  public static var command: UInt8 { identity.command }
  /// The command's name in the specification, such as `Get Chassis Status`.
  public static var name: String { identity.name }
  /// What the session must be allowed at least. IPMI 2.0, appendix G.
  public static var privilege: PrivilegeLevel { identity.privilege }

  /// None: the command has no completion codes of its own.
  public static func meaning(of code: CompletionCode) -> String? { nil }

  /// The data of the request.
  public var data: [UInt8] {
    var data: [UInt8] = []
    append(to: &data)
    return data
  }
}

/// The data of a response, completion code 00h before it left out.
public protocol IPMIResponse: Hashable, Sendable {
  /// Reads the data that follows the completion code. Fields that later versions of the
  /// specification appended may be missing, and what follows the known ones is passed over.
  ///
  /// Throws `IPMIError` when the bytes are not this response's.
  init(parsing data: RawSpan) throws(IPMIError)

  /// Appends the data that follows the completion code.
  func append(to data: inout [UInt8])
}

extension IPMIResponse {
  /// The data that follows the completion code.
  public var data: [UInt8] {
    var data: [UInt8] = []
    append(to: &data)
    return data
  }
}

/// The response of a command that answers with its completion code alone.
public struct EmptyResponse: IPMIResponse {
  /// The response.
  @inlinable public init() {}
  /// Reads nothing, and passes over what is there.
  @inlinable public init(parsing data: RawSpan) throws(IPMIError) {}
  /// Appends nothing.
  @inlinable public func append(to data: inout [UInt8]) {}
}
