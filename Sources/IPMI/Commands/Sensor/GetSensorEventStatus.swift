/// Asks which events a sensor has found. IPMI 2.0, section 35.13.
public struct GetSensorEventStatus: IPMIRequest {
  /// Sensor and event 2Bh.
  public static let identity = CommandIdentity(
    .sensorEvent, 0x2b, "Get Sensor Event Status", .user)

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

  /// The events: 1 to 5 bytes, written as 5.
  public struct Response: IPMIResponse {
    /// The events that have occurred; the flags are those of a reading.
    public var events: SensorEventEnables

    /// The response.
    public init(_ events: SensorEventEnables) {
      self.events = events
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetSensorEventStatus.responseReader(data)
      events = try SensorEventEnables(reading: &reader)
    }

    /// Appends the response's 5 bytes.
    public func append(to data: inout [UInt8]) {
      data += events.bytes
    }
  }
}
