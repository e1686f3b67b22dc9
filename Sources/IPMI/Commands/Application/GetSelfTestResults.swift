/// Asks what the controller found when it tested itself. IPMI 2.0, section 20.4.
public struct GetSelfTestResults: IPMIRequest {
  /// Application 04h.
  public static let identity = CommandIdentity(.application, 0x04, "Get Self Test Results", .user)

  /// The request.
  public init() {}

  /// Reads nothing: the command has no data.
  public init(parsing data: RawSpan) throws(IPMIError) {}

  /// Appends nothing.
  public func append(to data: inout [UInt8]) {}

  /// The result: 2 bytes.
  public struct Response: IPMIResponse {
    /// How the test ended.
    public var outcome: Outcome
    /// More about it: for `corrupted`, a set of ``Fault``; for what the manufacturer defines, its own.
    public var detail: UInt8

    /// The response.
    public init(_ outcome: Outcome, detail: UInt8 = 0) {
      self.outcome = outcome
      self.detail = detail
    }

    /// Reads the response's 2 bytes.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetSelfTestResults.responseReader(data)
      outcome = Outcome(rawValue: try reader.u8())
      detail = try reader.u8()
    }

    /// Appends the response's 2 bytes.
    public func append(to data: inout [UInt8]) {
      data += [outcome.rawValue, detail]
    }

    /// What is corrupted or cannot be reached, when the test ended so.
    public var faults: Fault { outcome == .corrupted ? Fault(rawValue: detail) : [] }
  }

  /// How a self test ended.
  public struct Outcome: RawRepresentable, Hashable, Sendable {
    /// The byte.
    public let rawValue: UInt8
    /// The outcome of this byte.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Nothing is wrong.
    public static let passed = Outcome(rawValue: 0x55)
    /// The controller does not test itself.
    public static let notImplemented = Outcome(rawValue: 0x56)
    /// Data or devices are corrupted or cannot be reached.
    public static let corrupted = Outcome(rawValue: 0x57)
    /// The hardware is broken: the controller is not to be relied on.
    public static let fatalHardwareError = Outcome(rawValue: 0x58)
  }

  /// What is corrupted or cannot be reached.
  public struct Fault: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// The faults of these bits.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The operational firmware is corrupted.
    public static let firmware = Fault(rawValue: 1 << 0)
    /// The boot block of the firmware is corrupted.
    public static let bootBlock = Fault(rawValue: 1 << 1)
    /// The internal use area of the controller's inventory is corrupted.
    public static let internalUseArea = Fault(rawValue: 1 << 2)
    /// The repository has no sensor data record.
    public static let emptySDRRepository = Fault(rawValue: 1 << 3)
    /// The signal lines of the IPMB do not answer.
    public static let ipmb = Fault(rawValue: 1 << 4)
    /// The inventory cannot be reached.
    public static let fruDevice = Fault(rawValue: 1 << 5)
    /// The sensor data repository cannot be reached.
    public static let sdrRepository = Fault(rawValue: 1 << 6)
    /// The event log cannot be reached.
    public static let selDevice = Fault(rawValue: 1 << 7)
  }
}
