/// Asks what is done when a place gets too warm. DCMI 1.5, section 6.7.2.
public struct GetThermalLimit: IPMIRequest {
  /// Group extension 0Ch of DCMI.
  public static let identity = CommandIdentity(
    .groupExtension, 0x0c, "Get Thermal Limit", .user, definingBody: DCMI.body)

  /// Where: 40h air inlet, and which instance of it.
  public var entity: EntityID

  /// The request.
  public init(entity: EntityID) {
    self.entity = entity
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = try Self.groupRequestReader(data)
    entity = try EntityID(reading: &reader)
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data += [DCMI.body, entity.kind, entity.instance]
  }

  /// The limit: 5 bytes.
  public struct Response: IPMIResponse {
    /// The limit.
    public var limit: ThermalLimit

    /// The response.
    public init(_ limit: ThermalLimit) {
      self.limit = limit
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = try GetThermalLimit.groupResponseReader(data)
      limit = try ThermalLimit(reading: &reader)
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(DCMI.body)
      limit.append(to: &data)
    }
  }
}
