/// Asks which instances of a payload are active. IPMI 2.0, section 24.4.
public struct GetPayloadActivationStatus: IPMIRequest {
  /// Application 4Ah.
  public static let identity = CommandIdentity(
    .application, 0x4a, "Get Payload Activation Status", .user)

  /// Of what payload.
  public var type: PayloadType

  /// The request.
  public init(type: PayloadType) {
    self.type = type
  }

  /// Reads the request's byte.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    type = PayloadType(rawValue: try reader.u8())
  }

  /// Appends the request's byte.
  public func append(to data: inout [UInt8]) {
    data.append(type.rawValue)
  }

  /// The instances: 3 bytes.
  public struct Response: IPMIResponse {
    /// How many instances there can be: 4 bits.
    public var capacity: UInt8
    /// Which are active: bit 0 is instance 1.
    public var activeInstances: UInt16

    /// The response.
    public init(capacity: UInt8, activeInstances: UInt16) {
      self.capacity = capacity & 0x0f
      self.activeInstances = activeInstances
    }

    /// Reads the response's 3 bytes.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetPayloadActivationStatus.responseReader(data)
      capacity = try reader.u8() & 0x0f
      activeInstances = try reader.u16()
    }

    /// Appends the response's 3 bytes.
    public func append(to data: inout [UInt8]) {
      data.append(capacity & 0x0f)
      data.append(littleEndian: activeInstances)
    }
  }
}
