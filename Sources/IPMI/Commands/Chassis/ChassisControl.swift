/// Turns the system on, off, or off and on. The answer comes before the state changes: whoever needs
/// it asks ``GetChassisStatus`` until it is so. IPMI 2.0, section 28.3.
public struct ChassisControl: IPMIRequest {
  /// Chassis 02h.
  public static let identity = CommandIdentity(.chassis, 0x02, "Chassis Control", .operator)

  /// What is to be done: 4 bits.
  public struct Operation: RawRepresentable, Hashable, Sendable {
    /// The 4 bits.
    public let rawValue: UInt8
    /// The operation of this number, of which the low 4 bits count.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x0f }

    /// Power off at once.
    public static let powerDown = Operation(rawValue: 0)
    /// Power on.
    public static let powerUp = Operation(rawValue: 1)
    /// Power off for a second or more, then on. Controllers may refuse it while power is off.
    public static let powerCycle = Operation(rawValue: 2)
    /// A hard reset. Controllers may refuse it while power is off.
    public static let hardReset = Operation(rawValue: 3)
    /// An interrupt that makes the system tell of itself, mostly an NMI.
    public static let diagnosticInterrupt = Operation(rawValue: 4)
    /// The system is asked to shut down, as if its power button were pressed.
    public static let softShutdown = Operation(rawValue: 5)

    /// The operation as ipmitool prints it.
    public var text: String {
      switch self {
      case .powerDown: "Down/Off"
      case .powerUp: "Up/On"
      case .powerCycle: "Cycle"
      case .hardReset: "Reset"
      case .diagnosticInterrupt: "Diag"
      case .softShutdown: "Soft"
      default: unknownText(rawValue)
      }
    }
  }

  /// What is to be done.
  public var operation: Operation

  /// The request.
  public init(_ operation: Operation) {
    self.operation = operation
  }

  /// Reads the request's byte.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    operation = Operation(rawValue: try reader.u8())
  }

  /// Appends the request's byte.
  public func append(to data: inout [UInt8]) {
    data.append(operation.rawValue)
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
