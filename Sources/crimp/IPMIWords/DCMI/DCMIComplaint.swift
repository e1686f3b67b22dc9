import Drivers
import IPMI
import Machines

extension BMCTransport {
  /// Has a command of DCMI done, and returns its response.
  ///
  /// - Parameter trailer: what ipmitool says at the end when it is not done; without one it ends with
  ///   an empty line on standard output.
  func askDCMI<Request: IPMIRequest>(
    _ request: Request, _ trailer: String? = nil
  ) async throws(OperationFailure) -> Request.Response {
    do throws(BMCFailure) {
      return try await self.request(request)
    } catch {
      let failure = OperationFailure(dcmi: error, trailer)
      throw trailer == nil ? failure.after(EmptyLineReport()) : failure
    }
  }
}

/// An empty line, with which ipmitool ends some words whatever came of them.
struct EmptyLineReport: IPMIReport {
  func write(to text: inout ReportText) { text.line() }
}

extension OperationFailure {
  /// A failure of a command of DCMI, as ipmitool says it.
  ///
  /// - Parameter trailer: what it says at the end.
  init(dcmi failure: BMCFailure, _ trailer: String? = nil) {
    var complaint = "\n    Unable to get DCMI information"
    if let code = failure.completionCode {
      let isOwn = (0x80...0x8f).contains(code.rawValue)
      let words = isOwn ? Self.words[code.rawValue] ?? unknownText(code.rawValue) : code.text
      complaint =
        "\n    DCMI request failed because: \(words) (\(code.rawValue.hexadecimal(digits: 1)))"
    }
    self.init(failure, complaint + (trailer.map { "\n" + $0 } ?? ""))
  }

  private static let words: [UInt8: String] = [
    0x80: "Parameter not supported",
    0x81: "Something else has already claimed these parameters",
    0x82: "Not supported or failed to write a read-only parameter",
    0x83: "Access mode is not supported",
    0x84: "Power/Thermal limit out of range",
    0x85: "Correction/Exception time out of range",
    0x89: "Sample/Statistics Reporting period out of range",
    0x8a: "Power limit already active",
  ]
}
