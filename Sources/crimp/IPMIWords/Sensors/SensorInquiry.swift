import Drivers
import IPMI
import Machines

/// Asks sensors, each where it is: in the controller, or behind it in the one that owns it.
struct SensorInquiry {
  /// Hewlett Packard's enterprise number: alone they give states a number as well, and mean it.
  private static let hewlettPackard: UInt32 = 11

  private let bmc: any BMCTransport
  private var manufacturer: UInt32?

  init(_ bmc: any BMCTransport) {
    self.bmc = bmc
  }

  /// What a sensor reads. A sensor that gives no answer is a readout that says so.
  ///
  /// - Throws: why the controller as a whole cannot be asked any more.
  mutating func readout(
    of sensor: ReadableSensor
  ) async throws(OperationFailure) -> SensorReadout {
    var readout = SensorReadout(sensor: sensor)
    switch try await ask(GetSensorReading(sensor: sensor.number), sensor) {
    case .success(let answer): readout.answer = answer
    case .failure(let failure):
      readout.refusal = "\(failure)"
      return readout
    }
    guard !readout.isDisabled, sensor.isAnalog else { return readout }
    readout.isAnalog = try await isNumber(sensor)
    guard readout.isAnalog, readout.isValid, sensor.full?.linearization.isNonLinear == true else {
      return readout
    }
    let request = GetSensorReadingFactors(sensor: sensor.number, raw: readout.raw)
    switch try await ask(request, sensor) {
    case .success(let response): readout.factors = response.factors
    case .failure(let failure):
      // Without its factors the reading is no number, and nothing else either.
      readout.refusal = "\(failure)"
      readout.isAnalog = false
      readout.answer?.flags.insert(.unavailable)
    }
    return readout
  }

  /// The thresholds of a sensor; nil when it has none.
  func thresholds(
    of sensor: ReadableSensor
  ) async throws(OperationFailure) -> SensorThresholds? {
    guard
      case .success(let response) = try await ask(
        GetSensorThresholds(sensor: sensor.number), sensor)
    else { return nil }
    return response.thresholds
  }

  /// Which events a sensor has found, and which it sends; nil for what it does not tell.
  func events(
    of sensor: ReadableSensor
  ) async throws(OperationFailure) -> SensorEvents {
    var events = SensorEvents()
    if case .success(let response) = try await ask(
      GetSensorEventStatus(sensor: sensor.number), sensor)
    {
      events.occurred = response.events
    }
    if case .success(let response) = try await ask(
      GetSensorEventEnable(sensor: sensor.number), sensor)
    {
      events.enabled = response.enables
    }
    return events
  }

  /// Has the owner of a sensor do a command.
  ///
  /// - Returns: the response, or why that sensor does not give one.
  /// - Throws: why the controller as a whole cannot be asked any more.
  func ask<Request: IPMIRequest>(
    _ request: Request, _ sensor: ReadableSensor, isRepeatable: Bool = true
  ) async throws(OperationFailure) -> Result<Request.Response, BMCFailure> {
    var call = BMCCall(request, isRepeatable: isRepeatable)
    call.lun = sensor.description.ownerLUN & 0x03
    let hop = MessageBridge.Hop(
      channel: ChannelNumber(rawValue: sensor.description.ownerLUN >> 4),
      address: sensor.description.ownerID)
    let isOwn = hop.address == IPMIMessage.controllerAddress && hop.channel == .primaryIPMB
    if !isOwn {
      // Software owns the sensor, and nobody can ask it.
      guard hop.address & 1 == 0 else {
        return .failure(
          .completion(.notPresent, command: Request.name, meaning: "the sensor is a software's"))
      }
      call.bridge = MessageBridge(to: hop)
    }
    do throws(BMCFailure) {
      return .success(try Request.response(in: try await bmc.call(call)))
    } catch {
      switch error {
      case .completion, .malformedAnswer: return .failure(error)
      case .noAnswer(.command) where !isOwn, .disbelieved where !isOwn,
        .privilegeTooLow where !isOwn:
        return .failure(error)
      default: throw OperationFailure(error, "")
      }
    }
  }

  /// Whether the readings of a sensor whose record makes them numbers are to be taken for numbers.
  private mutating func isNumber(_ sensor: ReadableSensor) async throws(OperationFailure) -> Bool {
    guard !sensor.isThreshold else { return true }
    guard sensor.hasUnit else { return false }
    if manufacturer == nil {
      let device = try await bmc.attempt(GetDeviceID(), Complaint("Get Device ID command failed"))
      if case .success(let response) = device { manufacturer = response.manufacturerID }
    }
    return manufacturer == Self.hewlettPackard
  }
}

/// The events of a sensor; nil for what it does not tell.
struct SensorEvents: Sendable {
  /// Those that it has found.
  var occurred: SensorEventEnables?
  /// Those that it sends.
  var enabled: SensorEventEnables?
}
