/// Asks which events a sensor sends. IPMI 2.0, section 35.11.
public struct GetSensorEventEnable: IPMIRequest {
  /// Sensor and event 29h.
  public static let identity = CommandIdentity(
    .sensorEvent, 0x29, "Get Sensor Event Enable", .user)

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

  /// The events: 1 to 5 bytes.
  public struct Response: IPMIResponse {
    /// The events.
    public var enables: SensorEventEnables

    /// The response.
    public init(_ enables: SensorEventEnables) {
      self.enables = enables
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetSensorEventEnable.responseReader(data)
      enables = try SensorEventEnables(reading: &reader)
    }

    /// Appends the response's 5 bytes.
    public func append(to data: inout [UInt8]) {
      data += enables.bytes
    }
  }
}
