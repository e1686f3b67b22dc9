/// Asks what a sensor reads. IPMI 2.0, section 35.14.
public struct GetSensorReading: IPMIRequest {
  /// Sensor and event 2Dh.
  public static let identity = CommandIdentity(.sensorEvent, 0x2d, "Get Sensor Reading", .user)

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

  /// The reading: 2 to 4 bytes.
  public struct Response: IPMIResponse {
    /// The reading, raw; of a sensor without analog reading it means nothing.
    public var raw: UInt8
    /// Whether the reading counts, and what the sensor does.
    public var flags: Flags
    /// For a sensor of thresholds, those that it is at or beyond, if told; for others, its states 0
    /// to 7.
    public var states: UInt8?
    /// The states 8 to 14 of a sensor that has no thresholds, if told; bit 7 is reserved.
    public var furtherStates: UInt8?

    /// The response.
    public init(
      raw: UInt8, flags: Flags = [.scanning, .eventMessages], states: UInt8?,
      furtherStates: UInt8? = nil
    ) {
      self.raw = raw
      self.flags = flags
      self.states = states
      self.furtherStates = furtherStates
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetSensorReading.responseReader(data)
      raw = try reader.u8()
      flags = try reader.flags()
      states = try reader.u8IfPresent()
      furtherStates = try reader.u8IfPresent()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data += [raw, flags.rawValue]
      guard let states else { return }
      data.append(states)
      if let furtherStates { data.append(furtherStates) }
    }

    /// Whether the reading counts: the sensor is scanned, and has one.
    public var isValid: Bool { flags.contains(.scanning) && !flags.contains(.unavailable) }

    /// The thresholds that the reading is at or beyond. Bits 7:6 are reserved.
    public var passedThresholds: ThresholdSet { ThresholdSet(rawValue: (states ?? 0) & 0x3f) }

    /// The states of a sensor that has no thresholds: bit n is the state n, up to 14.
    public var discreteStates: UInt16 {
      UInt16(states ?? 0) | UInt16((furtherStates ?? 0) & 0x7f) << 8
    }
  }

  /// What a sensor does.
  public struct Flags: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// The flags of these bits.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// There is no reading: the sensor is new, or what it belongs to is absent.
    public static let unavailable = Flags(rawValue: 1 << 5)
    /// The sensor is scanned.
    public static let scanning = Flags(rawValue: 1 << 6)
    /// The sensor sends events.
    public static let eventMessages = Flags(rawValue: 1 << 7)
  }
}
