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
  /// Whether it makes events, and is scanned, at first: bits 7 and 6 of Get Sensor Event Enable.
  public var enables: UInt8 = 0xc0
}

/// How a raw reading becomes a value: L((M × raw + B × 10^Bexp) × 10^Rexp). IPMI 2.0, section 36.3.
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
  /// How the raw reading is a number, and how the units go together. IPMI 2.0, table 43-1, byte 21.
  public var flags: UInt8 = 0
  /// The unit that the first is multiplied with, or divided by.
  public var modifierUnit: UInt8 = 0
  /// L: the function that straightens the curve; 70h when the factors depend on the reading.
  public var linearization: UInt8 = 0
  /// By how many halves of a raw count readings may be off: 6 bits.
  public var tolerance: UInt8 = 0

  static let degreesCelsius = SensorScale(unit: 1, multiplier: 1, exponent: 0)
  static let revolutionsPerMinute = SensorScale(unit: 18, multiplier: 100, exponent: 0)
  static let watts = SensorScale(unit: 6, multiplier: 2, exponent: 0)

  static func volts(multiplier: Int16, exponent: Int8) -> SensorScale {
    SensorScale(unit: 4, multiplier: multiplier, exponent: exponent)
  }
}

extension SensorScale {
  /// A raw reading as a number with its sign, before any factor.
  func number(_ raw: UInt8) -> Int {
    switch flags >> 6 {
    case 1: Int(raw) - (raw & 0x80 == 0 ? 0 : 0xff)
    case 2: Int(Int8(bitPattern: raw))
    default: Int(raw)
    }
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
  ///
  /// - Parameter scale: how readings are numbers, with their sign.
  public func reached(by reading: UInt8, _ scale: SensorScale) -> UInt8 {
    limits.indices.reduce(0) { mask, index in
      guard let limit = limits[index] else { return mask }
      let distance = scale.number(reading) - scale.number(limit)
      return (index < 3 ? distance <= 0 : distance >= 0) ? mask | 1 << index : mask
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
