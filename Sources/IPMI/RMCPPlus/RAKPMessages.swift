/// The console names its user, and sends a random number. IPMI 2.0, section 13.20.
///
///     0         1         4                   8             24        25     27        28
///     +---------+---------+-------------------+-------------+---------+------+---------+------
///     | tag     | 00 00 00| controller's      | console's   | role    | 00 00| length  | name
///     |         |         | session ID        | random, 16  |         |      |         |
///     +---------+---------+-------------------+-------------+---------+------+---------+------
public struct RAKPMessage1: Hashable, Sendable {
  /// How many bytes a user name may have.
  public static let userNameLimit = 16

  /// A number that RAKP message 2 repeats.
  public var messageTag: UInt8
  /// The controller's number for the session.
  public var controllerSessionID: UInt32
  /// The console's random number.
  public var consoleRandom: Octets16
  /// What the session is to be allowed.
  public var role: RequestedRole
  /// The user's name: at most 16 bytes, none for the null user. A longer one can be read, so that it
  /// can be refused.
  public var userName: [UInt8]

  /// A message of these fields.
  public init(
    messageTag: UInt8, controllerSessionID: UInt32, consoleRandom: Octets16, role: RequestedRole,
    userName: [UInt8]
  ) {
    self.messageTag = messageTag
    self.controllerSessionID = controllerSessionID
    self.consoleRandom = consoleRandom
    self.role = role
    self.userName = userName
  }

  /// Reads a payload of type ``PayloadType/rakp1``; bytes after the name are passed over.
  ///
  /// Throws `IPMIError` when it ends before the name does.
  public init(parsing payload: RawSpan) throws(IPMIError) {
    var reader = MessageReader(payload, as: .rakp(1))
    messageTag = try reader.u8()
    try reader.skip(3)
    controllerSessionID = try reader.u32()
    consoleRandom = try reader.octets16()
    role = RequestedRole(rawValue: try reader.u8())
    try reader.skip(2)
    let count = Int(try reader.u8())
    userName = try reader.bytes(count, lengthFrom: .field(offset: 27))
  }

  /// Appends the payload.
  ///
  /// - Parameters:
  ///   - payload: what is appended to.
  ///   - paddingUserName: whether zeros fill the name to 16 bytes, as Intel's 82571 wants it.
  /// - Precondition: the name has at most 255 bytes.
  public func append(to payload: inout [UInt8], paddingUserName: Bool = false) {
    payload.append(messageTag)
    payload.append(contentsOf: [0, 0, 0])
    payload.append(littleEndian: controllerSessionID)
    payload.append(consoleRandom)
    payload.append(role.rawValue)
    payload.append(contentsOf: [0, 0])
    payload.append(UInt8(userName.count))
    payload.append(contentsOf: userName)
    guard paddingUserName, userName.count < Self.userNameLimit else { return }
    payload.append(contentsOf: repeatElement(0, count: Self.userNameLimit - userName.count))
  }

  /// The message as a datagram; the parameter is that of ``append(to:paddingUserName:)``.
  public func datagram(paddingUserName: Bool = false) -> [UInt8] {
    var payload: [UInt8] = []
    append(to: &payload, paddingUserName: paddingUserName)
    return RMCPPlusPacket.unprotected(.rakp1, payload: payload)
  }
}

/// The controller proves that it knows the user's password. IPMI 2.0, section 13.21.
///
///     0         1         2         4                   8             24            40
///     +---------+---------+---------+-------------------+-------------+-------------+---------
///     | tag     | status  | 00 00   | console's         | controller's| controller's| key ex-
///     |         |         |         | session ID        | random, 16  | GUID, 16    | change code
///     +---------+---------+---------+-------------------+-------------+-------------+---------
public struct RAKPMessage2: Hashable, Sendable {
  /// The tag of RAKP message 1.
  public var messageTag: UInt8
  /// The console's number for the session; nil when a refusal is too short to have it.
  public var consoleSessionID: UInt32?
  /// Whether the controller knows the user.
  public var outcome: Outcome

