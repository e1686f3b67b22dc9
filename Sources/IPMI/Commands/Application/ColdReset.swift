/// Restarts the controller as if its power had been cut; its settings go back to their start values.
/// Some controllers do not answer. IPMI 2.0, section 20.2.
public struct ColdReset: IPMIRequest {
  /// Application 02h.
  public static let identity = CommandIdentity(.application, 0x02, "Cold Reset", .administrator)

  /// The request.
  public init() {}

  /// Reads nothing: the command has no data.
  public init(parsing data: RawSpan) throws(IPMIError) {}

  /// Appends nothing.
  public func append(to data: inout [UInt8]) {}

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
