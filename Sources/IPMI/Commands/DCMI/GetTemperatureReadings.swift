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
    /// The temperatures: up to 8.
    public var temperatures: [Temperature]

    /// The response.
    public init(total: UInt8, temperatures: [Temperature]) {
      self.total = total
      self.temperatures = Array(temperatures.prefix(8))
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = try GetTemperatureReadings.groupResponseReader(data)
      total = try reader.u8()
      let count = try reader.u8()
      guard count <= 8 else { throw reader.malformed(count) }
      temperatures = []
      for _ in 0..<count {
        temperatures.append(Temperature(byte: try reader.u8(), instance: try reader.u8()))
      }
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      let temperatures = temperatures.prefix(8)
      data += [DCMI.body, total, UInt8(truncatingIfNeeded: temperatures.count)]
      for temperature in temperatures { data += [temperature.byte, temperature.instance] }
    }
  }

  /// A temperature, and whose it is. DCMI 1.5, table 6-24.
  public struct Temperature: Hashable, Sendable {
    /// Bit 7 the sign, bits 6:0 degrees C.
    let byte: UInt8
    /// Which instance of the entity.
    public let instance: UInt8

    init(byte: UInt8, instance: UInt8) {
      self.byte = byte
      self.instance = instance
    }

    /// A temperature, from -127 to 127; others become the nearest of these.
    public init(celsius: Int, instance: UInt8) {
      let degrees = UInt8(clamping: min(celsius.magnitude, 127))
      self.init(byte: celsius < 0 ? 0x80 | degrees : degrees, instance: instance)
    }

    /// Degrees Celsius.
    public var celsius: Int { Int(byte & 0x7f) * (byte & 0x80 == 0 ? 1 : -1) }
  }
}
