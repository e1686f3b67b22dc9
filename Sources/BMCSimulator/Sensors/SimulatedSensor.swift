/// A sensor of the simulated machine: what it is, and what it says.
public struct SimulatedSensor: Hashable, Sendable {
  /// What a sensor belongs to. IPMI 2.0, table 43-13.
  public struct Entity: Hashable, Sendable {
    /// The kind of part, such as 3 for a processor.
    public var identifier: UInt8
    /// Which of its kind.
    public var instance: UInt8

    /// A part of the machine.
    public init(_ identifier: UInt8, _ instance: UInt8) {
      self.identifier = identifier
      self.instance = instance
    }
  }

  /// What a sensor says.
  public enum Kind: Hashable, Sendable {
    /// A value, with thresholds.
    case analog(AnalogSensor)
    /// States.
    case discrete(DiscreteSensor)
    /// Nothing that can be asked for: it only makes events.
    case eventOnly
  }

  /// The sensor's number, unique in the controller.
  public var number: UInt8
  /// Its name: up to 16 bytes.
  public var name: String
  /// What is sensed. IPMI 2.0, table 42-3.
  public var sensorType: UInt8
  /// The event or reading type: 1 for thresholds, 6Fh for states of the sensor type's own. IPMI 2.0,
  /// table 42-1.
  public var eventType: UInt8
  /// What it belongs to.
  public var entity: Entity
  /// What it says.
  public var kind: Kind
}

/// How a raw reading becomes a value: (M × raw + B × 10^Bexp) × 10^Rexp. IPMI 2.0, section 36.3.
public struct SensorScale: Hashable, Sendable {
  /// The unit, by its number in IPMI 2.0, table 43-15.
  public var unit: UInt8
  /// M: 10 bits, signed.
  public var multiplier: Int16
  /// R's exponent: 4 bits, signed.
  public var exponent: Int8
  /// B: 10 bits, signed.
  public var offset: Int16 = 0
  /// B's exponent: 4 bits, signed.
  public var offsetExponent: Int8 = 0

  static let degreesCelsius = SensorScale(unit: 1, multiplier: 1, exponent: 0)
  static let revolutionsPerMinute = SensorScale(unit: 18, multiplier: 100, exponent: 0)
  static let watts = SensorScale(unit: 6, multiplier: 2, exponent: 0)

  static func volts(multiplier: Int16, exponent: Int8) -> SensorScale {
    SensorScale(unit: 4, multiplier: multiplier, exponent: exponent)
  }
}

/// The limits of an analog sensor as raw readings; nil for those it has not.
public struct SensorLimits: Hashable, Sendable {
  /// The six limits in the order of every IPMI mask: lower non-critical, lower critical, lower
  /// non-recoverable, upper non-critical, upper critical, upper non-recoverable.
  public var limits: [UInt8?]

  /// Limits; nil for those that there are not.
  public init(
    lowerCritical: UInt8? = nil, lowerNonCritical: UInt8? = nil, upperNonCritical: UInt8? = nil,
    upperCritical: UInt8? = nil, upperNonRecoverable: UInt8? = nil
  ) {
    limits = [
      lowerNonCritical, lowerCritical, nil, upperNonCritical, upperCritical, upperNonRecoverable,
    ]
  }

  /// Which limits there are: a bit each.
  public var mask: UInt8 {
    limits.indices.reduce(0) { mask, index in limits[index] == nil ? mask : mask | 1 << index }
  }

  /// Which limits `reading` has reached: a bit each.
  public func reached(by reading: UInt8) -> UInt8 {
    limits.indices.reduce(0) { mask, index in
      guard let limit = limits[index] else { return mask }
      let isReached = index < 3 ? reading <= limit : reading >= limit
      return isReached ? mask | 1 << index : mask
    }
  }
}

/// A sensor that measures.
public struct AnalogSensor: Hashable, Sendable {
  /// What a raw reading means.
  public var scale: SensorScale
  /// The reading of a machine that is on.
  public var nominal: UInt8
  /// By how much readings wander about the nominal one.
  public var spread: UInt8
  /// The reading of a machine that is off; nil when there is none then.
  public var whenOff: UInt8?
  /// The limits.
  public var thresholds: SensorLimits
}

/// A sensor of states.
public struct DiscreteSensor: Hashable, Sendable {
  /// Which states it can tell: a bit each.
  public var possibleStates: UInt16
  /// The states of a machine that is on.
  public var whenOn: UInt16
  /// The states of a machine that is off.
  public var whenOff: UInt16
}
