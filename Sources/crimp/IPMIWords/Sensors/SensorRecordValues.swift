import IPMI

/// What a full record says of readings, as ipmitool writes it.
struct SensorRecordValues {
  private let full: FullSensorRecord
  private let sensor: ReadableSensor
  private let factors: SensorReadingFactors?

  init(_ full: FullSensorRecord, _ sensor: ReadableSensor, _ factors: SensorReadingFactors?) {
    self.full = full
    self.sensor = sensor
    self.factors = factors
  }

  /// The nominal reading, raw; nil when the record has none.
  var nominal: UInt8? { full.analogFlags & 1 != 0 ? full.nominal : nil }
  /// The highest reading in normal work, raw; nil when the record has none.
  var normalMaximum: UInt8? { full.analogFlags & 2 != 0 ? full.normalMaximum : nil }
  /// The lowest reading in normal work, raw; nil when the record has none.
  var normalMinimum: UInt8? { full.analogFlags & 4 != 0 ? full.normalMinimum : nil }

  /// What a threshold is set to when the controller starts, raw.
  func threshold(_ threshold: Threshold) -> UInt8 {
    let order = [Threshold].descending
    guard let index = order.firstIndex(of: threshold), full.thresholds.indices.contains(index)
    else { return 0 }
    return full.thresholds[index]
  }

  /// A raw reading as a number with 3 digits behind the point; in hexadecimal when it is none.
  func plain(_ raw: UInt8) -> String {
    sensor.value(raw, factors).map { $0.fixed(3) } ?? "0x\(raw.hexadecimal(uppercase: true))"
  }

  /// A hysteresis, raw, as ipmitool writes it.
  static func hysteresis(
    _ raw: UInt8, _ sensor: ReadableSensor, _ factors: SensorReadingFactors?
  ) -> String {
    guard raw != 0x00, raw != 0xff else { return "Unspecified" }
    guard sensor.isAnalog else { return "0x\(raw.hexadecimal(uppercase: true))" }
    let distance = sensor.span(Double(sensor.signed(raw)), factors) ?? 0
    return distance == 0 ? "Unspecified" : distance.fixed(3)
  }

  /// The lowest and the highest reading there can be.
  var range: (minimum: String, maximum: String) {
    let (lowest, highest): (UInt8, UInt8) =
      switch sensor.description.units.analogFormat {
      case .unsigned: (0x00, 0xff)
      case .onesComplement: (0xff, 0x00)
      case .twosComplement: (0x80, 0x7f)
      case .none: (0x00, 0xff)
      }
    func bound(_ raw: UInt8, _ open: UInt8) -> String {
      let isOpen = sensor.isAnalog && raw == open
      return isOpen || sensor.value(raw, factors) == 0 ? "Unspecified" : plain(raw)
    }
    return (bound(full.minimum, lowest), bound(full.maximum, highest))
  }
}

extension ReadableSensor {
  /// A raw distance as a number of counts, by the format of the readings.
  func signed(_ raw: UInt8) -> Int {
    switch description.units.analogFormat {
    case .unsigned, .none: Int(raw)
    case .onesComplement: Int(raw) - (raw & 0x80 == 0 ? 0 : 0xff)
    case .twosComplement: Int(Int8(bitPattern: raw))
    }
  }
}
