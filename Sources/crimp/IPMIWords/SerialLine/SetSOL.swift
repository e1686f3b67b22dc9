import Drivers
import IPMI
import Machines

/// `sol set`: sets a parameter of serial over LAN, with the mark set meanwhile that parameters are
/// being changed.
struct SetSOL: IPMIOperation {
  /// What the parameter becomes.
  enum Change: Sendable {
    /// This.
    case to(SOLParameter)
    /// What follows from those that are there: some share a parameter's bytes.
    case of(@Sendable (SOLReport) -> SOLParameter)
  }

  var channel: ChannelNumber
  var name: String
  var value: String
  var change: Change
  var isGuarded: Bool

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let parameter = try await parameter(at: bmc)
    if isGuarded { try await mark(bmc) }
    do throws(OperationFailure) {
      try await set(parameter, name, value, bmc)
    } catch {
      if isGuarded { try await unmark(bmc, after: error) }
      throw error
    }
    if isGuarded {
      await commit(bmc)
      try await unmark(bmc)
    }
    return DoneReport(nil)
  }

  private func parameter(at bmc: any BMCTransport) async throws(OperationFailure) -> SOLParameter {
    switch change {
    case .to(let parameter): return parameter
    case .of(let body):
      do throws(OperationFailure) {
        return body(try await SOLReport(of: channel, at: bmc))
      } catch {
        throw error.adding("Error fetching SOL parameters for \(name) update")
      }
    }
  }

  private func mark(_ bmc: any BMCTransport) async throws(OperationFailure) {
    do throws(OperationFailure) {
      try await set(.setInProgress(.inProgress), "set-in-progress", "set-in-progress", bmc)
    } catch {
      throw error.adding("Error: set of parameter \"\(name)\" failed")
    }
  }

  private func unmark(
    _ bmc: any BMCTransport, after failure: OperationFailure? = nil
  ) async throws(OperationFailure) {
    do throws(OperationFailure) {
      try await set(.setInProgress(.complete), "set-in-progress", "set-complete", bmc)
    } catch {
      let line = "Error could not set \"set-in-progress\" to \"set-complete\""
      var all = failure ?? error
      if failure != nil { all = all.adding(error.complaint) }
      throw all.adding(line)
    }
  }

  /// Many controllers do not know it, and none needs it.
  private func commit(_ bmc: any BMCTransport) async {
    do throws(BMCFailure) {
      _ = try await bmc.request(
        SetSOLConfigurationParameters(channel: channel, .setInProgress(.commitWrite)))
    } catch {
      // What was set stays so all the same.
    }
  }

  private func set(
    _ parameter: SOLParameter, _ name: String, _ value: String, _ bmc: any BMCTransport
  ) async throws(OperationFailure) {
    let isCommit = parameter == .setInProgress(.commitWrite)
    do throws(BMCFailure) {
      _ = try await bmc.request(
        SetSOLConfigurationParameters(channel: channel, parameter))
    } catch {
      if isCommit, case .completion = error { return }
      throw OperationFailure(error, complaint(error, name, value))
    }
  }

  private func complaint(_ failure: BMCFailure, _ name: String, _ value: String) -> String {
    let start = "Error setting SOL parameter '\(name)'"
    guard case .completion(let code, _, _) = failure else { return start }
    switch code.rawValue {
    case 0x80: return start + ": Parameter not supported"
    case 0x81:
      return start + ": Attempt to set set-in-progress when not in set-complete state"
    case 0x82: return start + ": Attempt to write read-only parameter"
    case 0x83: return start + ": Attempt to read write-only parameter"
    default: return start + " to '\(value)': \(code.text)"
    }
  }
}

extension OperationFailure {
  /// The same failure, with another line of ipmitool's behind.
  fileprivate func adding(_ line: String) -> OperationFailure {
    OperationFailure(failure, complaint + "\n" + line)
  }
}
