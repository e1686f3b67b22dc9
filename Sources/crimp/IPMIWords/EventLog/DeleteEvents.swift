import Drivers
import IPMI
import Machines

/// `sel delete`: deletes records, the last that was named first, as ipmitool does.
struct DeleteEvents: IPMIOperation {
  /// The records' numbers.
  var records: [UInt16]

  var privilege: PrivilegeLevel { .operator }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var report = DeletedEventsReport()
    var reservation = try await bmc.reserveEventLog()
    for number in records.reversed() {
      do throws(OperationFailure) {
        var answer = try await delete(number, reservation, bmc)
        if case .failure(.invalidReservation) = answer {
          // Somebody changed the log, if only this very loop: that ends a reservation.
          reservation = try await bmc.reserveEventLog()
          answer = try await delete(number, reservation, bmc)
        }
        switch answer {
        case .success: report.deleted.append(number)
        case .failure(let code): report.refused.append(.init(recordID: number, reason: code.text))
        }
      } catch {
        throw error.after(report)
      }
    }
    return report
  }

  private func delete(
    _ number: UInt16, _ reservation: UInt16, _ bmc: any BMCTransport
  ) async throws(OperationFailure) -> Result<DeleteSELEntry.Response, CompletionCode> {
    try await bmc.attempt(
      DeleteSELEntry(reservation: reservation, recordID: number),
      Complaint("Unable to delete entry \(number)"))
  }
}

extension BMCTransport {
  /// Reserves the log for a change.
  func reserveEventLog() async throws(OperationFailure) -> UInt16 {
    try await ask(ReserveSEL(), Complaint("Unable to reserve SEL")).reservation
  }
}

/// The records that were deleted, and those that were not.
struct DeletedEventsReport: IPMIReport {
  /// A record that was not deleted.
  struct Refused: Encodable, Sendable {
    var recordID: UInt16
    var reason: String
  }

  var deleted: [UInt16] = []
  var refused: [Refused] = []

  var isAffirmative: Bool { refused.isEmpty }

  func write(to text: inout ReportText) {
    for number in deleted { text.line("Deleted entry \(number)") }
    for record in refused {
      text.complain("Unable to delete entry \(record.recordID): \(record.reason)")
    }
  }
}