  /// How RAKP message 1 was taken.
  public enum Outcome: Hashable, Sendable {
    /// The controller's proof.
    case proof(Proof)
    /// There is no session any more; the status is not ``RMCPPlusStatus/noErrors``.
    case refused(RMCPPlusStatus)
  }

  /// What the controller proves itself with.
  public struct Proof: Hashable, Sendable {
    /// The controller's random number.
    public var controllerRandom: Octets16
    /// Which managed system this is.
    public var controllerGUID: Octets16
    /// The code that only who knows the password can make; empty without an authentication
    /// algorithm.
    public var keyExchangeCode: Digest

    /// A proof of these fields.
    public init(controllerRandom: Octets16, controllerGUID: Octets16, keyExchangeCode: Digest) {
      self.controllerRandom = controllerRandom
      self.controllerGUID = controllerGUID
      self.keyExchangeCode = keyExchangeCode
    }
  }

  /// A message of these fields.
  public init(messageTag: UInt8, consoleSessionID: UInt32?, outcome: Outcome) {
    self.messageTag = messageTag
    self.consoleSessionID = consoleSessionID
    self.outcome = outcome
  }

  /// Reads a payload of type ``PayloadType/rakp2``.
  ///
  /// Throws `IPMIError` when it is too short for what its status says, or its code longer than any.
  public init(parsing payload: RawSpan) throws(IPMIError) {
    var reader = MessageReader(payload, as: .rakp(2))
    messageTag = try reader.u8()
    let status = RMCPPlusStatus(rawValue: try reader.u8())
    guard status == .noErrors else {
      outcome = .refused(status)
      consoleSessionID = try reader.sessionIDOfRefusal()
      return
    }
    try reader.skip(2)
    consoleSessionID = try reader.u32()
    outcome = .proof(
      Proof(
        controllerRandom: try reader.octets16(), controllerGUID: try reader.octets16(),
        keyExchangeCode: try reader.digest()))
  }

  /// Appends the payload.
  public func append(to payload: inout [UInt8]) {
    payload.append(messageTag)
    switch outcome {
    case .refused(let status):
      payload.append(status.rawValue)
      guard let consoleSessionID else { return }
      payload.append(contentsOf: [0, 0])
      payload.append(littleEndian: consoleSessionID)
    case .proof(let proof):
      payload.append(contentsOf: [RMCPPlusStatus.noErrors.rawValue, 0, 0])
      payload.append(littleEndian: consoleSessionID ?? 0)
      payload.append(proof.controllerRandom)
      payload.append(proof.controllerGUID)
      payload.append(contentsOf: proof.keyExchangeCode.bytes)
    }
  }

  /// The message as a datagram.
  public var datagram: [UInt8] {
    var payload: [UInt8] = []
    append(to: &payload)
    return RMCPPlusPacket.unprotected(.rakp2, payload: payload)
  }
}

/// The console proves that it knows the password; or says that the controller did not prove it, so
/// that the controller lets the session go. IPMI 2.0, section 13.22.
///
///     0         1         2         4                   8
///     +---------+---------+---------+-------------------+-------------------
///     | tag     | status  | 00 00   | controller's      | key exchange code
///     |         |         |         | session ID        |
///     +---------+---------+---------+-------------------+-------------------
public struct RAKPMessage3: Hashable, Sendable {
  /// A number that RAKP message 4 repeats.
  public var messageTag: UInt8
  /// Whether the console goes on.
  public var status: RMCPPlusStatus
  /// The controller's number for the session.
  public var controllerSessionID: UInt32
  /// The code that only who knows the password can make; empty with a status that is an error, and
  /// without an authentication algorithm.
  public var keyExchangeCode: Digest

