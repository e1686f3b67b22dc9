import IPMI
import Machines

/// What came of one host.
enum FleetOutcome: Hashable {
  /// It did what it was asked; in a word or two.
  case done(String)
  /// It answered, and what was wanted is not so; in a word or two.
  case missed(String)
  /// It did not answer, or refused.
  case failed(BMCFailure)

  /// The words that hosts of the same outcome share.
  var words: String {
    switch self {
    case .done(let words), .missed(let words): words
    case .failed(let failure): failure.description
    }
  }

  var isFailure: Bool {
    if case .done = self { false } else { true }
  }

  /// What the caller is told by the exit status.
  var status: ExitStatus {
    switch self {
    case .done: .success
    case .missed: .negative
    case .failed(let failure): failure.status
    }
  }
}

extension BMCFailure {
  /// What the caller is told by the exit status.
  var status: ExitStatus {
    switch self {
    case .noAnswer, .disbelieved, .unreachable, .portClosed, .nameNotResolved, .noSessionSlot,
      .deadline:
      .unavailable
    case .wrongUser, .wrongUserOrPassword, .nullUserRefused, .passwordNotConfirmed, .wrongKey,
      .privilegeTooLow:
      .noPermission
    case .completion(.insufficientPrivilege, _, _): .noPermission
    case .passwordTooLong, .versionForbidden: .usage
    case .socket: .systemError
    default: .negative
    }
  }

  /// The failure's name in JSON: stable, whatever the words are.
  var key: String {
    switch self {
    case .noAnswer: "no-answer"
    case .unreachable: "unreachable"
    case .portClosed: "port-closed"
    case .wrongUser: "wrong-user"
    case .wrongUserOrPassword: "wrong-user-or-password"
    case .nullUserRefused: "null-user-refused"
    case .passwordNotConfirmed: "password-not-confirmed"
    case .wrongKey: "wrong-key"
    case .passwordTooLong: "password-too-long"
    case .noCipherSuite: "no-cipher-suite"
    case .noAuthenticationType: "no-authentication-type"
    case .versionNotOffered: "version-not-offered"
    case .versionForbidden: "version-forbidden"
    case .disbelieved: "disbelieved-answer"
    case .noSessionSlot: "no-session-slot"
    case .privilegeTooLow: "privilege-too-low"
    case .refused, .rejected: "refused"
    case .outcomeUnknown: "outcome-unknown"
    case .sessionLost: "session-lost"
    case .completion: "completion-code"
    case .malformedAnswer: "malformed-answer"
    case .nameNotResolved: "name-not-resolved"
    case .socket: "socket"
    case .deadline: "deadline"
    case .cancelled: "cancelled"
    }
  }
}
