public import IPMI
public import MonotonicTime

/// The sensors of a controller: their readings, and what requesters have changed.
public struct SensorBank: Hashable, Sendable {
  /// What a sensor answers to Get Sensor Reading. IPMI 2.0, table 35-15.
  public struct Reading: Hashable, Sendable {
    /// The raw reading; zero for sensors of states.
    public var raw: UInt8
    /// Whether there is no reading now.
    public var isUnavailable: Bool
    /// Whether the sensor makes events.
    public var makesEvents: Bool
    /// Whether the sensor is scanned.
    public var isScanned: Bool
    /// The states, or the limits that the reading has reached; nil when there is no reading.
    public var states: UInt16?
  }

  /// What a requester may change of a sensor.
  public struct Settings: Hashable, Sendable {
    /// The limits of an analog sensor.
    public var thresholds = SensorLimits()
    /// By how much a reading must fall below an upper limit, or rise above a lower one, to be over it.
    public var hysteresis: (positive: UInt8, negative: UInt8) {
      get { (positiveHysteresis, negativeHysteresis) }
      set { (positiveHysteresis, negativeHysteresis) = newValue }
    }
    /// Whether the sensor makes events, and is scanned: bits 7 and 6 of Set Sensor Event Enable.
    public var enables: UInt8 = 0xc0
    /// Which events are made when a state begins: a bit each.
    public var assertions: UInt16 = 0
    /// Which events are made when a state ends.
    public var deassertions: UInt16 = 0
    /// A reading that stands whatever the machine does.
    public var fixedReading: UInt8?
    /// States that stand whatever the machine does.
    public var fixedStates: UInt16?
    /// The limits that were reached when the sensor was looked at last.
    var reached: UInt8 = 0

    private var positiveHysteresis: UInt8 = 2
    private var negativeHysteresis: UInt8 = 2
  }

  /// The sensors.
  public let sensors: [SimulatedSensor]

  private var settings: [Settings]
  /// What determines how the readings wander.
  var seed: UInt64
  /// Whether the readings stay at the nominal ones.
  private let isSteady: Bool

  /// Creates a bank of these sensors; `seed` determines how the readings wander, unless they are steady.
  public init(_ sensors: [SimulatedSensor], seed: UInt64, isSteady: Bool = false) {
    self.sensors = sensors
    self.seed = seed
    self.isSteady = isSteady
    settings = sensors.map { sensor in
      var settings = Settings()
      let (assertions, deassertions) = sensor.eventMasks
      settings.assertions = assertions
      settings.enables = sensor.enables
      settings.deassertions = deassertions
      if case .analog(let analog) = sensor.kind { settings.thresholds = analog.thresholds }
      return settings
    }
  }

  /// The sensor of that number, and what has been changed of it.
  ///
  /// Throws `CompletionCode` CBh when there is none.
  public func sensor(
    _ number: UInt8
  ) throws(CompletionCode) -> (sensor: SimulatedSensor, settings: Settings) {
    let index = try index(of: number)
    return (sensors[index], settings[index])
  }

  /// Changes the settings of a sensor.
  ///
  /// Throws `CompletionCode` CBh when there is none, and what `change` throws.
  public mutating func change(
    _ number: UInt8, _ change: (SimulatedSensor, inout Settings) throws(CompletionCode) -> Void
  ) throws(CompletionCode) {
    let index = try index(of: number)
    try change(sensors[index], &settings[index])
  }

  /// What the sensor of that number says at `now`.
  ///
  /// Throws `CompletionCode` CBh when there is none, or it cannot be asked.
  public func reading(
    of number: UInt8, isHostOn: Bool, at now: Instant
  ) throws(CompletionCode) -> Reading {
    let index = try index(of: number)
    let (sensor, settings) = (sensors[index], settings[index])
    var reading = Reading(
      raw: 0, isUnavailable: false, makesEvents: settings.enables & 0x80 != 0,
      isScanned: settings.enables & 0x40 != 0, states: nil)
    switch sensor.kind {
    case .eventOnly: throw .notPresent
    case .discrete(let discrete):
      reading.states = settings.fixedStates ?? (isHostOn ? discrete.whenOn : discrete.whenOff)
    case .analog(let analog):
      let measured =
        isHostOn ? wandering(analog, number: number, at: now) : analog.whenOff
      guard let raw = settings.fixedReading ?? measured else {
        reading.isUnavailable = true
        return reading
      }
      reading.raw = raw
      reading.states = UInt16(settings.thresholds.reached(by: raw, analog.scale))
    }
    return reading
  }

  private func index(of number: UInt8) throws(CompletionCode) -> Int {
    guard let index = sensors.firstIndex(where: { $0.number == number }) else { throw .notPresent }
    return index
  }

  /// The nominal reading and a little more or less, another every 8 seconds.
  private func wandering(_ analog: AnalogSensor, number: UInt8, at now: Instant) -> UInt8 {
    guard analog.spread > 0, !isSteady else { return analog.nominal }
    let step = UInt64(bitPattern: now.nanoseconds / 8_000_000_000)
    var mixed = seed ^ step &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(number) << 56
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    let width = 2 * UInt64(analog.spread) + 1
    let wandered = Int((mixed ^ (mixed >> 31)) % width) - Int(analog.spread)
    return UInt8(clamping: Int(analog.nominal) + wandered)
  }
}

extension SimulatedSensor {
  /// Which events it makes: when a state begins, and when it ends. For limits each has two bits:
  /// going low and going high. IPMI 2.0, table 43-1, bytes 15 to 18.
  var eventMasks: (assertions: UInt16, deassertions: UInt16) {
    switch kind {
    case .eventOnly: (0, 0)
    case .discrete(let discrete): (discrete.possibleStates, 0)
    case .analog(let analog):
      (analog.thresholds.eventMask, analog.thresholds.eventMask)
    }
  }
}

extension SensorLimits {
  /// The events of these limits: going low at a lower one, going high at an upper one.
  var eventMask: UInt16 {
    limits.indices.reduce(0) { mask, index in
      guard limits[index] != nil else { return mask }
      return mask | 1 << UInt16(2 * index + (index < 3 ? 0 : 1))
    }
  }
}
