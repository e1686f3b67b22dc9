import IPMI

/// A sensor data record as it was stored, and what it says.
struct StoredRecord: Hashable, Sendable {
  /// The record's bytes, its header included: those of a dump.
  var bytes: [UInt8]
  /// What it says.
  var record: SensorDataRecord

  /// Reads a record's bytes; nil when they are none.
  init?(_ bytes: [UInt8]) {
    self.bytes = bytes
    do throws(IPMIError) {
      record = try SensorDataRecord(parsing: bytes.messageBytes)
    } catch {
      // What is too short for its own type is kept as bytes, so that a dump has it.
      guard let plain = Self.unread(bytes) else { return nil }
      record = plain
    }
  }

  /// The record's type.
  var type: UInt8 { record.content.type }

  /// The name as ipmitool shows it: its first 16 characters.
  var name: String { String((record.name ?? "").prefix(16)) }

  private static func unread(_ bytes: [UInt8]) -> SensorDataRecord? {
    guard bytes.count >= SensorDataRecord.headerByteCount else { return nil }
    return SensorDataRecord(
      recordID: UInt16(bytes[0]) | UInt16(bytes[1]) << 8, version: bytes[2],
      .other(type: bytes[3], data: Array(bytes.dropFirst(SensorDataRecord.headerByteCount))))
  }
}

extension [StoredRecord] {
  /// The first record of that name.
  func first(named name: String) -> StoredRecord? {
    first { $0.record.name != nil && $0.name == name }
  }

  /// The sensor that an event is about: of this owner, number and type.
  func sensor(of event: SystemEvent) -> StoredRecord? {
    let owner = UInt8(truncatingIfNeeded: event.generatorID)
    return first { stored in
      switch stored.record.content {
      case .full(let record): record.sensor.isSource(of: event, owner)
      case .compact(let record): record.sensor.isSource(of: event, owner)
      case .eventOnly(let record):
        record.number == event.sensorNumber && record.ownerID == owner
          && record.sensorType == event.sensorType
      default: false
      }
    }
  }
}

extension SensorDescription {
  fileprivate func isSource(of event: SystemEvent, _ owner: UInt8) -> Bool {
    number == event.sensorNumber && ownerID == owner && sensorType == event.sensorType
  }
}

extension SensorDataRecord.Content {
  /// The part that the record is about; nil when it is about none.
  var entity: EntityID? {
    switch self {
    case .full(let record): record.sensor.entity
    case .compact(let record): record.sensor.entity
    case .eventOnly(let record): record.entity
    case .genericDeviceLocator(let record): record.entity
    case .fruDeviceLocator(let record): record.entity
    case .controllerLocator(let record): record.entity
    case .entityAssociation(let record): record.container
    case .oem, .other: nil
    }
  }

  /// What the sensor watches; nil when the record is about none.
  var sensorType: SensorType? {
    switch self {
    case .full(let record): record.sensor.sensorType
    case .compact(let record): record.sensor.sensorType
    case .eventOnly(let record): record.sensorType
    default: nil
    }
  }
}
