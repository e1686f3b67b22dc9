/// A record of the sensor data repository. IPMI 2.0, section 43.
///
///     byte 0-1   record ID
///     byte 2     version of the record: 51h
///     byte 3     record type
///     byte 4     how many bytes follow
///     byte 5-    what the type says
public struct SensorDataRecord: Hashable, Sendable {
  /// How many bytes stand before what the type says.
  public static let headerByteCount = 5

  /// The record's number.
  public var recordID: UInt16
  /// The version: 51h.
  public var version: UInt8
  /// What the record tells.
  public var content: Content

  /// What a record tells.
  public enum Content: Hashable, Sendable {
    /// 01h: a sensor, with all that makes its readings numbers.
    case full(FullSensorRecord)
    /// 02h: one sensor, or several that are alike, without analog readings.
    case compact(CompactSensorRecord)
    /// 03h: sensors that can only send events.
    case eventOnly(EventOnlyRecord)
    /// 08h: a part that contains others.
    case entityAssociation(EntityAssociationRecord)
    /// 10h: a device on a bus.
    case genericDeviceLocator(GenericDeviceLocatorRecord)
    /// 11h: an inventory.
    case fruDeviceLocator(FRUDeviceLocatorRecord)
    /// 12h: another controller.
    case controllerLocator(ControllerLocatorRecord)
    /// C0h: the manufacturer's (an IANA enterprise number of 3 bytes).
    case oem(manufacturerID: UInt32, data: [UInt8])
    /// A type without a shape here, or bytes that are not its type's.
    case other(type: UInt8, data: [UInt8])
  }

  /// A record.
  public init(recordID: UInt16, version: UInt8 = 0x51, _ content: Content) {
    self.recordID = recordID
    self.version = version
    self.content = content
  }

  /// How many bytes the record with this header has in all: what is left to be fetched is known when
  /// its first 5 are. Throws `IPMIError.truncated` when those are fewer.
  public static func byteCount(header: RawSpan) throws(IPMIError) -> Int {
    var reader = MessageReader(header, as: .sensorDataRecord)
    try reader.skip(4)
    return headerByteCount + Int(try reader.u8())
  }

  /// Reads a record. Throws `IPMIError` when the bytes end before it does, or before its type does.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = MessageReader(data, as: .sensorDataRecord)
    recordID = try reader.u16()
    version = try reader.u8()
    let type = try reader.u8()
    let count = Int(try reader.u8())
    let body = try reader.bytes(count, lengthFrom: .field(offset: 4))
    content = try Content(type, parsing: body.messageBytes)
  }

  /// The record's bytes.
  public var bytes: [UInt8] {
    let body = Array(content.body.prefix(255))
    var bytes: [UInt8] = []
    bytes.append(littleEndian: recordID)
    bytes += [version, content.type, UInt8(truncatingIfNeeded: body.count)]
    return bytes + body
  }

  /// The name, where the type has one.
  public var name: String? {
    switch content {
    case .full(let record): record.name.text
    case .compact(let record): record.name.text
    case .eventOnly(let record): record.name.text
    case .genericDeviceLocator(let record): record.name.text
    case .fruDeviceLocator(let record): record.name.text
    case .controllerLocator(let record): record.name.text
    case .entityAssociation, .oem, .other: nil
    }
  }
}

extension SensorDataRecord.Content {
  init(_ type: UInt8, parsing body: RawSpan) throws(IPMIError) {
    var reader = MessageReader(body, as: .sensorDataRecord)
    switch type {
    case 0x01: self = .full(try FullSensorRecord(reading: &reader))
    case 0x02: self = .compact(try CompactSensorRecord(reading: &reader))
    case 0x03: self = .eventOnly(try EventOnlyRecord(reading: &reader))
    case 0x08: self = .entityAssociation(try EntityAssociationRecord(reading: &reader))
    case 0x10: self = .genericDeviceLocator(try GenericDeviceLocatorRecord(reading: &reader))
    case 0x11: self = .fruDeviceLocator(try FRUDeviceLocatorRecord(reading: &reader))
    case 0x12: self = .controllerLocator(try ControllerLocatorRecord(reading: &reader))
    case 0xc0: self = .oem(manufacturerID: try reader.u24(), data: reader.rest())
    default: self = .other(type: type, data: reader.rest())
    }
  }

  /// The record type's number.
  public var type: UInt8 {
    switch self {
    case .full: 0x01
    case .compact: 0x02
    case .eventOnly: 0x03
    case .entityAssociation: 0x08
    case .genericDeviceLocator: 0x10
    case .fruDeviceLocator: 0x11
    case .controllerLocator: 0x12
    case .oem: 0xc0
    case .other(let type, _): type
    }
  }

  var body: [UInt8] {
    switch self {
    case .full(let record): return record.bytes
    case .compact(let record): return record.bytes
    case .eventOnly(let record): return record.bytes
    case .entityAssociation(let record): return record.bytes
    case .genericDeviceLocator(let record): return record.bytes
    case .fruDeviceLocator(let record): return record.bytes
    case .controllerLocator(let record): return record.bytes
    case .oem(let manufacturerID, let data):
      var body: [UInt8] = []
      body.append(littleEndian24: manufacturerID)
      return body + data
    case .other(_, let data): return data
    }
  }
}
