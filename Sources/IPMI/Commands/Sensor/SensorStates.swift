/// Which thresholds there are: a bit each. IPMI 2.0, section 35.8.
public struct ThresholdSet: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: UInt8
  /// The thresholds of these bits.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Below it the sensor wants attention.
  public static let lowerNonCritical = ThresholdSet(rawValue: 1 << 0)
  /// Below it the sensor is out of its range.
  public static let lowerCritical = ThresholdSet(rawValue: 1 << 1)
  /// Below it damage is possible.
  public static let lowerNonRecoverable = ThresholdSet(rawValue: 1 << 2)
  /// Above it the sensor wants attention.
  public static let upperNonCritical = ThresholdSet(rawValue: 1 << 3)
  /// Above it the sensor is out of its range.
  public static let upperCritical = ThresholdSet(rawValue: 1 << 4)
  /// Above it damage is possible.
  public static let upperNonRecoverable = ThresholdSet(rawValue: 1 << 5)

  /// The state of a sensor that is at or beyond these thresholds, as ipmitool prints it: `ok`, `nc`,
  /// `cr` or `nr`.
  public var statusText: String {
    if !isDisjoint(with: [.lowerNonRecoverable, .upperNonRecoverable]) { return "nr" }
    if !isDisjoint(with: [.lowerCritical, .upperCritical]) { return "cr" }
    if !isDisjoint(with: [.lowerNonCritical, .upperNonCritical]) { return "nc" }
    return "ok"
  }
}

/// Thresholds as raw readings, in the order of the wire; those that are not among `set` mean nothing.
public struct SensorThresholds: Hashable, Sendable {
  /// Which thresholds count: when reading, those that can be read; when setting, those that are set.
  public var set: ThresholdSet
  /// Lower non-critical.
  public var lowerNonCritical: UInt8
  /// Lower critical.
  public var lowerCritical: UInt8
  /// Lower non-recoverable.
  public var lowerNonRecoverable: UInt8
  /// Upper non-critical.
  public var upperNonCritical: UInt8
  /// Upper critical.
  public var upperCritical: UInt8
  /// Upper non-recoverable.
  public var upperNonRecoverable: UInt8

  /// No thresholds: set each with its member of `set`.
  public init() {
    set = []
    lowerNonCritical = 0
    lowerCritical = 0
    lowerNonRecoverable = 0
    upperNonCritical = 0
    upperCritical = 0
    upperNonRecoverable = 0
  }

  init(reading reader: inout MessageReader) throws(IPMIError) {
    set = try reader.flags()
    lowerNonCritical = try reader.u8()
    lowerCritical = try reader.u8()
    lowerNonRecoverable = try reader.u8()
    upperNonCritical = try reader.u8()
    upperCritical = try reader.u8()
    upperNonRecoverable = try reader.u8()
  }

  var bytes: [UInt8] {
    [
      set.rawValue, lowerNonCritical, lowerCritical, lowerNonRecoverable, upperNonCritical,
      upperCritical, upperNonRecoverable,
    ]
  }

  /// The one threshold, raw; nil when it is not among `set`.
  public subscript(threshold: ThresholdSet) -> UInt8? {
    guard set.isSuperset(of: threshold) else { return nil }
    switch threshold {
    case .lowerNonCritical: return lowerNonCritical
    case .lowerCritical: return lowerCritical
    case .lowerNonRecoverable: return lowerNonRecoverable
    case .upperNonCritical: return upperNonCritical
    case .upperCritical: return upperCritical
    case .upperNonRecoverable: return upperNonRecoverable
    default: return nil
    }
  }
}
