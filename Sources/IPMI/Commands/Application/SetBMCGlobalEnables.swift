/// Sets what the controller as a whole does. IPMI 2.0, section 22.1.
public struct SetBMCGlobalEnables: IPMIRequest {
  /// Application 2Eh.
  public static let identity = CommandIdentity(
    .application, 0x2e, "Set BMC Global Enables", .administrator)

  /// What the controller shall do.
  public var enables: BMCGlobalEnables

  /// The request.
  public init(_ enables: BMCGlobalEnables) {
    self.enables = enables
  }

  /// Reads the request's byte.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    enables = try reader.flags()
  }

  /// Appends the request's byte.
  public func append(to data: inout [UInt8]) {
    data.append(enables.rawValue)
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
