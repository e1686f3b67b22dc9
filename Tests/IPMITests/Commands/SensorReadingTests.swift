import IPMI
import Testing

/// Values that ipmitool 1.8.19 printed for readings of 27 and 200, of sensors whose records were made
/// for it.
@Suite("Readings as numbers") struct SensorReadingTests {
  @Test(
    "go through each function, (3 x + 50) / 100 before",
    arguments: [
      (UInt8(0), "1.31", "6.50"), (1, "0.27", "1.87"), (2, "0.12", "0.81"), (3, "0.39", "2.70"),
      (4, "3.71", "665.14"), (5, "20.42", "3162277.66"), (6, "2.48", "90.51"),
      (7, "0.76", "0.15"), (8, "1.72", "42.25"), (9, "2.25", "274.62"), (10, "1.14", "2.55"),
      (11, "1.09", "1.87"), (12, "1.31", "6.50"),
    ])
  func functions(_ number: UInt8, _ low: String, _ high: String) throws {
    let factors = SensorReadingFactors(m: 3, b: 5, bExponent: 1, resultExponent: -2)
    let function = Linearization(rawValue: number)
    let values = [UInt8(27), 200].map { factors.value($0, .unsigned, function) }
    #expect(hundredths(try #require(values[0])) == low)
    #expect(hundredths(try #require(values[1])) == high)
  }

  @Test(
    "have the sign of their format",
    arguments: [
      (SensorUnits.AnalogFormat.unsigned, ["200.00", "-30.00", "101.69"]),
      (.onesComplement, ["-55.00", "97.50", "-28.62"]),
      (.twosComplement, ["-56.00", "98.00", "-29.13"]),
    ])
  func formats(_ format: SensorUnits.AnalogFormat, _ printed: [String]) throws {
    let factors = [
      SensorReadingFactors(m: 1),
      SensorReadingFactors(m: -5, b: 7, bExponent: 2, resultExponent: -1),
      SensorReadingFactors(m: 511, b: -512, resultExponent: -3),
    ]
    for (factors, text) in zip(factors, printed) {
      let value = try #require(factors.value(200, format, .linear))
      #expect(hundredths(value) == text)
    }
    #expect(factors[0].value(200, .none, .linear) == nil)
  }

  /// As `%.2f` prints it.
  private func hundredths(_ value: Double) -> String {
    let scaled = (value.magnitude * 100).rounded(.toNearestOrEven)
    let whole = Int64(scaled)
    let part = whole % 100
    return "\(value < 0 ? "-" : "")\(whole / 100).\(part < 10 ? "0" : "")\(part)"
  }

  @Test("are found again from their number", arguments: [UInt8(0), 3, 1, 10, 11])
  func inverse(_ number: UInt8) throws {
    let factors = SensorReadingFactors(m: 7, b: 100, bExponent: 0, resultExponent: -1)
    let function = Linearization(rawValue: number)
    for raw in UInt8.min ... .max {
      let value = try #require(factors.value(raw, .unsigned, function))
      #expect(factors.raw(nearestTo: value, .unsigned, function) == raw)
    }
    #expect(factors.raw(nearestTo: .nan, .unsigned, function) == nil)
    #expect(factors.raw(nearestTo: 1e9, .unsigned, .linear) == 255)
  }

  @Test("half way between two, are the upper one")
  func halfWay() {
    #expect(SensorReadingFactors(m: 2).raw(nearestTo: 3, .unsigned, .linear) == 2)
  }

  /// IPMI 2.0, table 43-15; as ipmitool prints them.
  @Test("have units in words")
  func units() {
    #expect(SensorUnits(base: 1).text == "degrees C")
    #expect(SensorUnits(base: 65).text == "color temp deg K")
    #expect(SensorUnits(base: 92).text == "grams" && SensorUnits(base: 93).text == "invalid")
    #expect(SensorUnits(flags: 1, base: 0).text == "percent")
    #expect(SensorUnits(flags: 1, base: 6).text == "% Watts")
    #expect(SensorUnits(flags: 2, base: 6, modifier: 20).text == "Watts/microsecond")
    #expect(SensorUnits(flags: 4, base: 6, modifier: 24).text == "Watts*hour")
    #expect(SensorUnits(flags: 3, base: 6, modifier: 20).text == "% Watts/microsecond")
  }
}
