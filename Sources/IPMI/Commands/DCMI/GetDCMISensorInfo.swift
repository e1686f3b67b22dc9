/// Asks which sensors measure a kind of thing. DCMI 1.5, section 6.5.2.
public struct GetDCMISensorInfo: IPMIRequest {
  /// Group extension 07h of DCMI.
  public static let identity = CommandIdentity(
    .groupExtension, 0x07, "Get DCMI Sensor Info", .operator, definingBody: DCMI.body)

  /// What the sensors measure: temperature.
  public var sensorType: SensorType
  /// Where: 40h air inlet, 41h processor, 42h board; instance 0 for all.
  public var entity: EntityID
  /// Which instance the list begins with.
  public var start: UInt8

  /// The request.
  public init(sensorType: SensorType, entity: EntityID, start: UInt8) {
    self.sensorType = sensorType
    self.entity = entity
    self.start = start
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = try Self.groupRequestReader(data)
    sensorType = SensorType(rawValue: try reader.u8())
    entity = try EntityID(reading: &reader)
    start = try reader.u8()
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data.append(DCMI.body)
    data.append(sensorType.rawValue)
    data += [entity.kind, entity.instance]
    data.append(start)
  }

  /// The sensors: 3 bytes and the record numbers.
  public struct Response: IPMIResponse {
    /// How many instances there are.
    public var total: UInt8
    /// How many record numbers follow: up to 8.
    public var count: UInt8
    /// The numbers of the sensors' records, 2 bytes each.
    public var records: [UInt8]

    /// The response.
    public init(total: UInt8, count: UInt8, records: [UInt8]) {
      self.total = total
      self.count = count
      self.records = records
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = try GetDCMISensorInfo.groupResponseReader(data)
      total = try reader.u8()
      count = try reader.u8()
      records = reader.rest()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(DCMI.body)
      data.append(total)
      data.append(count)
      data += records
    }
  }
}
