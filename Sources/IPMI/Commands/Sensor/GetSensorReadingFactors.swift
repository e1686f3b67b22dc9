/// Asks for the factors of a sensor that is not linear, for one reading. IPMI 2.0, section 35.5.
public struct GetSensorReadingFactors: IPMIRequest {
  /// Sensor and event 23h.
  public static let identity = CommandIdentity(
    .sensorEvent, 0x23, "Get Sensor Reading Factors", .user)

  /// The sensor's number.
  public var sensor: UInt8
  /// The reading, raw.
  public var raw: UInt8

  /// The request.
  public init(sensor: UInt8, raw: UInt8) {
    self.sensor = sensor
    self.raw = raw
  }

  /// Reads the request's 2 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    sensor = try reader.u8()
    raw = try reader.u8()
  }

  /// Appends the request's 2 bytes.
  public func append(to data: inout [UInt8]) {
    data += [sensor, raw]
  }

  /// The factors: 7 bytes.
  public struct Response: IPMIResponse {
    /// The next reading for which the factors are others.
    public var nextRaw: UInt8
    /// The factors.
    public var factors: SensorReadingFactors

    /// The response.
    public init(nextRaw: UInt8, factors: SensorReadingFactors) {
      self.nextRaw = nextRaw
      self.factors = factors
    }

    /// Reads the response's 7 bytes.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetSensorReadingFactors.responseReader(data)
      nextRaw = try reader.u8()
      factors = try SensorReadingFactors(reading: &reader)
    }

    /// Appends the response's 7 bytes.
    public func append(to data: inout [UInt8]) {
      data.append(nextRaw)
      data += factors.bytes
    }
  }
}
