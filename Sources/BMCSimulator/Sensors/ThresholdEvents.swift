internal import IPMI
internal import MonotonicTime

extension SimulatedBMC {
  /// Looks at a sensor, and logs the limits that its reading has reached or left since the last look.
  /// IPMI 2.0, tables 29-6 and 42-2.
  mutating func noteThresholds(of number: UInt8, at now: Instant) {
    do throws(CompletionCode) {
      let (sensor, settings) = try sensors.sensor(number)
      guard case .analog(let analog) = sensor.kind else { return }
      let reading = try sensors.reading(of: number, isHostOn: power.isOn, at: now)
      // Without a reading no limit is reached, and nothing is said of it.
      let reached = reading.isUnavailable ? 0 : settings.reached(by: reading.raw, analog.scale)
      try sensors.change(number) { _, settings in settings.reached = reached }
      guard reading.makesEvents, reading.isScanned, !reading.isUnavailable else { return }
      for event in sensor.events(from: settings, to: reached, raw: reading.raw) {
        log(event, at: now)
      }
    } catch {
      // A sensor that there is not, or that cannot be asked, has nothing to say.
    }
  }

  /// The events that a sensor is in. IPMI 2.0, table 35-13.
  func events(of number: UInt8, at now: Instant) throws(CompletionCode) -> SensorEventEnables {
    let (sensor, settings) = try sensors.sensor(number)
    let reading = try sensors.reading(of: number, isHostOn: power.isOn, at: now)
    let states = reading.states ?? 0
    return SensorEventEnables(
      flags: (settings.enables & 0xc0) | (reading.isUnavailable ? 0x20 : 0),
      assertions: sensor.isAnalog
        ? SensorLimits.passages(UInt8(truncatingIfNeeded: states)) : states,
      deassertions: 0)
  }
}

extension SensorBank.Settings {
  /// The limits that a reading has reached, or has not yet left by more than the hysteresis.
  fileprivate func reached(by raw: UInt8, _ scale: SensorScale) -> UInt8 {
    let held = thresholds.limits.indices.reduce(into: UInt8(0)) { mask, index in
      guard let limit = thresholds.limits[index], reached >> UInt8(index) & 1 == 1 else { return }
      let isHeld =
        index < 3
        ? scale.number(raw) <= scale.number(limit) + Int(hysteresis.negative)
        : scale.number(raw) >= scale.number(limit) - Int(hysteresis.positive)
      if isHeld { mask |= 1 << UInt8(index) }
    }
    return thresholds.reached(by: raw, scale) | held
  }
}

extension SimulatedSensor {
  /// The events of limits that were reached or left, the least first when it gets worse.
  fileprivate func events(
    from settings: SensorBank.Settings, to reached: UInt8, raw: UInt8
  ) -> [SensorEvent] {
    settings.thresholds.limits.indices.compactMap { index in
      let bit = UInt8(1) << UInt8(index)
      guard (settings.reached ^ reached) & bit != 0, let limit = settings.thresholds.limits[index]
      else { return nil }
      let isDeassertion = reached & bit == 0
      let passage = SensorLimits.passages(bit)
      let enabled = isDeassertion ? settings.deassertions : settings.assertions
      guard enabled & passage != 0 else { return nil }
      // The reading stands in the second byte, the limit in the third.
      return SensorEvent(
        sensorType: sensorType, sensorNumber: number, eventType: eventType,
        offset: 0x50 | UInt8(truncatingIfNeeded: passage.trailingZeroBitCount),
        isDeassertion: isDeassertion, data2: raw, data3: limit)
    }
  }
}

extension SensorLimits {
  /// The events of limits: going low at a lower one, going high at an upper one.
  static func passages(_ limits: UInt8) -> UInt16 {
    (0..<6).reduce(0) { mask, index in
      limits >> UInt8(index) & 1 == 1 ? mask | 1 << UInt16(2 * index + (index < 3 ? 0 : 1)) : mask
    }
  }
}
