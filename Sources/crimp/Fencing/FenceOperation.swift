import Drivers
import EventLoop
import IPMI
import Machines
import MonotonicTime

/// What came of a fence action on one host.
enum FenceResult: Hashable {
  /// How power is.
  case status(isOn: Bool)
  /// Power was so already.
  case already(isOn: Bool)
  /// Power was ordered so, and is so.
  case powered(isOn: Bool)
  /// Power was off, or was cycled; whether it is on again.
  case rebooted(isOn: Bool)
  /// Power did not become so in time.
  case timedOut(isOn: Bool)
}

/// Carries out a fence action over one transport. Nothing is a success that was not seen.
struct FenceOperation {
  let request: FenceRequest
  /// Is told of each step.
  let log: (String) -> Void

  /// How long power may stay as it is before the order is given again: it may be lost in a controller.
  private static let patience = Duration.seconds(5)

  func run(over transport: any BMCTransport) async throws(BMCFailure) -> FenceResult {
    let isOn = try await isPowerOn(transport)
    log("power is \(isOn ? "on" : "off")")
    switch request.action {
    case .on: return isOn ? .already(isOn: true) : try await order(true, transport)
    case .off: return isOn ? try await order(false, transport) : .already(isOn: false)
    case .reboot: return try await reboot(isOn, transport)
    default: return .status(isOn: isOn)
    }
  }

  private func reboot(
    _ isOn: Bool, _ transport: any BMCTransport
  ) async throws(BMCFailure) -> FenceResult {
    if isOn, request.isCycle {
      log("ordering cycle")
      _ = try await PowerOperation(request: PowerRequest(action: .cycle)).run(over: transport)
      guard try await seesOff(transport) else { return .timedOut(isOn: false) }
    } else if isOn {
      let off = try await order(false, transport)
      guard off == .powered(isOn: false) else { return off }
    }
    // The host is fenced by now, whether it comes back or not.
    do throws(BMCFailure) {
      return .rebooted(isOn: try await order(true, transport) == .powered(isOn: true))
    } catch {
      guard error != .cancelled else { throw error }
      log("\(error)")
      return .rebooted(isOn: false)
    }
  }

  /// Whether power is seen off after a cycle was ordered: it is on before and after, so that nothing else
  /// shows that the host was fenced.
  private func seesOff(_ transport: any BMCTransport) async throws(BMCFailure) -> Bool {
    let loop = transport.loop
    let end = loop.now + request.powerTimeout
    while loop.now < end {
      do throws(BMCFailure) {
        if try await !isPowerOn(transport) {
          log("power is off")
          return true
        }
      } catch {
        guard error.mayPass else { throw error }
        log("\(error)")
      }
      try await pause(min(request.interval, .milliseconds(200)), loop)
    }
    return false
  }

  /// Orders power on or off, and looks until it is so. A controller that is out of reach meanwhile, as
  /// one is that shares the host's network card, is asked again.
  private func order(
    _ isOn: Bool, _ transport: any BMCTransport
  ) async throws(BMCFailure) -> FenceResult {
    let loop = transport.loop
    let end = loop.now + request.powerTimeout
    var due = loop.now
    while true {
      var failure: BMCFailure?
      do throws(BMCFailure) {
        if loop.now >= due {
          log("ordering \(isOn ? "on" : "off")")
          let action = isOn ? PowerAction.on : .off
          _ = try await PowerOperation(request: PowerRequest(action: action)).run(over: transport)
          due = loop.now + Self.patience
          try await pause(request.powerWait, loop)
        }
        if try await isPowerOn(transport) == isOn {
          log("power is \(isOn ? "on" : "off")")
          return .powered(isOn: isOn)
        }
      } catch {
        guard error.mayPass else { throw error }
        log("\(error)")
        failure = error
      }
      guard loop.now + request.interval < end else {
        if let failure { throw failure }
        return .timedOut(isOn: isOn)
      }
      try await pause(request.interval, loop)
    }
  }

  private func isPowerOn(_ transport: any BMCTransport) async throws(BMCFailure) -> Bool {
    let operation = PowerOperation(request: PowerRequest(action: .status))
    guard case .isOn(let isOn) = try await operation.run(over: transport) else { return false }
    return isOn
  }

  private func pause(_ duration: Duration, _ loop: EventLoop) async throws(BMCFailure) {
    guard duration > .zero else { return }
    do throws(CancellationError) {
      try await loop.sleep(for: duration)
    } catch {
      throw .cancelled
    }
  }
}

extension BMCFailure {
  /// Whether it may be otherwise in a moment.
  fileprivate var mayPass: Bool {
    switch self {
    case .noAnswer, .disbelieved, .unreachable, .portClosed, .noSessionSlot, .outcomeUnknown,
      .sessionLost,
      .malformedAnswer:
      true
    case .completion(let code, _, _):
      [.nodeBusy, .timeout, .initializing, .notSupportedInState].contains(code)
    default: false
    }
  }
}
