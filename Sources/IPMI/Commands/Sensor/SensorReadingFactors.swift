/// What turns a raw reading into a number of units: 6 bytes. IPMI 2.0, section 36.3 and table 43-1,
/// bytes 25 to 30.
///
///     byte 0   bits 7:0 of M
///     byte 1   bits 9:8 of M in bits 7:6 | tolerance in bits 5:0
///     byte 2   bits 7:0 of B
///     byte 3   bits 9:8 of B in bits 7:6 | bits 5:0 of the accuracy
///     byte 4   bits 9:6 of the accuracy in bits 7:4 | its exponent in bits 3:2 | direction in 1:0
///     byte 5   exponent of the result in bits 7:4 | exponent of B in bits 3:0
public struct SensorReadingFactors: Hashable, Sendable {
  /// What the raw reading is multiplied by: 10 bits, signed.
  public var m: Int16
  /// What is added: 10 bits, signed.
  public var b: Int16
  /// The power of 10 that `b` is multiplied by: 4 bits, signed.
  public var bExponent: Int8
  /// The power of 10 that the result is multiplied by: 4 bits, signed.
  public var resultExponent: Int8
  /// By how many halves of a raw count the reading may be off: 6 bits.
  public var tolerance: UInt8
  /// By how many hundredths of a percent the reading may be off, before its exponent: 10 bits.
  public var accuracy: UInt16
  /// The power of 10 that `accuracy` is multiplied by: 2 bits.
  public var accuracyExponent: UInt8
  /// Whether the sensor measures what goes in (1) or comes out (2); 0 is unspecified. 2 bits.
  public var direction: UInt8

  /// The factors of M times the raw reading, plus B times a power of 10, all times a power of 10.
  public init(m: Int16, b: Int16 = 0, bExponent: Int8 = 0, resultExponent: Int8 = 0) {
    self.m = m
    self.b = b
    self.bExponent = bExponent
    self.resultExponent = resultExponent
    tolerance = 0
    accuracy = 0
    accuracyExponent = 0
    direction = 0
  }

  init(reading reader: inout MessageReader) throws(IPMIError) {
    let bytes = try reader.bytes(6)
    m = SensorReadingFactors.signed(UInt16(bytes[0]) | UInt16(bytes[1] >> 6) << 8, bits: 10)
    tolerance = bytes[1] & 0x3f
    b = SensorReadingFactors.signed(UInt16(bytes[2]) | UInt16(bytes[3] >> 6) << 8, bits: 10)
    accuracy = UInt16(bytes[3] & 0x3f) | UInt16(bytes[4] >> 4) << 6
    accuracyExponent = bytes[4] >> 2 & 0x03
    direction = bytes[4] & 0x03
    let result = SensorReadingFactors.signed(UInt16(bytes[5] >> 4), bits: 4)
    resultExponent = Int8(truncatingIfNeeded: result)
    let exponent = SensorReadingFactors.signed(UInt16(bytes[5] & 0x0f), bits: 4)
    bExponent = Int8(truncatingIfNeeded: exponent)
  }

  var bytes: [UInt8] {
    let m = UInt16(bitPattern: m)
    let b = UInt16(bitPattern: b)
    return [
      UInt8(truncatingIfNeeded: m),
      UInt8(truncatingIfNeeded: m >> 8 & 0x03) << 6 | tolerance & 0x3f,
      UInt8(truncatingIfNeeded: b),
      UInt8(truncatingIfNeeded: b >> 8 & 0x03) << 6 | UInt8(truncatingIfNeeded: accuracy & 0x3f),
      UInt8(truncatingIfNeeded: accuracy >> 6 & 0x0f) << 4 | (accuracyExponent & 0x03) << 2
        | direction & 0x03,
      UInt8(bitPattern: resultExponent) << 4 | UInt8(bitPattern: bExponent) & 0x0f,
    ]
  }

  private static func signed(_ field: UInt16, bits: UInt16) -> Int16 {
    let sign = UInt16(1) << (bits - 1)
    return Int16(truncatingIfNeeded: Int(field) - (field & sign == 0 ? 0 : Int(sign) * 2))
  }

  /// The number of units that a raw reading stands for.
  ///
  /// - Parameters:
  ///   - raw: the reading.
  ///   - format: how it is a number.
  ///   - linearization: what is done to the result.
  /// - Returns: nil when the sensor has no analog reading.
  public func value(
    _ raw: UInt8, _ format: SensorUnits.AnalogFormat, _ linearization: Linearization
  ) -> Double? {
    let number: Int
    switch format {
    case .unsigned: number = Int(raw)
    case .onesComplement: number = Int(raw) - (raw & 0x80 == 0 ? 0 : 0xff)
    case .twosComplement: number = Int(Int8(bitPattern: raw))
    case .none: return nil
    }
    let sum = Double(m) * Double(number) + Double(b) * Transcendental.powerOf10(bExponent)
    return linearization.apply(sum * Transcendental.powerOf10(resultExponent))
  }

  /// The raw reading whose number of units is nearest to `value`: what a threshold is set to.
  ///
  /// - Returns: nil when the sensor has no analog reading, or `value` is no number.
  public func raw(
    nearestTo value: Double, _ format: SensorUnits.AnalogFormat, _ linearization: Linearization
  ) -> UInt8? {
    var nearest: (raw: UInt8, distance: Double)?
    for raw in UInt8.min ... .max {
      guard let candidate = self.value(raw, format, linearization) else { return nil }
      let distance = (candidate - value).magnitude
      // Half way between two goes up.
      guard distance.isFinite, distance <= nearest?.distance ?? .infinity else { continue }
      nearest = (raw, distance)
    }
    return nearest?.raw
  }

  /// The distance that a number of raw counts makes: of a hysteresis or a tolerance.
  public func span(_ counts: Double) -> Double {
    (Double(m) * counts * Transcendental.powerOf10(resultExponent)).magnitude
  }
}
