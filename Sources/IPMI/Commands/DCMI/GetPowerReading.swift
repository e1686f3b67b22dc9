/// Asks how much power the system draws. DCMI 1.5, section 6.6.1.
public struct GetPowerReading: IPMIRequest {
  /// Group extension 02h of DCMI.
  public static let identity = CommandIdentity(
    .groupExtension, 0x02, "Get Power Reading", .user, definingBody: DCMI.body)

  /// 1 the statistics, 2 those of one of the periods that the capabilities list.
  public var mode: UInt8
  /// For mode 2, the period.
  public var attributes: UInt8
  /// 0.
  public var reserved: UInt8

  /// The request.
  public init(mode: UInt8, attributes: UInt8, reserved: UInt8) {
    self.mode = mode
    self.attributes = attributes
    self.reserved = reserved
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = try Self.groupRequestReader(data)
    mode = try reader.u8()
    attributes = try reader.u8()
    reserved = try reader.u8()
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data.append(DCMI.body)
    data.append(mode)
    data.append(attributes)
    data.append(reserved)
  }

  /// The request for the statistics of the system.
  public static let statistics = GetPowerReading(mode: 1, attributes: 0, reserved: 0)

  /// The reading: 18 bytes.
  public struct Response: IPMIResponse {
    /// Watts now.
    public var current: UInt16
    /// Watts at least, in the period.
    public var minimum: UInt16
    /// Watts at most, in the period.
    public var maximum: UInt16
    /// Watts on average, in the period.
    public var average: UInt16
    /// When, in seconds since 1970.
    public var time: UInt32
    /// How long the period is.
    public var periodMilliseconds: UInt32
    /// Bit 6: power is measured.
    public var state: UInt8

    /// The response.
    public init(
      current: UInt16, minimum: UInt16, maximum: UInt16, average: UInt16, time: UInt32,
      periodMilliseconds: UInt32, state: UInt8
    ) {
      self.current = current
      self.minimum = minimum
      self.maximum = maximum
      self.average = average
      self.time = time
      self.periodMilliseconds = periodMilliseconds
      self.state = state
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = try GetPowerReading.groupResponseReader(data)
      current = try reader.u16()
      minimum = try reader.u16()
      maximum = try reader.u16()
      average = try reader.u16()
      time = try reader.u32()
      periodMilliseconds = try reader.u32()
      state = try reader.u8()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(DCMI.body)
      data.append(littleEndian: current)
      data.append(littleEndian: minimum)
      data.append(littleEndian: maximum)
      data.append(littleEndian: average)
      data.append(littleEndian: time)
      data.append(littleEndian: periodMilliseconds)
      data.append(state)
    }

    /// Whether power is measured.
    public var isActive: Bool { state & 0x40 != 0 }
  }
}
