/// Writes the sensor data records of a simulated machine, as a repository holds them. IPMI 2.0,
/// section 43.
enum SensorRecordWriter {
  /// The controller's address on the IPMB, which owns every sensor.
  private static let owner: UInt8 = 0x20

  /// The records of a whole machine: its controller, its inventories, its sensors.
  static func records(
    controllerName: String, fruDevices: [(identifier: UInt8, name: String)],
    sensors: [SimulatedSensor], others: [(type: UInt8, bytes: [UInt8])] = []
  ) -> [[UInt8]] {
    var bodies = [controllerLocator(controllerName)]
    bodies += fruDevices.map { fruLocator($0.identifier, $0.name) }
    bodies += sensors.map(record) + others.map { Body(type: $0.type, bytes: $0.bytes) }
    return bodies.enumerated().map { index, body in
      let identifier = UInt16(truncatingIfNeeded: index + 1)
      let header = [
        UInt8(truncatingIfNeeded: identifier), UInt8(truncatingIfNeeded: identifier >> 8), 0x51,
        body.type, UInt8(truncatingIfNeeded: body.bytes.count),
      ]
      return header + body.bytes
    }
  }

  private struct Body {
    var type: UInt8
    var bytes: [UInt8]
  }

  private static func record(of sensor: SimulatedSensor) -> Body {
    switch sensor.kind {
    case .analog(let analog): full(sensor, analog)
    case .discrete(let discrete): compact(sensor, discrete)
    case .eventOnly: eventOnly(sensor)
    }
  }

  /// Type 01h. IPMI 2.0, table 43-1.
  private static func full(_ sensor: SimulatedSensor, _ analog: AnalogSensor) -> Body {
    let scale = analog.scale
    let thresholds = analog.thresholds
    let (lower, upper) = (UInt16(thresholds.mask & 0x07), UInt16(thresholds.mask >> 3))
    var bytes =
      key(sensor) + [
        // All is set up at start; re-arms itself, hysteresis and thresholds readable and settable.
        0x7f, 0x68, sensor.sensorType, sensor.eventType,
      ]
    bytes += littleEndian(thresholds.eventMask | lower << 12)
    bytes += littleEndian(thresholds.eventMask | upper << 12)
    bytes += [thresholds.mask, thresholds.mask]
    bytes += [scale.flags, scale.unit, scale.modifierUnit, scale.linearization]
    let multiplier = tenBits(scale.multiplier)
    bytes += [multiplier[0], multiplier[1] | scale.tolerance & 0x3f] + tenBits(scale.offset)
    // Direction: input.
    bytes += [0x01, nibbles(scale.exponent, scale.offsetExponent)]
    // Nominal, normal maximum and minimum are given.
    let (low, high) = (
      UInt8(clamping: Int(analog.nominal) - Int(analog.spread)),
      UInt8(clamping: Int(analog.nominal) + Int(analog.spread))
    )
    bytes += [0x07, analog.nominal, high, low, 0xff, 0x00]
    let limits = thresholds.limits.map { $0 ?? 0 }
    bytes += [limits[5], limits[4], limits[3], limits[2], limits[1], limits[0]]
    bytes += [0x02, 0x02, 0x00, 0x00, 0x00]
    return Body(type: 0x01, bytes: bytes + text(sensor.name))
  }

  /// Type 02h. IPMI 2.0, table 43-2.
  private static func compact(_ sensor: SimulatedSensor, _ discrete: DiscreteSensor) -> Body {
    var bytes =
      key(sensor) + [
        // Scanning and events on at start; re-arms itself, no thresholds, events state by state.
        0x67, 0x40, sensor.sensorType, sensor.eventType,
      ]
    bytes += littleEndian(discrete.possibleStates) + littleEndian(0)
    bytes += littleEndian(discrete.possibleStates)
    // No numeric reading; one sensor a record.
    bytes += [0xc0, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00]
    return Body(type: 0x02, bytes: bytes + text(sensor.name))
  }

  /// Type 03h. IPMI 2.0, table 43-3.
  private static func eventOnly(_ sensor: SimulatedSensor) -> Body {
    let bytes = key(sensor) + [sensor.sensorType, sensor.eventType, 0x01, 0x00, 0x00, 0x00]
    return Body(type: 0x03, bytes: bytes + text(sensor.name))
  }

  /// Type 11h. IPMI 2.0, table 43-7.
  private static func fruLocator(_ identifier: UInt8, _ name: String) -> Body {
    // A logical device behind the controller, of the kind "FRU inventory", on a power supply.
    let bytes: [UInt8] = [owner, identifier, 0x80, 0x00, 0x00, 0x10, 0x00, 10, identifier, 0x00]
    return Body(type: 0x11, bytes: bytes + text(name))
  }

  /// Type 12h. IPMI 2.0, table 43-8.
  private static func controllerLocator(_ name: String) -> Body {
    // Chassis device, FRU inventory, SEL, SDR repository, sensors.
    let bytes: [UInt8] = [owner, 0x00, 0x00, 0x8f, 0x00, 0x00, 0x00, 6, 1, 0x00]
    return Body(type: 0x12, bytes: bytes + text(name))
  }

  private static func key(_ sensor: SimulatedSensor) -> [UInt8] {
    [owner, 0x00, sensor.number, sensor.entity.identifier, sensor.entity.instance]
  }

  /// A text in Latin 1, behind its type and length.
  private static func text(_ text: String) -> [UInt8] {
    let bytes = text.utf8.prefix(16)
    return [0xc0 | UInt8(bytes.count)] + bytes
  }

  private static func littleEndian(_ value: UInt16) -> [UInt8] {
    [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
  }

  /// The low 8 bits, and the upper 2 in the top of the next byte.
  private static func tenBits(_ value: Int16) -> [UInt8] {
    [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: (value >> 8) << 6)]
  }

  private static func nibbles(_ high: Int8, _ low: Int8) -> UInt8 {
    UInt8(truncatingIfNeeded: high) << 4 | UInt8(truncatingIfNeeded: low) & 0x0f
  }
}
