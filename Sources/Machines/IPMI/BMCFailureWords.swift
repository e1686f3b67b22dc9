internal import IPMI

extension BMCFailure: CustomStringConvertible {
  /// One line that says what is the matter and, where there is one, the remedy. No secret is in it.
  public var description: String {
    switch self {
    case .noAnswer(let stage): "no answer to \(stage)"
    case .unreachable(let how): "unreachable: \(how)"
    case .portClosed: "the host is there, but nothing listens on the IPMI port"
    case .wrongUser: "the BMC has no such user, or it is disabled"
    case .wrongUserOrPassword: "wrong password, or no such user"
    case .passwordNotConfirmed:
      "the BMC fell silent when the password was checked: most likely it is wrong"
    case .wrongKey: "the password is right, the BMC's key (Kg) is not"
    case .passwordTooLong(let limit):
      "the password has more than \(limit) bytes, which this version of IPMI cannot carry"
    case .noCipherSuite(let status):
      "no cipher suite in common" + (status.map { ": \($0)" } ?? "")
    case .noAuthenticationType(let offered):
      "no authentication type in common; the BMC offers: "
        + (offered.isEmpty ? "nothing" : offered.text)
    case .versionNotOffered(.version15): "the BMC does not speak IPMI 1.5"
    case .versionNotOffered: "the BMC does not speak IPMI 2.0"
    case .versionForbidden: "IPMI 1.5 is asked for, and the minimum cipher suite forbids it"
    case .disbelieved(let answer): "answers came that could not be believed: \(answer)"
    case .noSessionSlot:
      "all of the BMC's session slots are taken; an unused one is free after 60 s"
    case .privilegeTooLow: "the user is not allowed the privilege level"
    case .refused(let stage, let status): "\(stage) refused: \(status)"
    case .rejected(let stage, let code): "\(stage) refused: \(code)"
    case .nullUserRefused:
      "the user without a name (null user) was tried, and the BMC lets it not in: name one with --user"
    case .outcomeUnknown:
      "no answer, and it must not be sent twice: whether the command was done is not known"
    case .sessionLost: "the session was lost"
    case .completion(let code, let command, let meaning):
      "\(command): \(words(code, meaning))"
    case .malformedAnswer(_, let command): "\(command): the BMC's answer makes no sense"
    case .nameNotResolved(let words): words
    case .socket(let words): words
    case .deadline: "not done within the deadline"
    case .cancelled: "cancelled"
    }
  }
}

private func words(_ code: CompletionCode, _ meaning: String?) -> String {
  guard let meaning else { return "\(code)" }
  return "\(meaning) (\(String(code.rawValue, radix: 16, uppercase: true))h)"
}

extension SessionStage: CustomStringConvertible {
  /// The step's name in the specification.
  public var description: String {
    switch self {
    case .capabilities: "Get Channel Authentication Capabilities"
    case .challenge: "Get Session Challenge"
    case .activation: "Activate Session"
    case .openSession: "Open Session Request"
    case .userLookup: "RAKP message 1"
    case .proof: "RAKP message 3"
    case .privilege: "Set Session Privilege Level"
    case .command: "the command"
    }
  }
}

extension BMCFailure.Unreachable: CustomStringConvertible {
  /// Who says so.
  public var description: String {
    switch self {
    case .deadNeighbor: "nobody on the link answers for the address"
    case .noRoute: "there is no route to it"
    case .saidByRouter: "a router says so"
    case .prohibited: "it is prohibited"
    }
  }
}
