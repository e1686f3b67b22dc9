import Drivers
import IPMI
import Machines

/// `mc reset`: the controller starts anew. Some do not answer a cold one, which is as it should be.
/// IPMI 2.0, section 20.2.
struct ResetController: IPMIOperation {
  /// How thorough it is.
  enum Kind: String, Sendable {
    case warm, cold
  }

  var kind: Kind

  /// How long an answer to a cold reset is waited for.
  private static let patience = Duration.seconds(2)

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let complaint = Complaint("MC reset command failed.", refused: "MC reset command failed")
    guard kind == .cold else {
      _ = try await bmc.ask(WarmReset(), complaint, isRepeatable: false)
      return report
    }
    do throws(BMCFailure) {
      var call = BMCCall(ColdReset(), isRepeatable: false)
      call.deadline = Self.patience
      _ = try ColdReset.response(in: try await bmc.call(call))
    } catch {
      switch error {
      case .noAnswer(.command), .disbelieved, .outcomeUnknown, .sessionLost, .deadline: break
      default: throw OperationFailure(error, complaint)
      }
    }
    return report
  }

  private var report: DoneReport { DoneReport("Sent \(kind.rawValue) reset command to MC") }
}
