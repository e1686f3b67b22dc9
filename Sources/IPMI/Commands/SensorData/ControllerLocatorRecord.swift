/// A management controller: type 12h. IPMI 2.0, table 43-9.
public struct ControllerLocatorRecord: Hashable, Sendable {
  /// Its address on the IPMB.
  public var address: UInt8
  /// Its channel: 4 bits.
  public var channel: ChannelNumber
  /// What it tells of power states, and how it is started.
  public var initialization: UInt8
  /// What it has.
  public var support: GetDeviceID.DeviceSupport
  /// What part of the system it belongs to.
  public var entity: EntityID
  /// The manufacturer's.
  public var oem: UInt8
  /// Its name: up to 16 bytes.
  public var name: TypeLengthField

  /// A record.
  public init(
    address: UInt8 = 0x20, channel: ChannelNumber = .primaryIPMB, initialization: UInt8 = 0,
    support: GetDeviceID.DeviceSupport, entity: EntityID, oem: UInt8 = 0, name: TypeLengthField
  ) {
    self.address = address
    self.channel = channel
    self.initialization = initialization
    self.support = support
    self.entity = entity
    self.oem = oem
    self.name = name
  }

  init(reading reader: inout MessageReader) throws(IPMIError) {
    address = try reader.u8()
    channel = ChannelNumber(rawValue: try reader.u8())
    initialization = try reader.u8()
    support = try reader.flags()
    try reader.skip(3)
    entity = try EntityID(reading: &reader)
    oem = try reader.u8()
    name = try TypeLengthField(reading: &reader, lengthMask: 0x1f)
  }

  var bytes: [UInt8] {
    var bytes = [address, channel.rawValue, initialization, support.rawValue, 0, 0, 0]
    bytes += [entity.kind, entity.instance, oem]
    name.append(to: &bytes, maximum: 31)
    return bytes
  }
}
