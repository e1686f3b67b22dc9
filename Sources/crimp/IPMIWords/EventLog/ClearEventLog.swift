import Drivers
import IPMI
import Machines

/// `sel clear`: erases the log, and waits until it is erased.
struct ClearEventLog: IPMIOperation {
  /// How long to wait for a controller that erases slowly, look by look.
  private static let waits: [Duration] = [100, 200, 400, 800, 1600].map { .milliseconds($0) }

  var privilege: PrivilegeLevel { .operator }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let complaint = Complaint("Unable to clear SEL")
    let reservation = try await bmc.reserveEventLog()
    var isErased = try await bmc.ask(
      ClearSEL(reservation: reservation, erases: true), complaint, isRepeatable: false
    ).isErased
    for wait in Self.waits where !isErased {
      try await bmc.pause(for: wait, complaint)
      let look = ClearSEL(reservation: reservation, erases: false)
      guard case .success(let response) = try await bmc.attempt(look, complaint) else { break }
      isErased = response.isErased
    }
    return ClearedReport(isErased: isErased)
  }
}

/// The log was cleared.
struct ClearedReport: IPMIReport {
  /// Whether the controller said so; false when it was still at it after seconds.
  var isErased: Bool

  func write(to text: inout ReportText) {
    text.line("Clearing SEL.  Please allow a few seconds to erase.")
  }
}
