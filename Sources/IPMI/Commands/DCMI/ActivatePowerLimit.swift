/// Makes the limit of power count, or not. DCMI 1.5, section 6.6.4.
public struct ActivatePowerLimit: IPMIRequest {
  /// Group extension 05h of DCMI.
  public static let identity = CommandIdentity(
    .groupExtension, 0x05, "Activate/Deactivate Power Limit", .operator, definingBody: DCMI.body)

  /// 1 the limit counts, 0 it does not.
  public var activation: UInt8
  /// 0.
  public var reserved: UInt16

  /// The request.
  public init(activation: UInt8, reserved: UInt16) {
    self.activation = activation
    self.reserved = reserved
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = try Self.groupRequestReader(data)
    activation = try reader.u8()
    reserved = try reader.u16()
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data.append(DCMI.body)
    data.append(activation)
    data.append(littleEndian: reserved)
  }

  /// The request.
  public init(isActive: Bool) {
    self.init(activation: isActive ? 1 : 0, reserved: 0)
  }

  /// Nothing but the byte that names the body.
  public struct Response: IPMIResponse {
    /// The response.
    public init() {}

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      _ = try ActivatePowerLimit.groupResponseReader(data)
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(DCMI.body)
    }
  }
}
