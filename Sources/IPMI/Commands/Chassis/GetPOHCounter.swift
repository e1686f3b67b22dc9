/// Asks for how long the system has been on in its life. IPMI 2.0, section 28.14.
public struct GetPOHCounter: IPMIRequest {
  /// Chassis 0Fh.
  public static let identity = CommandIdentity(.chassis, 0x0f, "Get POH Counter", .user)

  /// The request.
  public init() {}

  /// Reads nothing: the command has no data.
  public init(parsing data: RawSpan) throws(IPMIError) {}

  /// Appends nothing.
  public func append(to data: inout [UInt8]) {}

  /// The counter: 5 bytes.
  public struct Response: IPMIResponse {
    /// How many minutes one count stands for.
    public var minutesPerCount: UInt8
    /// The counter.
    public var count: UInt32

    /// The response.
    public init(minutesPerCount: UInt8, count: UInt32) {
      self.minutesPerCount = minutesPerCount
      self.count = count
    }

    /// Reads the response's 5 bytes.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetPOHCounter.responseReader(data)
      minutesPerCount = try reader.u8()
      count = try reader.u32()
    }

    /// Appends the response's 5 bytes.
    public func append(to data: inout [UInt8]) {
      data.append(minutesPerCount)
      data.append(littleEndian: count)
    }

    /// For how many minutes the system has been on.
    public var minutes: UInt64 { UInt64(count) * UInt64(minutesPerCount) }
  }
}
