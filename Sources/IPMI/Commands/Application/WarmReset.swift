/// Restarts the controller's firmware, which keeps its settings. IPMI 2.0, section 20.3.
public struct WarmReset: IPMIRequest {
  /// Application 03h.
  public static let identity = CommandIdentity(.application, 0x03, "Warm Reset", .administrator)

  /// The request.
  public init() {}

  /// Reads nothing: the command has no data.
  public init(parsing data: RawSpan) throws(IPMIError) {}

  /// Appends nothing.
  public func append(to data: inout [UInt8]) {}

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
