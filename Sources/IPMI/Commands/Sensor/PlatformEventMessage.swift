/// Tells the controller of an event, to be logged and acted upon. IPMI 2.0, section 29.3.
public struct PlatformEventMessage: IPMIRequest {
  /// Sensor and event 02h.
  public static let identity = CommandIdentity(.sensorEvent, 0x02, "Platform Event", .operator)

  /// Which software tells it: on the system interface only, where nothing else says who does.
  public var generatorID: UInt8?
  /// Revision, sensor type, sensor number, event type with its direction, and 3 bytes of data: 7.
  public var event: [UInt8]

  /// The request of this event; its own generator is left out.
  public init(_ event: SystemEvent, generatorID: UInt8? = nil) {
    self.generatorID = generatorID
    self.event = Array(event.bytes.dropFirst(2))
  }

  /// Reads the request's 7 bytes, or 8 with a generator.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    generatorID = reader.remaining > 7 ? try reader.u8() : nil
    event = try reader.bytes(7)
  }

  /// Appends the request's 7 or 8 bytes.
  public func append(to data: inout [UInt8]) {
    if let generatorID { data.append(generatorID) }
    data += event.fitted(to: 7)
  }

  /// The event as the log holds it, from this generator.
  public func systemEvent(generatorID: UInt16) -> SystemEvent {
    let event = event.fitted(to: 7)
    return SystemEvent(
      generatorID: generatorID, revision: event[0], sensorType: SensorType(rawValue: event[1]),
      sensorNumber: event[2], readingType: EventReadingType(rawValue: event[3]),
      isDeassertion: event[3] & 0x80 != 0, data: Array(event[4...]))
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
