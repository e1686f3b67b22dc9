/// Sets what is done when a place gets too warm. DCMI 1.5, section 6.7.1.
public struct SetThermalLimit: IPMIRequest {
  /// Group extension 0Bh of DCMI.
  public static let identity = CommandIdentity(
    .groupExtension, 0x0b, "Set Thermal Limit", .operator, definingBody: DCMI.body)

  /// Where: 40h air inlet, and which instance of it.
  public var entity: EntityID
  /// The limit.
  public var limit: ThermalLimit

  /// The request.
  public init(entity: EntityID, _ limit: ThermalLimit) {
    self.entity = entity
    self.limit = limit
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = try Self.groupRequestReader(data)
    entity = try EntityID(reading: &reader)
    limit = try ThermalLimit(reading: &reader)
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data += [DCMI.body, entity.kind, entity.instance]
    limit.append(to: &data)
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x84: "thermal limit out of range"
    case 0x85: "exception time out of range"
    default: nil
    }
  }

  /// Nothing but the byte that names the body.
  public typealias Response = DCMIResponse
}
