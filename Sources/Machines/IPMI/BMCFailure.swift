public import IPMI

/// A step on the way to a command's answer: where silence or a refusal met it.
public enum SessionStage: Hashable, Sendable {
  /// Get Channel Authentication Capabilities.
  case capabilities
  /// Get Session Challenge.
  case challenge
  /// Activate Session: the controller checks the password.
  case activation
  /// RMCP+ Open Session Request.
  case openSession
  /// RAKP message 1: the controller looks up the user.
  case userLookup
  /// RAKP message 3: the controller checks the password.
  case proof
  /// Set Session Privilege Level.
  case privilege
  /// The command itself.
  case command
}

/// Why a controller did not do, or did not answer, what it was asked.
public enum BMCFailure: Error, Hashable, Sendable {
  /// Nothing came back, at this step.
  case noAnswer(SessionStage)
  /// The network, or this host itself, says that the controller cannot be reached.
  case unreachable(Unreachable)
  /// The host is there, and nothing listens on the port.
  case portClosed
  /// The controller knows no such user, or has disabled it.
  case wrongUser
  /// The controller and the user do not have the same password, or there is no such user: controllers
  /// differ in what they say then.
  case wrongUserOrPassword
  /// The controller fell silent when the password was checked, as many do when it is wrong.
  case passwordNotConfirmed
  /// The password is right and the controller's key Kg is not.
  case wrongKey
  /// The password has more bytes than a session of this version can carry.
  case passwordTooLong(limit: Int)
  /// The controller takes none of the cipher suites that may be used.
  case noCipherSuite(RMCPPlusStatus?)
  /// The controller offers none of the authentication types that may be used.
  case noAuthenticationType(offered: AuthenticationTypes)
  /// The controller does not speak the version of IPMI that was asked for.
  case versionNotOffered(SessionVersion)
  /// IPMI 1.5 was asked for, and a minimum cipher suite, which forbids it: nothing was sent.
  case versionForbidden
  /// Something answered the present step, and nothing that could be believed. Whoever can forge datagrams can
  /// make it out of silence, so it counts as silence: no more than the words differ.
  case disbelieved(DisbelievedAnswer)
  /// All of the controller's session slots are taken; they are free again after 60 s at the latest.
  case noSessionSlot
  /// The user, or the channel, is not allowed the privilege level.
  case privilegeTooLow
  /// The controller refused a step of opening the session with another status.
  case refused(SessionStage, RMCPPlusStatus)
  /// The controller refused a step of opening the session with another completion code.
  case rejected(SessionStage, CompletionCode)
  /// The user without a name was tried, and may not log in.
  case nullUserRefused
  /// The command, which must not be done twice, was sent once and not answered: whether it was done is
  /// not known.
  case outcomeUnknown
  /// The session was lost, and with it what was going on in it.
  case sessionLost
  /// The controller answered the command with this completion code; `command` is the command's name
  /// and `meaning` the code's.
  case completion(CompletionCode, command: String, meaning: String?)
  /// The answer is not what the command's answer looks like.
  case malformedAnswer(IPMIError, command: String)
  /// The controller's name has no address; in the resolver's words.
  case nameNotResolved(String)
  /// This host could not open or use a socket; in its own words.
  case socket(String)
  /// The time for all was over before this one was done.
  case deadline
  /// The client was closed, or its task cancelled.
  case cancelled

  /// How a host is known to be out of reach.
  public enum Unreachable: Hashable, Sendable {
    /// It should be on a link of this host, and nobody there answers for its address.
    case deadNeighbor
    /// There is no route to it from here.
    case noRoute
    /// A router on the way says so.
    case saidByRouter
    /// This host's, or a router's, policy forbids it.
    case prohibited
  }
}

extension BMCFailure {
  /// Whether this host has found it out itself, so that nobody can have forged it.
  var isOwnFinding: Bool {
    switch self {
    case .unreachable(.deadNeighbor), .unreachable(.noRoute), .unreachable(.prohibited), .socket:
      true
    default: false
    }
  }

  /// The same, where nobody has said who asks: not the name is wrong then, but that there is none.
  func told(of credentials: BMCCredentials) -> BMCFailure {
    guard credentials.userName == .null else { return self }
    switch self {
    case .wrongUser: return .nullUserRefused
    case .wrongUserOrPassword where credentials.password.byteCount == 0: return .nullUserRefused
    default: return self
    }
  }

  /// What a status means that refuses a step of opening a session.
  init(_ status: RMCPPlusStatus, at stage: SessionStage) {
    self =
      switch status {
      case .insufficientResources, .insufficientResourcesAtRole: .noSessionSlot
      case .invalidRole, .unauthorizedRole: .privilegeTooLow
      case .unauthorizedName: .wrongUser
      case .invalidIntegrityCheckValue: .wrongUserOrPassword
      default: .refused(stage, status)
      }
  }
}
