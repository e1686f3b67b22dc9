/// An inventory: type 11h. IPMI 2.0, table 43-8.
public struct FRUDeviceLocatorRecord: Hashable, Sendable {
  /// The address of the controller that has it.
  public var accessAddress: UInt8
  /// The inventory's number, when it is logical; else its address on the controller's bus.
  public var deviceID: UInt8
  /// Bit 7 the inventory is logical, bits 4:3 unit, bits 2:0 bus.
  public var access: UInt8
  /// The controller's channel, in bits 7:4.
  public var channel: UInt8
  /// What it is. IPMI 2.0, table 43-12.
  public var deviceType: UInt8
  /// Which of its kind.
  public var deviceTypeModifier: UInt8
  /// What part of the system it belongs to.
  public var entity: EntityID
  /// The manufacturer's.
  public var oem: UInt8
  /// The inventory's name: up to 16 bytes.
  public var name: TypeLengthField

  /// A record of a logical inventory.
  public init(
    accessAddress: UInt8 = 0x20, deviceID: UInt8, access: UInt8 = 0x80, channel: UInt8 = 0,
    deviceType: UInt8 = 0x10, deviceTypeModifier: UInt8 = 0, entity: EntityID, oem: UInt8 = 0,
    name: TypeLengthField
  ) {
    self.accessAddress = accessAddress
    self.deviceID = deviceID
    self.access = access
    self.channel = channel
    self.deviceType = deviceType
    self.deviceTypeModifier = deviceTypeModifier
    self.entity = entity
    self.oem = oem
    self.name = name
  }

  init(reading reader: inout MessageReader) throws(IPMIError) {
    accessAddress = try reader.u8()
    deviceID = try reader.u8()
    access = try reader.u8()
    channel = try reader.u8()
    try reader.skip(1)
    deviceType = try reader.u8()
    deviceTypeModifier = try reader.u8()
    entity = try EntityID(reading: &reader)
    oem = try reader.u8()
    name = try TypeLengthField(reading: &reader, lengthMask: 0x1f)
  }

  var bytes: [UInt8] {
    var bytes = [accessAddress, deviceID, access, channel, 0, deviceType, deviceTypeModifier]
    bytes += [entity.kind, entity.instance, oem]
    name.append(to: &bytes, maximum: 31)
    return bytes
  }

  /// Whether the inventory is reached by the commands of this specification, with `deviceID`.
  public var isLogical: Bool { access & 0x80 != 0 }
}
