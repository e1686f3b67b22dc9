import Drivers
import IPMI
import Machines

/// What words such as `chassis status` ask of one controller. The same operation serves `crimp ipmi`
/// and the drop-in `ipmitool`; it knows neither options nor output streams.
protocol IPMIOperation: Sendable {
  /// What the session must be allowed at most.
  var privilege: PrivilegeLevel { get }
  /// Whether it is for one controller alone, because a file of one name can only hold one's.
  var isForOneController: Bool { get }

  /// Whether what is sent has a password in it: a session that encrypts nothing shows it.
  var carriesSecret: Bool { get }

  /// Does it over `bmc`, and returns what came of it.
  ///
  /// - Throws: why it could not be done, with what was known by then.
  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport
}

extension IPMIOperation {
  /// What it takes to configure a controller.
  var privilege: PrivilegeLevel { .administrator }
  /// For any number of controllers.
  var isForOneController: Bool { false }
  /// Nothing that is a secret.
  var carriesSecret: Bool { false }
}

/// Why an operation was not done, in both tongues: ours, and ipmitool's.
struct OperationFailure: Error {
  /// What went wrong.
  var failure: BMCFailure
  /// What ipmitool says then on standard error, line ends between its lines and none after the last.
  var complaint: String
  /// What was done or known before it went wrong.
  var report: (any IPMIReport)?

  init(_ failure: BMCFailure, _ complaint: String, after report: (any IPMIReport)? = nil) {
    self.failure = failure
    self.complaint = complaint
    self.report = report
  }

  /// The same failure, with what was done or known before it.
  func after(_ report: any IPMIReport) -> OperationFailure {
    OperationFailure(failure, complaint, after: report)
  }
}

/// An operation that is one command.
struct SingleRequest<Request: IPMIRequest>: IPMIOperation {
  /// The command.
  var request: Request
  /// What is said when it is not done.
  var complaint: Complaint
  /// Whether the command does no more when it is done twice.
  var isRepeatable = true
  /// Whether the session is raised as far as it may be, and not only as far as the command needs.
  var isFullyPrivileged = false
  /// Whether the request has a password in it.
  var carriesSecret = false
  /// What is told of the response.
  var report: @Sendable (Request.Response) -> any IPMIReport

  var privilege: PrivilegeLevel { Request.privilege }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    report(
      try await bmc.ask(
        request, complaint, isRepeatable: isRepeatable, isFullyPrivileged: isFullyPrivileged))
  }
}
