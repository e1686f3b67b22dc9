/// A limit to the power that a system draws. DCMI 1.5, sections 6.6.2 and 6.6.3.
public struct PowerLimit: Hashable, Sendable {
  /// What happens when it cannot be kept.
  public var exceptionAction: ExceptionAction
  /// The limit.
  public var watts: UInt16
  /// How long the controller has to get below it.
  public var correctionMilliseconds: UInt32
  /// Over how many seconds power is averaged.
  public var samplingSeconds: UInt16

  /// A limit.
  public init(
    watts: UInt16, exceptionAction: ExceptionAction = .none, correctionMilliseconds: UInt32,
    samplingSeconds: UInt16
  ) {
    self.exceptionAction = exceptionAction
    self.watts = watts
    self.correctionMilliseconds = correctionMilliseconds
    self.samplingSeconds = samplingSeconds
  }

  init(reading reader: inout MessageReader) throws(IPMIError) {
    exceptionAction = ExceptionAction(rawValue: try reader.u8())
    watts = try reader.u16()
    correctionMilliseconds = try reader.u32()
    try reader.skip(2)
    samplingSeconds = try reader.u16()
  }

  func append(to data: inout [UInt8]) {
    data.append(exceptionAction.rawValue)
    data.append(littleEndian: watts)
    data.append(littleEndian: correctionMilliseconds)
    data += [0, 0]
    data.append(littleEndian: samplingSeconds)
  }

  /// What happens when a limit cannot be kept.
  public struct ExceptionAction: RawRepresentable, Hashable, Sendable {
    /// The byte.
    public let rawValue: UInt8
    /// The action of this byte.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Nothing.
    public static let none = ExceptionAction(rawValue: 0x00)
    /// The system is turned off, and the log tells it.
    public static let hardPowerOff = ExceptionAction(rawValue: 0x01)
    /// The log tells it.
    public static let log = ExceptionAction(rawValue: 0x11)
  }
}
