/// Sets by how much a reading has to pass a threshold back before its event ends. IPMI 2.0,
/// section 35.6.
public struct SetSensorHysteresis: IPMIRequest {
  /// Sensor and event 24h.
  public static let identity = CommandIdentity(
    .sensorEvent, 0x24, "Set Sensor Hysteresis", .operator)

  /// The sensor's number.
  public var sensor: UInt8
  /// FFh: reserved for a mask.
  public var mask: UInt8
  /// For thresholds that are passed upwards.
  public var positive: UInt8
  /// For thresholds that are passed downwards.
  public var negative: UInt8

  /// The request.
  public init(sensor: UInt8, mask: UInt8, positive: UInt8, negative: UInt8) {
    self.sensor = sensor
    self.mask = mask
    self.positive = positive
    self.negative = negative
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    sensor = try reader.u8()
    mask = try reader.u8()
    positive = try reader.u8()
    negative = try reader.u8()
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data.append(sensor)
    data.append(mask)
    data.append(positive)
    data.append(negative)
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
