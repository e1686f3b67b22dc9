internal import IPMI

extension CommandTable {
  /// Sensors. IPMI 2.0, section 35.
  static let sensorCommands = [
    on(GetSensorReading.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(GetSensorReadingFactors.self) { bmc, request, _ throws(CompletionCode) in
      try bmc.factors(for: request)
    },
    on(GetSensorHysteresis.self) { bmc, request, _ throws(CompletionCode) in
      let settings = try bmc.analogSettings(of: request.sensor)
      return GetSensorHysteresis.Response(
        positive: settings.hysteresis.positive, negative: settings.hysteresis.negative)
    },
    on(SetSensorHysteresis.self) { bmc, request, _ throws(CompletionCode) in
      _ = try bmc.analogSettings(of: request.sensor)
      try bmc.sensors.change(request.sensor) { _, settings throws(CompletionCode) in
        settings.hysteresis = (request.positive, request.negative)
      }
      return EmptyResponse()
    },
    on(GetSensorThresholds.self) { bmc, request, _ throws(CompletionCode) in
      GetSensorThresholds.Response(
        SensorThresholds(try bmc.analogSettings(of: request.sensor).thresholds))
    },
    on(SetSensorThresholds.self) { bmc, request, context throws(CompletionCode) in
      try bmc.set(request.thresholds, of: request.sensor)
      bmc.noteThresholds(of: request.sensor, at: context.now)
      return EmptyResponse()
    },
    on(GetSensorEventEnable.self) { bmc, request, _ throws(CompletionCode) in
      let settings = try bmc.sensors.sensor(request.sensor).settings
      return GetSensorEventEnable.Response(
        SensorEventEnables(
          flags: settings.enables, assertions: settings.assertions,
          deassertions: settings.deassertions))
    },
    on(SetSensorEventEnable.self) { bmc, request, _ throws(CompletionCode) in
      try bmc.sensors.change(request.sensor) { _, settings throws(CompletionCode) in
        settings.apply(request.enables)
      }
      return EmptyResponse()
    },
    on(PlatformEventMessage.self) { bmc, request, context throws(CompletionCode) in
      // From a remote console's software: generator 41h, logical unit 0. IPMI 2.0, table 29-5.
      let record: [UInt8] = [0, 0, 0x02, 0, 0, 0, 0, request.generatorID ?? 0x41, 0x00]
      try bmc.eventLog.append(record + request.event, time: bmc.clock(at: context.now))
      return EmptyResponse()
    },
    on(GetSensorEventStatus.self) { bmc, request, context throws(CompletionCode) in
      GetSensorEventStatus.Response(try bmc.events(of: request.sensor, at: context.now))
    },
    on(GetSensorType.self) { bmc, request, _ throws(CompletionCode) in
      let sensor = try bmc.sensors.sensor(request.sensor).sensor
      return GetSensorType.Response(
        sensorType: SensorType(rawValue: sensor.sensorType),
        readingType: EventReadingType(rawValue: sensor.eventType))
    },
  ]
}

extension SimulatedBMC {
  mutating func answer(
    _ request: GetSensorReading, _ context: CommandContext
  ) throws(CompletionCode) -> GetSensorReading.Response {
    noteThresholds(of: request.sensor, at: context.now)
    let reading = try sensors.reading(
      of: request.sensor, isHostOn: power.isOn, at: context.now)
    var flags: GetSensorReading.Flags = []
    if reading.makesEvents { flags.insert(.eventMessages) }
    if reading.isScanned { flags.insert(.scanning) }
    if reading.isUnavailable { flags.insert(.unavailable) }
    let states = reading.states ?? 0
    let isAnalog = try sensors.sensor(request.sensor).sensor.isAnalog
    // The top bits of both bytes are reserved and read as ones, but for 7 of the first 8 states.
    return GetSensorReading.Response(
      raw: reading.raw, flags: flags,
      states: UInt8(truncatingIfNeeded: states) | (isAnalog ? 0xc0 : 0),
      furtherStates: isAnalog ? nil : UInt8(truncatingIfNeeded: states >> 8) | 0x80)
  }

  func factors(
    for request: GetSensorReadingFactors
  ) throws(CompletionCode) -> GetSensorReadingFactors.Response {
    guard case .analog(let analog) = try sensors.sensor(request.sensor).sensor.kind else {
      throw .illegalCommand
    }
    let scale = analog.scale
    return GetSensorReadingFactors.Response(
      nextRaw: request.raw == .max ? .max : request.raw + 1,
      factors: SensorReadingFactors(
        m: scale.multiplier, b: scale.offset, bExponent: scale.offsetExponent,
        resultExponent: scale.exponent))
  }

  /// The settings of a sensor that measures; throws `CompletionCode` CDh for others.
  func analogSettings(of number: UInt8) throws(CompletionCode) -> SensorBank.Settings {
    let (sensor, settings) = try sensors.sensor(number)
    guard sensor.isAnalog else { throw .illegalCommand }
    return settings
  }

  mutating func set(_ thresholds: SensorThresholds, of number: UInt8) throws(CompletionCode) {
    let present = try analogSettings(of: number).thresholds
    // Only limits that the sensor has can be set.
    guard thresholds.set.rawValue & ~present.mask == 0 else { throw .invalidDataField }
    try sensors.change(number) { _, settings throws(CompletionCode) in
      for index in settings.thresholds.limits.indices {
        guard let value = thresholds[ThresholdSet(rawValue: 1 << index)] else { continue }
        settings.thresholds.limits[index] = value
      }
    }
  }
}

extension SimulatedSensor {
  /// Whether the sensor measures.
  var isAnalog: Bool {
    if case .analog = kind { true } else { false }
  }
}

extension SensorThresholds {
  /// The limits as commands carry them.
  fileprivate init(_ limits: SensorLimits) {
    self.init()
    set = ThresholdSet(rawValue: limits.mask)
    lowerNonCritical = limits.limits[0] ?? 0
    lowerCritical = limits.limits[1] ?? 0
    lowerNonRecoverable = limits.limits[2] ?? 0
    upperNonCritical = limits.limits[3] ?? 0
    upperCritical = limits.limits[4] ?? 0
    upperNonRecoverable = limits.limits[5] ?? 0
  }
}

extension SensorBank.Settings {
  /// Bits 5 and 4 say what becomes of the events that are named: 00 nothing, 01 enabled, 10 disabled.
  /// IPMI 2.0, table 35-10.
  fileprivate mutating func apply(_ request: SensorEventEnables) {
    enables = request.flags & 0xc0
    switch request.flags >> 4 & 0x03 {
    case 1:
      assertions |= request.assertions
      deassertions |= request.deassertions
    case 2:
      assertions &= ~request.assertions
      deassertions &= ~request.deassertions
    default: break
    }
  }
}
