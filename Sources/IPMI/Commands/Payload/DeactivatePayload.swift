/// Closes a payload, of this session or another's. IPMI 2.0, section 24.2.
public struct DeactivatePayload: IPMIRequest {
  /// Application 49h.
  public static let identity = CommandIdentity(.application, 0x49, "Deactivate Payload", .user)

  /// The payload.
  public var instance: PayloadInstance
  /// 4 bytes that mean what the payload type says; zeros for serial over LAN.
  public var auxiliary: [UInt8]

  /// The request.
  public init(_ instance: PayloadInstance, auxiliary: [UInt8] = [0, 0, 0, 0]) {
    self.instance = instance
    self.auxiliary = auxiliary.fitted(to: 4)
  }

  /// Reads the request's 6 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    instance = try PayloadInstance(reading: &reader)
    auxiliary = try reader.bytes(4)
  }

  /// Appends the request's 6 bytes.
  public func append(to data: inout [UInt8]) {
    data += instance.bytes
    data += auxiliary.fitted(to: 4)
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x80: "the payload is already deactivated"
    case 0x81: "the payload type is disabled"
    default: nil
    }
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
