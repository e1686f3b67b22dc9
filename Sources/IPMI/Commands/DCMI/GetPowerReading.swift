/// Asks how much power the system draws. DCMI 1.5, section 6.6.1.
public struct GetPowerReading: IPMIRequest {
  /// Group extension 02h of DCMI.
  public static let identity = CommandIdentity(
    .groupExtension, 0x02, "Get Power Reading", .user, definingBody: DCMI.body)

  /// What is asked for.
  public enum Mode: Hashable, Sendable {
    /// The statistics of the system.
    case statistics
    /// The statistics over one of the periods that the capabilities list, by its byte there.
    case period(UInt8)
  }

  /// What is asked for.
  public var mode: Mode

  /// The request.
  public init(_ mode: Mode = .statistics) {
    self.mode = mode
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = try Self.groupRequestReader(data)
    let number = try reader.u8()
    switch number {
    case 1:
      mode = .statistics
      try reader.skip(2)
    case 2:
      mode = .period(try reader.u8())
      try reader.skip(1)
    default: throw reader.malformed(number)
    }
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    switch mode {
    case .statistics: data += [DCMI.body, 1, 0, 0]
    case .period(let period): data += [DCMI.body, 2, period, 0]
    }
  }

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
    /// Whether power is measured.
    public var isActive: Bool

    /// The response.
    public init(
      current: UInt16, minimum: UInt16, maximum: UInt16, average: UInt16, time: UInt32,
      periodMilliseconds: UInt32, isActive: Bool
    ) {
      self.current = current
      self.minimum = minimum
      self.maximum = maximum
      self.average = average
      self.time = time
      self.periodMilliseconds = periodMilliseconds
      self.isActive = isActive
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
      isActive = try reader.u8() & 0x40 != 0
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
      data.append(isActive ? 0x40 : 0)
    }
  }
}
