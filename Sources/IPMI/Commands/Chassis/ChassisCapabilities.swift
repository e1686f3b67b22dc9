/// What a chassis can do, and the addresses on the IPMB of the controllers that its parts are on.
/// IPMI 2.0, tables 28-2 and 28-9.
public struct ChassisCapabilities: Hashable, Sendable {
  /// What the chassis can do.
  public var features: Features
  /// Where its inventory is; 0 for nowhere.
  public var fruDevice: UInt8
  /// Where its sensor data records are.
  public var sdrDevice: UInt8
  /// Where its event log is.
  public var selDevice: UInt8
  /// Where its system management is.
  public var systemManagementDevice: UInt8
  /// Where its bridge is, if told; it is 20h otherwise.
  public var bridgeDevice: UInt8?

  /// The capabilities.
  public init(
    features: Features, fruDevice: UInt8 = 0x20, sdrDevice: UInt8 = 0x20,
    selDevice: UInt8 = 0x20, systemManagementDevice: UInt8 = 0x20, bridgeDevice: UInt8? = nil
  ) {
    self.features = features
    self.fruDevice = fruDevice
    self.sdrDevice = sdrDevice
    self.selDevice = selDevice
    self.systemManagementDevice = systemManagementDevice
    self.bridgeDevice = bridgeDevice
  }

  init(reading reader: inout MessageReader) throws(IPMIError) {
    features = try reader.flags()
    fruDevice = try reader.u8()
    sdrDevice = try reader.u8()
    selDevice = try reader.u8()
    systemManagementDevice = try reader.u8()
    bridgeDevice = try reader.u8IfPresent()
  }

  func append(to data: inout [UInt8]) {
    data += [features.rawValue, fruDevice, sdrDevice, selDevice, systemManagementDevice]
    if let bridgeDevice { data.append(bridgeDevice) }
  }

  /// What a chassis can do.
  public struct Features: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// The features of these bits.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// It tells that it was opened.
    public static let intrusionSensor = Features(rawValue: 1 << 0)
    /// Its front panel can be locked.
    public static let frontPanelLockout = Features(rawValue: 1 << 1)
    /// It has a diagnostic interrupt.
    public static let diagnosticInterrupt = Features(rawValue: 1 << 2)
    /// It locks power.
    public static let powerInterlock = Features(rawValue: 1 << 3)
  }
}
