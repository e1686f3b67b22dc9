/// Sets for how long power stays off in a power cycle. IPMI 2.0, section 28.9.
public struct SetPowerCycleInterval: IPMIRequest {
  /// Chassis 0Bh.
  public static let identity = CommandIdentity(
    .chassis, 0x0b, "Set Power Cycle Interval", .administrator)

  /// Seconds; 0 is no delay.
  public var seconds: UInt8

  /// The request.
  public init(seconds: UInt8) {
    self.seconds = seconds
  }

  /// Reads the request's byte.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    seconds = try reader.u8()
  }

  /// Appends the request's byte.
  public func append(to data: inout [UInt8]) {
    data.append(seconds)
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
