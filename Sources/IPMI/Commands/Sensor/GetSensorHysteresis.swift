/// Asks by how much a reading has to pass a threshold back before its event ends. IPMI 2.0,
/// section 35.7.
public struct GetSensorHysteresis: IPMIRequest {
  /// Sensor and event 25h.
  public static let identity = CommandIdentity(.sensorEvent, 0x25, "Get Sensor Hysteresis", .user)

  /// The sensor's number.
  public var sensor: UInt8
  /// FFh: reserved for a mask.
  public var mask: UInt8

  /// The request.
  public init(sensor: UInt8, mask: UInt8) {
    self.sensor = sensor
    self.mask = mask
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    sensor = try reader.u8()
    mask = try reader.u8()
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data.append(sensor)
    data.append(mask)
  }

  /// The hysteresis: 2 bytes.
  public struct Response: IPMIResponse {
    /// For thresholds that are passed upwards.
    public var positive: UInt8
    /// For thresholds that are passed downwards.
    public var negative: UInt8

    /// The response.
    public init(positive: UInt8, negative: UInt8) {
      self.positive = positive
      self.negative = negative
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetSensorHysteresis.responseReader(data)
      positive = try reader.u8()
      negative = try reader.u8()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(positive)
      data.append(negative)
    }
  }
}
