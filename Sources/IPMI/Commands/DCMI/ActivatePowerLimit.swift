/// Makes the limit of power count, or not. DCMI 1.5, section 6.6.4.
public struct ActivatePowerLimit: IPMIRequest {
  /// Group extension 05h of DCMI.
  public static let identity = CommandIdentity(
    .groupExtension, 0x05, "Activate/Deactivate Power Limit", .operator, definingBody: DCMI.body)

  /// Whether the limit shall count.
  public var isActive: Bool

  /// The request.
  public init(isActive: Bool) {
    self.isActive = isActive
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = try Self.groupRequestReader(data)
    isActive = try reader.u8() & 1 != 0
    try reader.skip(2)
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data += [DCMI.body, isActive ? 1 : 0, 0, 0]
  }

  /// Nothing but the byte that names the body.
  public typealias Response = DCMIResponse
}
