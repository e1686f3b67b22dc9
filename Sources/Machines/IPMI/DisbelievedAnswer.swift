/// Why an answer that came in the right place was passed over: anybody could have made it. Some controllers
/// answer so by mistake; then there is a ``SessionQuirk`` that bears with it.
public enum DisbelievedAnswer: Hashable, Sendable {
  /// A packet of a 1.5 session has the session ID 0.
  case sessionIDZero
  /// The authentication code of a 1.5 session's packet is wrong.
  case wrongAuthenticationCode
  /// The sequence number of a 1.5 session's packet is far from the next one, and near it when its bytes are
  /// read in the other order.
  case bigEndianSequenceNumber
  /// A message's checksum is wrong.
  case wrongChecksum
  /// A packet is not authenticated, or not encrypted, and the session agreed that all are.
  case unprotected
  /// The authentication code of a 2.0 session's packet is wrong.
  case wrongIntegrityCode
}

extension DisbelievedAnswer: CustomStringConvertible {
  /// What is wrong with the answers and, where there is one, the work-around by FreeIPMI's name.
  public var description: String {
    switch self {
    case .sessionIDZero: "their session ID is 0 (--quirk idzero bears with it)"
    case .wrongAuthenticationCode:
      "their authentication code is wrong (--quirk noauthcodecheck bears with it, and then anybody "
        + "can answer)"
    case .bigEndianSequenceNumber:
      "their sequence numbers are in the other byte order (--quirk endianseq bears with it)"
    case .wrongChecksum: "their checksum is wrong (--quirk nochecksumcheck bears with it)"
    case .unprotected: "they are not authenticated and encrypted as the session agreed"
    case .wrongIntegrityCode: "their authentication code is wrong"
    }
  }
}
