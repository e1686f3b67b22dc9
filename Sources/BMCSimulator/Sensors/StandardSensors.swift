extension SimulatedSensor {
  /// The sensors of a made-up rack server with two processors and two power supplies.
  public static let standard: [SimulatedSensor] = temperatures + voltages + fans + power + states

  /// The number of the sensor that tells the watchdog's events.
  static let watchdogNumber: UInt8 = 0x45
  /// The number of the sensor that tells the machine's power state.
  static let powerStateNumber: UInt8 = 0x47
  /// The number of the sensor that tells the log's own events.
  static let eventLogNumber: UInt8 = 0x46

  private static let temperatures = [
    temperature(0x01, "CPU1 Temp", Entity(3, 1), 48, spread: 4, warm: 85),
    temperature(0x02, "CPU2 Temp", Entity(3, 2), 46, spread: 4, warm: 85),
    temperature(0x03, "Inlet Temp", Entity(0x37, 1), 24, spread: 1, warm: 38, whenOff: 22),
    temperature(0x04, "Exhaust Temp", Entity(7, 1), 36, spread: 2, warm: 65),
    temperature(0x05, "PCH Temp", Entity(7, 2), 44, spread: 2, warm: 80),
    temperature(0x06, "DIMM A1 Temp", Entity(0x20, 1), 35, spread: 2, warm: 80),
  ]

  private static let voltages = [
    voltage(
      0x10, "P12V", .volts(multiplier: 6, exponent: -2), 201,
      SensorLimits(
        lowerCritical: 180, lowerNonCritical: 187, upperNonCritical: 213, upperCritical: 220)),
    voltage(
      0x11, "P5V", .volts(multiplier: 26, exponent: -3), 193,
      SensorLimits(
        lowerCritical: 173, lowerNonCritical: 180, upperNonCritical: 204, upperCritical: 212)),
    voltage(
      0x12, "P3V3", .volts(multiplier: 17, exponent: -3), 194,
      SensorLimits(
        lowerCritical: 175, lowerNonCritical: 180, upperNonCritical: 208, upperCritical: 214)),
    voltage(
      0x13, "VBAT", .volts(multiplier: 16, exponent: -3), 190,
      SensorLimits(lowerCritical: 150, lowerNonCritical: 160), whenOff: 190),
  ]

  private static let fans = (1...6).map { number in
    SimulatedSensor(
      number: 0x20 + UInt8(number), name: "FAN\(number)", sensorType: 0x04, eventType: 0x01,
      entity: Entity(0x1d, UInt8(number)),
      kind: .analog(
        AnalogSensor(
          scale: .revolutionsPerMinute, nominal: 52, spread: 3, whenOff: nil,
          thresholds: SensorLimits(lowerCritical: 5, lowerNonCritical: 10))))
  }

  private static let power = [
    SimulatedSensor(
      number: 0x30, name: "System Power", sensorType: 0x0b, eventType: 0x01, entity: Entity(7, 3),
      kind: .analog(
        AnalogSensor(
          scale: .watts, nominal: 92, spread: 12, whenOff: 4,
          thresholds: SensorLimits(upperNonCritical: 225, upperCritical: 240))))
  ]

  private static let states = [
    state(0x40, "CPU1 Status", 0x07, Entity(3, 1), possible: 0x07ff, on: 0x0080, off: 0x0080),
    state(0x41, "CPU2 Status", 0x07, Entity(3, 2), possible: 0x07ff, on: 0x0080, off: 0x0080),
    state(0x42, "PS1 Status", 0x08, Entity(10, 1), possible: 0x000f, on: 0x0001, off: 0x0001),
    state(0x43, "PS2 Status", 0x08, Entity(10, 2), possible: 0x000f, on: 0x0001, off: 0x0001),
    state(
      0x44, "PS Redundancy", 0x08, Entity(10, 3), possible: 0x003f, on: 0x0001, off: 0x0001,
      eventType: 0x0b),
    state(
      watchdogNumber, "Watchdog2", 0x23, Entity(6, 1), possible: 0x010f, on: 0x0000, off: 0x0000),
    state(
      eventLogNumber, "SEL", 0x10, Entity(6, 1), possible: 0x003f, on: 0x0000, off: 0x0000),
    state(
      powerStateNumber, "ACPI State", 0x22, Entity(7, 1), possible: 0x0061, on: 0x0001, off: 0x0020),
    state(0x48, "Intrusion", 0x05, Entity(0x17, 1), possible: 0x0001, on: 0x0000, off: 0x0000),
    state(0x49, "Drive 0", 0x0d, Entity(4, 1), possible: 0x01ff, on: 0x0001, off: 0x0001),
    state(0x4a, "Drive 1", 0x0d, Entity(4, 2), possible: 0x01ff, on: 0x0001, off: 0x0001),
    state(0x4b, "DIMM A1", 0x0c, Entity(0x20, 1), possible: 0x00ff, on: 0x0040, off: 0x0040),
    SimulatedSensor(
      number: 0x4c, name: "Boot Event", sensorType: 0x1f, eventType: 0x6f, entity: Entity(7, 1),
      kind: .eventOnly),
  ]

  private static func temperature(
    _ number: UInt8, _ name: String, _ entity: Entity, _ nominal: UInt8, spread: UInt8,
    warm: UInt8, whenOff: UInt8? = nil
  ) -> SimulatedSensor {
    SimulatedSensor(
      number: number, name: name, sensorType: 0x01, eventType: 0x01, entity: entity,
      kind: .analog(
        AnalogSensor(
          scale: .degreesCelsius, nominal: nominal, spread: spread, whenOff: whenOff,
          thresholds: SensorLimits(
            lowerCritical: 3, lowerNonCritical: 5, upperNonCritical: warm, upperCritical: warm + 5,
            upperNonRecoverable: warm + 10))))
  }

  private static func voltage(
    _ number: UInt8, _ name: String, _ scale: SensorScale, _ nominal: UInt8,
    _ thresholds: SensorLimits, whenOff: UInt8? = nil
  ) -> SimulatedSensor {
    SimulatedSensor(
      number: number, name: name, sensorType: 0x02, eventType: 0x01, entity: Entity(7, 1),
      kind: .analog(
        AnalogSensor(
          scale: scale, nominal: nominal, spread: 1, whenOff: whenOff, thresholds: thresholds)))
  }

  private static func state(
    _ number: UInt8, _ name: String, _ type: UInt8, _ entity: Entity, possible: UInt16,
    on: UInt16, off: UInt16, eventType: UInt8 = 0x6f
  ) -> SimulatedSensor {
    SimulatedSensor(
      number: number, name: name, sensorType: type, eventType: eventType, entity: entity,
      kind: .discrete(DiscreteSensor(possibleStates: possible, whenOn: on, whenOff: off)))
  }
}
