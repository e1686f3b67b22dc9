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
    /// The numbers of the sensors' records: up to 8.
    public var records: [UInt16]

    /// The response.
    public init(total: UInt8, records: [UInt16]) {
      self.total = total
      self.records = Array(records.prefix(8))
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = try GetDCMISensorInfo.groupResponseReader(data)
      total = try reader.u8()
      let count = try reader.u8()
      guard count <= 8 else { throw reader.malformed(count) }
      records = []
      for _ in 0..<count { records.append(try reader.u16()) }
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      let records = records.prefix(8)
      data += [DCMI.body, total, UInt8(truncatingIfNeeded: records.count)]
      for record in records { data.append(littleEndian: record) }
    }
  }
}
