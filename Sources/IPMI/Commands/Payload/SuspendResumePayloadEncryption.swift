/// Turns the encryption of an active payload off and on again. IPMI 2.0, section 24.3.
public struct SuspendResumePayloadEncryption: IPMIRequest {
  /// Application 55h.
  public static let identity = CommandIdentity(
    .application, 0x55, "Suspend/Resume Payload Encryption", .user)

  /// The payload.
  public var instance: PayloadInstance
  /// 0 turns encryption off, 1 on, 2 gives a stream cipher a new start. 5 bits.
  public var operation: UInt8

  /// The request.
  public init(_ instance: PayloadInstance, operation: UInt8) {
    self.instance = instance
    self.operation = operation & 0x1f
  }

  /// Reads the request's 3 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    instance = try PayloadInstance(reading: &reader)
    operation = try reader.u8() & 0x1f
  }

  /// Appends the request's 3 bytes.
  public func append(to data: inout [UInt8]) {
    data += instance.bytes
    data.append(operation & 0x1f)
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x80: "not supported for this payload type"
    case 0x81: "not allowed under the present settings"
    case 0x82: "encryption is not available in this session"
    case 0x83: "the payload instance is not active"
    default: nil
    }
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