  /// A message of these fields.
  public init(
    messageTag: UInt8, status: RMCPPlusStatus = .noErrors, controllerSessionID: UInt32,
    keyExchangeCode: Digest
  ) {
    self.messageTag = messageTag
    self.status = status
    self.controllerSessionID = controllerSessionID
    self.keyExchangeCode = keyExchangeCode
  }

  /// Reads a payload of type ``PayloadType/rakp3``.
  ///
  /// Throws `IPMIError` when it is too short, or its code longer than any.
  public init(parsing payload: RawSpan) throws(IPMIError) {
    var reader = MessageReader(payload, as: .rakp(3))
    messageTag = try reader.u8()
    status = RMCPPlusStatus(rawValue: try reader.u8())
    try reader.skip(2)
    controllerSessionID = try reader.u32()
    keyExchangeCode = try reader.digest()
  }

  /// Appends the payload.
  public func append(to payload: inout [UInt8]) {
    payload.append(contentsOf: [messageTag, status.rawValue, 0, 0])
    payload.append(littleEndian: controllerSessionID)
    payload.append(contentsOf: keyExchangeCode.bytes)
  }

  /// The message as a datagram.
  public var datagram: [UInt8] {
    var payload: [UInt8] = []
    append(to: &payload)
    return RMCPPlusPacket.unprotected(.rakp3, payload: payload)
  }
}

/// The controller lets the user in. IPMI 2.0, section 13.23.
///
///     0         1         2         4                   8
///     +---------+---------+---------+-------------------+-----------------------
///     | tag     | status  | 00 00   | console's         | integrity check value
///     |         |         |         | session ID        |
///     +---------+---------+---------+-------------------+-----------------------
public struct RAKPMessage4: Hashable, Sendable {
  /// The tag of RAKP message 3.
  public var messageTag: UInt8
  /// Whether the session is active.
  public var status: RMCPPlusStatus
  /// The console's number for the session; nil when a refusal is too short to have it.
  public var consoleSessionID: UInt32?
  /// The code that only who has the session's keys can make; empty with a status that is an error,
  /// and without an authentication algorithm.
  public var integrityCheckValue: Digest

  /// A message of these fields.
  public init(
    messageTag: UInt8, status: RMCPPlusStatus = .noErrors, consoleSessionID: UInt32?,
    integrityCheckValue: Digest
  ) {
    self.messageTag = messageTag
    self.status = status
    self.consoleSessionID = consoleSessionID
    self.integrityCheckValue = integrityCheckValue
  }

  /// Reads a payload of type ``PayloadType/rakp4``.
  ///
  /// Throws `IPMIError` when it is too short for what its status says, or its code longer than any.
  public init(parsing payload: RawSpan) throws(IPMIError) {
    var reader = MessageReader(payload, as: .rakp(4))
    messageTag = try reader.u8()
    status = RMCPPlusStatus(rawValue: try reader.u8())
    guard status == .noErrors else {
      consoleSessionID = try reader.sessionIDOfRefusal()
      integrityCheckValue = .empty
      return
    }
    try reader.skip(2)
    consoleSessionID = try reader.u32()
    integrityCheckValue = try reader.digest()
  }

  /// Appends the payload.
  public func append(to payload: inout [UInt8]) {
    payload.append(contentsOf: [messageTag, status.rawValue])
    guard let consoleSessionID else { return }
    payload.append(contentsOf: [0, 0])
    payload.append(littleEndian: consoleSessionID)
    payload.append(contentsOf: integrityCheckValue.bytes)
  }

  /// The message as a datagram.
  public var datagram: [UInt8] {
    var payload: [UInt8] = []
    append(to: &payload)
    return RMCPPlusPacket.unprotected(.rakp4, payload: payload)
  }
}

extension MessageReader {
  /// All that has not been read, as a digest. Throws `IPMIError.malformed` when no digest is so
  /// long.
  fileprivate mutating func digest() throws(IPMIError) -> Digest {
    let count = remaining
    guard count <= Digest.maximumByteCount else { throw malformed(count, width: 0) }
    return Digest(copying: try span(count))
  }
}
