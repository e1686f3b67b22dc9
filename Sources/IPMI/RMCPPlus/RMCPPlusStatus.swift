/// How a step of the session's set-up ended. IPMI 2.0, table 13-15.
public struct RMCPPlusStatus: RawRepresentable, Hashable, Sendable, Error {
  /// The byte.
  public let rawValue: UInt8

  /// The status of this byte.
  @inlinable public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// No error.
  public static let noErrors = RMCPPlusStatus(rawValue: 0x00)
  /// The controller has no room for another session.
  public static let insufficientResources = RMCPPlusStatus(rawValue: 0x01)
  /// The session ID is not valid.
  public static let invalidSessionID = RMCPPlusStatus(rawValue: 0x02)
  /// The payload type is not valid.
  public static let invalidPayloadType = RMCPPlusStatus(rawValue: 0x03)
  /// The authentication algorithm is not valid.
  public static let invalidAuthenticationAlgorithm = RMCPPlusStatus(rawValue: 0x04)
  /// The integrity algorithm is not valid.
  public static let invalidIntegrityAlgorithm = RMCPPlusStatus(rawValue: 0x05)
  /// No authentication payload fits.
  public static let noMatchingAuthenticationPayload = RMCPPlusStatus(rawValue: 0x06)
  /// No integrity payload fits.
  public static let noMatchingIntegrityPayload = RMCPPlusStatus(rawValue: 0x07)
  /// The session ID is not in use.
  public static let inactiveSessionID = RMCPPlusStatus(rawValue: 0x08)
  /// The role is not valid.
  public static let invalidRole = RMCPPlusStatus(rawValue: 0x09)
  /// The user may not have the role or privilege level.
  public static let unauthorizedRole = RMCPPlusStatus(rawValue: 0x0a)
  /// The controller has no room for another session at this role.
  public static let insufficientResourcesAtRole = RMCPPlusStatus(rawValue: 0x0b)
  /// The user name's length is not valid.
  public static let invalidNameLength = RMCPPlusStatus(rawValue: 0x0c)
  /// There is no such user, or not here.
  public static let unauthorizedName = RMCPPlusStatus(rawValue: 0x0d)
  /// The GUID is not one that may.
  public static let unauthorizedGUID = RMCPPlusStatus(rawValue: 0x0e)
  /// The code of the message before is wrong.
  public static let invalidIntegrityCheckValue = RMCPPlusStatus(rawValue: 0x0f)
  /// The confidentiality algorithm is not valid.
  public static let invalidConfidentialityAlgorithm = RMCPPlusStatus(rawValue: 0x10)
  /// No cipher suite has the proposed algorithms.
  public static let noCipherSuiteMatch = RMCPPlusStatus(rawValue: 0x11)
  /// A parameter is not legal.
  public static let illegalParameter = RMCPPlusStatus(rawValue: 0x12)

  /// Whether another cipher suite may be taken where this one was refused: besides the codes that
  /// say so, 0Ah (Supermicro X8DTG) and 12h (MSI) for a suite that is disabled.
  public var refusesSuite: Bool {
    switch self {
    case .invalidAuthenticationAlgorithm, .invalidIntegrityAlgorithm,
      .invalidConfidentialityAlgorithm, .noMatchingAuthenticationPayload,
      .noMatchingIntegrityPayload, .noCipherSuiteMatch, .unauthorizedRole, .illegalParameter:
      true
    default: false
    }
  }
}

extension RMCPPlusStatus: CustomStringConvertible {
  /// The words, without the number.
  public var meaning: String {
    let words = Self.meanings
    guard Int(rawValue) < words.count else {
      return "a status that the specification does not name"
    }
    return words[Int(rawValue)]
  }

  /// The words and the number, such as `unauthorized name (0Dh)`.
  public var description: String { "\(meaning) (\(hexadecimal(rawValue, uppercase: true))h)" }

  private static let meanings = [
    "no errors",
    "insufficient resources to create a session",
    "invalid session ID",
    "invalid payload type",
    "invalid authentication algorithm",
    "invalid integrity algorithm",
    "no matching authentication payload",
    "no matching integrity payload",
    "inactive session ID",
    "invalid role",
    "unauthorized role or privilege level requested",
    "insufficient resources to create a session at the requested role",
    "invalid name length",
    "unauthorized name",
    "unauthorized GUID",
    "invalid integrity check value",
    "invalid confidentiality algorithm",
    "no cipher suite match with proposed security algorithms",
    "illegal or unrecognized parameter",
  ]
}
