/// A device on a bus of a controller: type 10h. IPMI 2.0, table 43-7.
public struct GenericDeviceLocatorRecord: Hashable, Sendable {
  /// Where it is: access address, own address and the high bit of the channel, then channel, unit and
  /// bus, then the span of addresses. 4 bytes.
  public var location: [UInt8]
  /// What it is. IPMI 2.0, table 43-12.
  public var deviceType: UInt8
  /// Which of its kind.
  public var deviceTypeModifier: UInt8
  /// What part of the system it belongs to.
  public var entity: EntityID
  /// The manufacturer's.
  public var oem: UInt8
  /// The device's name: up to 16 bytes.
  public var name: TypeLengthField

  /// A record; `location` is cut or filled with zeros to 4 bytes.
  public init(
    location: [UInt8], deviceType: UInt8, deviceTypeModifier: UInt8 = 0, entity: EntityID,
    oem: UInt8 = 0, name: TypeLengthField
  ) {
    self.location = location.fitted(to: 4)
    self.deviceType = deviceType
    self.deviceTypeModifier = deviceTypeModifier
    self.entity = entity
    self.oem = oem
    self.name = name
  }

  init(reading reader: inout MessageReader) throws(IPMIError) {
    location = try reader.bytes(4)
    try reader.skip(1)
    deviceType = try reader.u8()
    deviceTypeModifier = try reader.u8()
    entity = try EntityID(reading: &reader)
    oem = try reader.u8()
    name = try TypeLengthField(reading: &reader, lengthMask: 0x1f)
  }

  var bytes: [UInt8] {
    var bytes = location.fitted(to: 4)
    bytes += [0, deviceType, deviceTypeModifier, entity.kind, entity.instance, oem]
    name.append(to: &bytes, maximum: 31)
    return bytes
  }
}
