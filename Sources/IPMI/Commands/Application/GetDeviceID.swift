/// Asks what the controller is. Needs no session on the system interface. IPMI 2.0, section 20.1.
public struct GetDeviceID: IPMIRequest {
  /// Application 01h.
  public static let identity = CommandIdentity(.application, 0x01, "Get Device ID", .user)

  /// The request.
  public init() {}

  /// Reads nothing: the command has no data.
  public init(parsing data: RawSpan) throws(IPMIError) {}

  /// Appends nothing.
  public func append(to data: inout [UInt8]) {}

  /// What the controller is: 11 bytes, or 15.
  public struct Response: IPMIResponse {
    /// The manufacturer's number for this kind of controller.
    public var deviceID: UInt8
    /// The hardware's revision: 4 bits.
    public var deviceRevision: UInt8
    /// Whether it has sensor data records of its own, beside those in the repository.
    public var providesDeviceSDRs: Bool
    /// Whether firmware, records or the controller itself are being updated: commands may fail.
    public var isUpdating: Bool
    /// The firmware's major revision: 7 bits.
    public var firmwareMajor: UInt8
    /// The firmware's minor revision, two binary-coded decimal digits.
    public var firmwareMinor: UInt8
    /// The version of IPMI, major in the low 4 bits, minor in the high ones: 51h for 1.5, 02h for 2.0.
    public var version: UInt8
    /// What it has beside what every controller has.
    public var support: DeviceSupport
    /// Who made it: an IANA enterprise number; 20 bits count, and 0 is none.
    public var manufacturerID: UInt32
    /// The manufacturer's number for the product.
    public var productID: UInt16
    /// 4 bytes of the manufacturer's more about the firmware, if sent.
    public var auxiliaryFirmware: [UInt8]?

    /// The response.
    public init(
      deviceID: UInt8, deviceRevision: UInt8, providesDeviceSDRs: Bool, isUpdating: Bool = false,
      firmwareMajor: UInt8, firmwareMinor: UInt8, version: UInt8 = 0x02, support: DeviceSupport,
      manufacturerID: UInt32, productID: UInt16, auxiliaryFirmware: [UInt8]? = nil
    ) {
      self.deviceID = deviceID
      self.deviceRevision = deviceRevision & 0x0f
      self.providesDeviceSDRs = providesDeviceSDRs
      self.isUpdating = isUpdating
      self.firmwareMajor = firmwareMajor & 0x7f
      self.firmwareMinor = firmwareMinor
      self.version = version
      self.support = support
      self.manufacturerID = manufacturerID & 0xff_ffff
      self.productID = productID
      self.auxiliaryFirmware = auxiliaryFirmware?.fitted(to: 4)
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetDeviceID.responseReader(data)
      deviceID = try reader.u8()
      let revision = try reader.u8()
      deviceRevision = revision & 0x0f
      providesDeviceSDRs = revision & 0x80 != 0
      let firmware = try reader.u8()
      isUpdating = firmware & 0x80 != 0
      firmwareMajor = firmware & 0x7f
      firmwareMinor = try reader.u8()
      version = try reader.u8()
      support = try reader.flags()
      manufacturerID = try reader.u24()
      productID = try reader.u16()
      auxiliaryFirmware = reader.remaining >= 4 ? try reader.bytes(4) : nil
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data += [
        deviceID, (providesDeviceSDRs ? 0x80 : 0) | deviceRevision & 0x0f,
        (isUpdating ? 0x80 : 0) | firmwareMajor & 0x7f, firmwareMinor, version, support.rawValue,
      ]
      data.append(littleEndian24: manufacturerID)
      data.append(littleEndian: productID)
      if let auxiliaryFirmware { data += auxiliaryFirmware.fitted(to: 4) }
    }

    /// The firmware's revision as ipmitool prints it, such as `9.08`.
    public var firmwareText: String { "\(firmwareMajor).\(hexadecimal(firmwareMinor))" }
    /// The version of IPMI as ipmitool prints it, such as `2.0`.
    public var versionText: String { "\(version & 0x0f).\(version >> 4)" }
  }

  /// What a controller has beside what every controller has.
  public struct DeviceSupport: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// The support of these bits.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Sensors.
    public static let sensors = DeviceSupport(rawValue: 1 << 0)
    /// The sensor data repository.
    public static let sdrRepository = DeviceSupport(rawValue: 1 << 1)
    /// The system event log.
    public static let systemEventLog = DeviceSupport(rawValue: 1 << 2)
    /// Inventory of field replaceable units.
    public static let fruInventory = DeviceSupport(rawValue: 1 << 3)
    /// It receives events from the IPMB.
    public static let eventReceiver = DeviceSupport(rawValue: 1 << 4)
    /// It sends events onto the IPMB.
    public static let eventGenerator = DeviceSupport(rawValue: 1 << 5)
    /// It bridges messages to other controllers.
    public static let bridge = DeviceSupport(rawValue: 1 << 6)
    /// It controls the chassis.
    public static let chassis = DeviceSupport(rawValue: 1 << 7)

    /// What each bit is, as ipmitool prints it, from bit 0 to bit 7.
    public static let texts = [
      "Sensor Device", "SDR Repository Device", "SEL Device", "FRU Inventory Device",
      "IPMB Event Receiver", "IPMB Event Generator", "Bridge", "Chassis Device",
    ]
  }
}
