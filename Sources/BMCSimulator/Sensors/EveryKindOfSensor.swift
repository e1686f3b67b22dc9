extension SimulatedSensor {
  /// A sensor for everything that a reader of sensors must know: functions, signs, units, states, and
  /// readings that there are not.
  public static let everyKind: [SimulatedSensor] =
    functions + formats + units + limits + states + absent

  private static let part = Entity(7, 1)

  /// One for each function. IPMI 2.0, table 43-1, byte 24.
  private static let functions = (0...13).map { index -> SimulatedSensor in
    let function: UInt8 = index == 13 ? 0x70 : UInt8(index)
    return measuring(
      UInt8(index + 1), "Function \(index == 13 ? 112 : index)",
      SensorScale(
        unit: 4, multiplier: 3, exponent: -2, offset: 5, offsetExponent: 1,
        linearization: function, tolerance: 3), 27)
  }

  /// Signs, and factors as large and as small as they can be.
  private static let formats = [
    measuring(
      0x20, "Ones complement", SensorScale(unit: 1, multiplier: 1, exponent: 0, flags: 0x40), 200),
    measuring(
      0x21, "Minus zero", SensorScale(unit: 1, multiplier: 1, exponent: 0, flags: 0x40), 255),
    measuring(
      0x22, "Twos complement", SensorScale(unit: 1, multiplier: 1, exponent: 0, flags: 0x80), 200),
    measuring(0x23, "Lowest", SensorScale(unit: 1, multiplier: 1, exponent: 0, flags: 0x80), 128),
    measuring(
      0x24, "Not a number", SensorScale(unit: 1, multiplier: 1, exponent: 0, flags: 0xc0), 77),
    measuring(
      0x25, "Falling",
      SensorScale(unit: 18, multiplier: -5, exponent: -1, offset: 7, offsetExponent: 2), 200),
    measuring(
      0x26, "Large", SensorScale(unit: 7, multiplier: 511, exponent: 7, offset: 511), 255),
    measuring(0x27, "Small", SensorScale(unit: 5, multiplier: 1, exponent: -8), 1),
    measuring(
      0x28, "Without slope", SensorScale(unit: 4, multiplier: 0, exponent: 0, offset: 12), 9),
    measuring(0x29, "Half", SensorScale(unit: 4, multiplier: 125, exponent: -3, tolerance: 63), 1),
  ]

  /// Units put together. IPMI 2.0, table 43-1, bytes 21 to 23.
  private static let units = [
    measuring(0x30, "Load", SensorScale(unit: 0, multiplier: 1, exponent: 0, flags: 0x01), 42),
    measuring(0x31, "Humidity", SensorScale(unit: 36, multiplier: 1, exponent: 0, flags: 0x01), 55),
    measuring(
      0x32, "Energy",
      SensorScale(unit: 6, multiplier: 10, exponent: 0, flags: 0x04, modifierUnit: 24), 12),
    measuring(
      0x33, "Flow",
      SensorScale(unit: 36, multiplier: 1, exponent: -1, flags: 0x02, modifierUnit: 23), 31),
    measuring(0x34, "Rate", SensorScale(unit: 85, multiplier: 1, exponent: 0, flags: 0x18), 7),
    measuring(0x35, "No such unit", SensorScale(unit: 200, multiplier: 1, exponent: 0), 3),
    measuring(0x36, "Long unit", SensorScale(unit: 65, multiplier: 100, exponent: 0), 65),
  ]

  /// Every limit, reached: the lower ones of the first, the upper ones of the second.
  private static let limits = [
    measuring(
      0x40, "Far too low", .degreesCelsius, 1,
      SensorLimits(
        lowerCritical: 4, lowerNonCritical: 8, upperNonCritical: 100, upperCritical: 110,
        upperNonRecoverable: 120)),
    measuring(
      0x41, "Far too high", .degreesCelsius, 130,
      SensorLimits(
        lowerCritical: 4, lowerNonCritical: 8, upperNonCritical: 100, upperCritical: 110,
        upperNonRecoverable: 120)),
    measuring(
      0x42, "A little high", .degreesCelsius, 101,
      SensorLimits(upperNonCritical: 100, upperCritical: 110)),
    measuring(
      0x43, "Below zero", SensorScale(unit: 1, multiplier: 1, exponent: 0, flags: 0x80), 0xf6,
      SensorLimits(lowerCritical: 0xec, lowerNonCritical: 0xf4, upperNonCritical: 40)),
  ]

  /// States of every meaning. IPMI 2.0, tables 42-2 and 42-3.
  private static let states: [SimulatedSensor] =
    (2...12).map { type in
      telling(0x50 + UInt8(type), "Generic \(type)", 0x0b, UInt8(type), 0x0005)
    } + [
      telling(0x60, "All of them", 0x07, 0x6f, 0x7fff), telling(0x61, "Drive", 0x0d, 0x6f, 0x01a1),
      telling(0x62, "Maker's type", 0xc1, 0x6f, 0x0003),
      telling(0x63, "Maker's states", 0x08, 0x70, 0x0003),
      telling(0x64, "Reserved states", 0x08, 0x20, 0x0001),
      telling(0x65, "States of limits", 0x01, 0x01, 0x0012),
      telling(0x66, "Version", 0x2b, 0x6f, 0x0082), telling(0x67, "ACPI", 0x22, 0x6f, 0x4000),
    ]

  /// Those that read nothing: not scanned, without events, unavailable while the machine is off.
  private static let absent: [SimulatedSensor] = {
    var sensors = [
      measuring(0x70, "Disabled", .degreesCelsius, 20),
      telling(0x71, "Disabled states", 0x07, 0x6f, 0x0080),
      measuring(0x72, "No events", .degreesCelsius, 20, SensorLimits(upperCritical: 10)),
      telling(0x73, "Quiet states", 0x08, 0x6f, 0x0001),
    ]
    for (index, enables) in [UInt8(0x80), 0x80, 0x40, 0x40].enumerated() {
      sensors[index].enables = enables
    }
    return sensors
  }()

  private static func measuring(
    _ number: UInt8, _ name: String, _ scale: SensorScale, _ reading: UInt8,
    _ limits: SensorLimits = SensorLimits(lowerNonCritical: 2, upperCritical: 250)
  ) -> SimulatedSensor {
    SimulatedSensor(
      number: number, name: name, sensorType: 0x01, eventType: 0x01, entity: part,
      kind: .analog(
        AnalogSensor(scale: scale, nominal: reading, spread: 0, whenOff: nil, thresholds: limits)))
  }

  private static func telling(
    _ number: UInt8, _ name: String, _ type: UInt8, _ eventType: UInt8, _ states: UInt16
  ) -> SimulatedSensor {
    SimulatedSensor(
      number: number, name: name, sensorType: type, eventType: eventType, entity: Entity(10, 2),
      kind: .discrete(
        DiscreteSensor(possibleStates: states, whenOn: states, whenOff: states)))
  }

  /// Records of other things: a device on a bus, an inventory with an address of its own, parts of a
  /// part, two manufacturers'. IPMI 2.0, tables 43-4 and 43-7 to 43-12.
  public static let otherRecords: [(type: UInt8, bytes: [UInt8])] = [
    (0x10, [0x20, 0xa0, 0x2b, 0x40, 0x00, 0x10, 0x01, 0x20, 0x01, 0x07] + text("DIMM Place")),
    (0x10, [0x20, 0x90, 0x00, 0x00, 0x00, 0x10, 0x03, 0x03, 0x01, 0x00] + text("Cartridge")),
    (0x11, [0x24, 0xa8, 0x0a, 0x70, 0x00, 0x10, 0x00, 0x0a, 0x03, 0x00] + text("Physical FRU")),
    (0x12, [0x24, 0x07, 0x29, 0x29, 0x00, 0x00, 0x00, 0x06, 0x02, 0x00] + text("Satellite")),
    (0x08, [0x07, 0x01, 0x00, 0x0a, 0x01, 0x0a, 0x02, 0x00, 0x00, 0x00, 0x00]),
    (0xc0, [0x57, 0x01, 0x00, 0x02, 0x10, 0x00, 0x02, 0x42]),
    (0xc0, [0x01, 0x02, 0x03, 0x04, 0x05]),
  ]

  private static func text(_ text: String) -> [UInt8] {
    [0xc0 | UInt8(text.utf8.count)] + Array(text.utf8)
  }
}
