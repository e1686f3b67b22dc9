/// Sets a sensor's thresholds. IPMI 2.0, section 35.8.
public struct SetSensorThresholds: IPMIRequest {
  /// Sensor and event 26h.
  public static let identity = CommandIdentity(
    .sensorEvent, 0x26, "Set Sensor Thresholds", .operator)

  /// The sensor's number.
  public var sensor: UInt8
  /// The thresholds; those that are not in their set stay as they are.
  public var thresholds: SensorThresholds

  /// The request.
  public init(sensor: UInt8, _ thresholds: SensorThresholds) {
    self.sensor = sensor
    self.thresholds = thresholds
  }

  /// Reads the request's 8 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    sensor = try reader.u8()
    thresholds = try SensorThresholds(reading: &reader)
  }

  /// Appends the request's 8 bytes.
  public func append(to data: inout [UInt8]) {
    data.append(sensor)
    data += thresholds.bytes
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
