/// What a controller does when a place gets too warm. DCMI 1.5, sections 6.7.1 and 6.7.2.
public struct ThermalLimit: Hashable, Sendable {
  /// What is done, and whether it is kept.
  public var actions: Actions
  /// The limit, in degrees Celsius.
  public var celsius: UInt8
  /// For how long the limit must be exceeded.
  public var exceptionSeconds: UInt16

  /// What is done when a limit is exceeded: a byte.
  public struct Actions: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// The actions of these bits.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The log tells it.
    public static let log = Actions(rawValue: 0x20)
    /// The machine is turned off, and the log tells it.
    public static let powerOff = Actions(rawValue: 0x40)
    /// The limit outlasts the present power cycle.
    public static let isPersistent = Actions(rawValue: 0x80)
  }

  /// A limit.
  public init(actions: Actions, celsius: UInt8, exceptionSeconds: UInt16) {
    self.actions = actions
    self.celsius = celsius
    self.exceptionSeconds = exceptionSeconds
  }

  init(reading reader: inout MessageReader) throws(IPMIError) {
    actions = try reader.flags()
    celsius = try reader.u8()
    exceptionSeconds = try reader.u16()
  }

  func append(to data: inout [UInt8]) {
    data += [actions.rawValue, celsius]
    data.append(littleEndian: exceptionSeconds)
  }
}
