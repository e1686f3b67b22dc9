/// Asks for temperatures, up to 8 at once. DCMI 1.5, section 6.7.3.
public struct GetTemperatureReadings: IPMIRequest {
  /// Group extension 10h of DCMI.
  public static let identity = CommandIdentity(
    .groupExtension, 0x10, "Get Temperature Readings", .user, definingBody: DCMI.body)

  /// What is measured: temperature.
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

  /// The temperatures: 3 bytes and 2 for each.
  public struct Response: IPMIResponse {
    /// How many instances there are.
    public var total: UInt8
    /// How many temperatures follow: up to 8.
    public var count: UInt8
    /// The temperatures, 2 bytes each: bit 7 the sign and bits 6:0 degrees C, then the instance.
    public var sets: [UInt8]

    /// The response.
    public init(total: UInt8, count: UInt8, sets: [UInt8]) {
      self.total = total
      self.count = count
      self.sets = sets
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = try GetTemperatureReadings.groupResponseReader(data)
      total = try reader.u8()
      count = try reader.u8()
      sets = reader.rest()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(DCMI.body)
      data.append(total)
      data.append(count)
      data += sets
    }

    /// The temperatures, with their instances.
    public var temperatures: [(celsius: Int, instance: UInt8)] {
      stride(from: 0, to: sets.count - 1, by: 2).map { index in
        let degrees = Int(sets[index] & 0x7f)
        return (sets[index] & 0x80 == 0 ? degrees : -degrees, sets[index + 1])
      }
    }
  }
}
