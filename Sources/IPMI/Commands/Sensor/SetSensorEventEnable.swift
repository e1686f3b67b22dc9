/// Sets which events a sensor sends. IPMI 2.0, section 35.10.
public struct SetSensorEventEnable: IPMIRequest {
  /// Sensor and event 28h.
  public static let identity = CommandIdentity(
    .sensorEvent, 0x28, "Set Sensor Event Enable", .operator)

  /// The sensor's number.
  public var sensor: UInt8
  /// The events.
  public var enables: SensorEventEnables

  /// The request.
  public init(sensor: UInt8, _ enables: SensorEventEnables) {
    self.sensor = sensor
    self.enables = enables
  }

  /// Reads the request's 2 to 6 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    sensor = try reader.u8()
    enables = try SensorEventEnables(reading: &reader)
  }

  /// Appends the request's 6 bytes.
  public func append(to data: inout [UInt8]) {
    data.append(sensor)
    data += enables.bytes
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
