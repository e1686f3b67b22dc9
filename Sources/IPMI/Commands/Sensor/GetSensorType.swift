/// Asks what a sensor measures. IPMI 2.0, section 35.16.
public struct GetSensorType: IPMIRequest {
  /// Sensor and event 2Fh.
  public static let identity = CommandIdentity(.sensorEvent, 0x2f, "Get Sensor Type", .user)

  /// The sensor's number.
  public var sensor: UInt8

  /// The request.
  public init(sensor: UInt8) {
    self.sensor = sensor
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    sensor = try reader.u8()
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data.append(sensor)
  }

  /// The types: 2 bytes.
  public struct Response: IPMIResponse {
    /// What the sensor measures.
    public var sensorType: SensorType
    /// What its states mean.
    public var readingType: EventReadingType

    /// The response.
    public init(sensorType: SensorType, readingType: EventReadingType) {
      self.sensorType = sensorType
      self.readingType = readingType
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetSensorType.responseReader(data)
      sensorType = SensorType(rawValue: try reader.u8())
      readingType = EventReadingType(rawValue: try reader.u8())
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(sensorType.rawValue)
      data.append(readingType.rawValue)
    }
  }
}
