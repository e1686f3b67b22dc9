import IPMI

/// A record of the log, and the sensor that made it, where that is known.
struct LoggedEvent: Sendable {
  /// The record.
  let record: SystemEventRecord
  /// The sensor's own record.
  let sensor: StoredRecord?

  /// The record of 16 bytes; the sensor is looked up among `sensors`. Throws `IPMIError` when there are
  /// fewer bytes.
  init(parsing bytes: [UInt8], _ sensors: [StoredRecord] = []) throws(IPMIError) {
    record = try SystemEventRecord(parsing: bytes.messageBytes)
    standard = try Self.standard(bytes)
    sensor = standard.flatMap { sensors.sensor(of: $0.event) }
    type = bytes.count > 2 ? bytes[2] : 0
  }

  /// The record's type.
  let type: UInt8
  /// The event and its time; nil in a manufacturer's record. ipmitool takes all types below C0h for
  /// events.
  let standard: (event: SystemEvent, time: UInt32)?

  private static func standard(
    _ bytes: [UInt8]
  ) throws(IPMIError) -> (event: SystemEvent, time: UInt32)? {
    guard bytes.count > 2, bytes[2] < 0xc0 else { return nil }
    var bytes = bytes
    bytes[2] = 0x02
    let record = try SystemEventRecord(parsing: bytes.messageBytes)
    guard case .event(let event, let time) = record.content else { return nil }
    return (event, time)
  }

  /// The record's number.
  var recordID: UInt16 { record.recordID }

  /// What a Linux kernel said when it gave up: records of type F0h that its own driver writes.
  var panic: String? {
    guard type == 0xf0, case .other(_, let data) = record.content else { return nil }
    let text = data.dropFirst(2).prefix(11).prefix { $0 != 0 }
    return String(decoding: text, as: UTF8.self)
  }

  /// What measures, and its name or number.
  var sensorText: String {
    guard let event = standard?.event else { return "" }
    let type = event.sensorType.text
    if let sensor { return "\(type) \(sensor.name)" }
    return event.sensorNumber == 0 ? type : "\(type) #0x\(event.sensorNumber.hexadecimal())"
  }

  /// The reading that caused an event of a threshold, and the threshold; nil when the event does not
  /// tell, or the sensor is not known.
  var trigger: (reading: Double?, threshold: Double?, unit: String)? {
    guard let event = standard?.event, event.readingType == .threshold, let sensor,
      let readable = ReadableSensor(sensor), readable.isAnalog
    else { return nil }
    return (
      event.triggerReading.flatMap { readable.value($0, nil) },
      event.triggerThreshold.flatMap { readable.value($0, nil) },
      readable.description.units.text
    )
  }

  /// Where a fault of memory is, as some boards put it into the third byte.
  var memoryPlace: String? {
    guard let event = standard?.event, event.readingType == .sensorSpecific,
      event.sensorType == .memory, event.sensorNumber == 0, event.data[0] & 0x30 == 0x20
    else { return nil }
    return "CPU \(event.data[2] & 0x0f) DIMM \(event.data[2] >> 4)"
  }
}

/// A record of the log as programs read it.
struct EventReport: Encodable, Sendable {
  var recordID: UInt16
  /// The record's type: 2 for an event, 192 and above for a manufacturer's.
  var recordType: UInt8
  /// Seconds since 1970, or since the controller's start when they are fewer than 536870913; absent
  /// when the record has no time.
  var time: UInt32?
  var generatorID: UInt16?
  /// What measures.
  var sensorType: String?
  var sensorNumber: UInt8?
  /// The sensor's name, when it was looked up.
  var sensor: String?
  /// What happened.
  var event: String?
  /// `asserted` or `deasserted`.
  var direction: String?
  /// The reading that caused it, in units.
  var reading: Double?
  /// The threshold that was passed, in units.
  var threshold: Double?
  var unit: String?
  /// A manufacturer's enterprise number.
  var manufacturerID: UInt32?
  /// The event's or the manufacturer's bytes, in hexadecimal.
  var data: String

  init(_ logged: LoggedEvent) {
    recordID = logged.recordID
    recordType = logged.type
    switch logged.record.content {
    case .oemTimestamped(_, let time, let manufacturerID, let bytes):
      self.time = time
      self.manufacturerID = manufacturerID
      data = bytes.hexadecimal
    case .other(_, let bytes): data = bytes.hexadecimal
    case .event(let event, _): data = event.data.hexadecimal
    }
    guard let (event, time) = logged.standard else { return }
    self.time = time
    data = event.data.hexadecimal
    generatorID = event.generatorID
    sensorType = event.sensorType.text
    sensorNumber = event.sensorNumber
    sensor = logged.sensor?.name
    self.event = event.text
    direction = event.directionText.lowercased()
    guard let trigger = logged.trigger else { return }
    reading = trigger.reading?.ifFinite
    threshold = trigger.threshold?.ifFinite
    unit = trigger.unit
  }
}
