import Drivers
import EventLoop
import IPMI
import Machines
import MonotonicTime

/// Carries out a power request over one transport, and looks at what came of it if that was asked for.
struct PowerOperation {
  let request: PowerRequest

  /// How often a busy controller is asked again.
  private static let patience = 5
  /// How often power is looked at that goes off for a moment: a cycle leaves it off for a second at least.
  /// IPMI 2.0, table 28-4.
  private static let cycleInterval = Duration.milliseconds(200)

  func run(over transport: any BMCTransport) async throws(BMCFailure) -> PowerResult {
    guard let operation = request.action.operation else {
      return .isOn(try await isPowerOn(transport))
    }
    if request.isOnIfOff, request.action.restarts, try await !isPowerOn(transport) {
      try await control(.powerUp, transport)
      return try await verified(true, .orderedOn, transport)
    }
    do throws(BMCFailure) {
      try await control(operation, transport)
    } catch {
      guard request.action.restarts, case .completion(.notSupportedInState, _, _) = error,
        try await !isPowerOn(transport)
      else { throw error }
      return .nothingToRestart
    }
    guard let isOn = request.action.changedPower else { return .ordered(request.action) }
    return try await verified(isOn, .ordered(request.action), transport)
  }

  private func isPowerOn(_ transport: any BMCTransport) async throws(BMCFailure) -> Bool {
    try await patiently(transport) { () async throws(BMCFailure) in
      try await transport.request(GetChassisStatus()).isPowerOn
    }
  }

  private func control(
    _ operation: ChassisControl.Operation, _ transport: any BMCTransport
  ) async throws(BMCFailure) {
    // On and off may be told twice; a second cycle would be one more.
    let isRepeatable = operation == .powerUp || operation == .powerDown
    _ = try await patiently(transport) { () async throws(BMCFailure) in
      try await transport.request(ChassisControl(operation), isRepeatable: isRepeatable)
    }
  }

  /// Asks again when the controller says that it is busy: it has done nothing then.
  private func patiently<Value>(
    _ transport: any BMCTransport, _ body: () async throws(BMCFailure) -> Value
  ) async throws(BMCFailure) -> Value {
    for attempt in 1..<Self.patience {
      do throws(BMCFailure) {
        return try await body()
      } catch {
        guard case .completion(.nodeBusy, _, _) = error else { throw error }
      }
      try await pause(.milliseconds(100 * attempt), transport)
    }
    return try await body()
  }

  /// Looks until power is as it should be, or the time is over.
  private func verified(
    _ isOn: Bool, _ ordered: PowerResult, _ transport: any BMCTransport
  ) async throws(BMCFailure) -> PowerResult {
    guard let wait = request.wait else { return ordered }
    let end = transport.loop.now + wait
    // A cycle ends as it began. Only who has seen power off knows that there was one.
    if request.action == .cycle, ordered != .orderedOn,
      try await !reaches(false, by: end, every: Self.cycleInterval, transport)
    {
      return .neverOff
    }
    return try await reaches(isOn, by: end, every: request.interval, transport)
      ? .isOn(isOn) : .stillOn(!isOn)
  }

  /// Whether power is so before `end`.
  private func reaches(
    _ isOn: Bool, by end: Instant, every interval: Duration, _ transport: any BMCTransport
  ) async throws(BMCFailure) -> Bool {
    while try await isPowerOn(transport) != isOn {
      guard transport.loop.now + interval < end else { return false }
      try await pause(interval, transport)
    }
    return true
  }

  private func pause(
    _ duration: Duration, _ transport: any BMCTransport
  ) async throws(BMCFailure) {
    do throws(CancellationError) {
      try await transport.loop.sleep(for: duration)
    } catch {
      throw .cancelled
    }
  }
}
