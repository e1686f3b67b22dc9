/// Asks for a sensor's thresholds. IPMI 2.0, section 35.9.
public struct GetSensorThresholds: IPMIRequest {
  /// Sensor and event 27h.
  public static let identity = CommandIdentity(
    .sensorEvent, 0x27, "Get Sensor Thresholds", .user)

  /// The sensor's number.
  public var sensor: UInt8

  /// The request.
  public init(sensor: UInt8) {
    self.sensor = sensor
  }

  /// Reads the request's byte.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    sensor = try reader.u8()
  }

  /// Appends the request's byte.
  public func append(to data: inout [UInt8]) {
    data.append(sensor)
  }

  /// The thresholds: 7 bytes.
  public struct Response: IPMIResponse {
    /// The thresholds.
    public var thresholds: SensorThresholds

    /// The response.
    public init(_ thresholds: SensorThresholds) {
      self.thresholds = thresholds
    }

    /// Reads the response's 7 bytes.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetSensorThresholds.responseReader(data)
      thresholds = try SensorThresholds(reading: &reader)
    }

    /// Appends the response's 7 bytes.
    public func append(to data: inout [UInt8]) {
      data += thresholds.bytes
    }
  }
}
