import IPMI
import Machines

/// What came of one host, in the words that `ipmipower` has for it. Callers compare them.
enum IpmipowerResult: String, CaseIterable {
  case on, off, ok
  case userNameInvalid = "username invalid"
  case passwordInvalid = "password invalid"
  case passwordVerificationTimeout = "password verification timeout"
  case keyInvalid = "k_g invalid"
  case privilegeInsufficient = "privilege level insufficient"
  case privilegeUnobtainable = "privilege level cannot be obtained for this user"
  case authenticationUnavailable =
    "authentication type unavailable for attempted privilege level"
  case suiteUnavailable = "cipher suite id unavailable"
  case version20Unavailable = "ipmi 2.0 unavailable"
  case connectionTimeout = "connection timeout"
  case sessionTimeout = "session timeout"
  case invalidHostName = "invalid hostname"
  case busy = "BMC busy"
  case error = "BMC error"

  /// Whether the host did what it was asked.
  var isSuccess: Bool { self == .on || self == .off || self == .ok }

  /// The word for `result` of `action`: how power is, is told to those alone who asked for it.
  init(_ result: PowerResult, of action: PowerAction) {
    switch result {
    case .isOn(let isOn): self = action == .status ? (isOn ? .on : .off) : .ok
    case .ordered, .orderedOn: self = .ok
    case .stillOn, .neverOff: self = .sessionTimeout
    case .nothingToRestart: self = .error
    }
  }

  /// The word for `failure`.
  init(_ failure: BMCFailure) {
    switch failure {
    case .noAnswer(let stage): self.init(silenceAt: stage)
    case .unreachable, .portClosed, .socket: self = .connectionTimeout
    case .wrongUser, .nullUserRefused: self = .userNameInvalid
    case .wrongUserOrPassword, .passwordTooLong: self = .passwordInvalid
    case .passwordNotConfirmed: self = .passwordVerificationTimeout
    case .wrongKey: self = .keyInvalid
    case .noCipherSuite: self = .suiteUnavailable
    case .noAuthenticationType: self = .authenticationUnavailable
    case .versionNotOffered(.version20): self = .version20Unavailable
    case .versionNotOffered, .versionForbidden: self = .authenticationUnavailable
    case .noSessionSlot, .completion(.nodeBusy, _, _): self = .busy
    case .privilegeTooLow: self = .privilegeUnobtainable
    case .completion(.insufficientPrivilege, _, _): self = .privilegeInsufficient
    case .nameNotResolved: self = .invalidHostName
    case .outcomeUnknown, .sessionLost, .deadline, .cancelled, .disbelieved: self = .sessionTimeout
    case .refused, .rejected, .completion, .malformedAnswer: self = .error
    }
  }

  private init(silenceAt stage: SessionStage) {
    switch stage {
    case .capabilities, .openSession: self = .connectionTimeout
    case .activation, .proof: self = .passwordVerificationTimeout
    case .challenge, .userLookup, .privilege, .command: self = .sessionTimeout
    }
  }
}
