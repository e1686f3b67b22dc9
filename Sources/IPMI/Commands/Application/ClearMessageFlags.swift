/// Takes away what waits in the controller for the system. IPMI 2.0, section 22.3.
public struct ClearMessageFlags: IPMIRequest {
  /// Application 30h, on the system interface.
  public static let identity = CommandIdentity(
    .application, 0x30, "Clear Message Flags", .administrator)

  /// What is taken away.
  public var flags: MessageFlags

  /// The request.
  public init(_ flags: MessageFlags) {
    self.flags = flags
  }

  /// Reads the request's byte.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    flags = try reader.flags()
  }

  /// Appends the request's byte.
  public func append(to data: inout [UInt8]) {
    data.append(flags.rawValue)
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
