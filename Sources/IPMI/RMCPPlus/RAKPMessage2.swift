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
    switch outcome {
    case .refused(let status):
      payload.append(messageTag: messageTag, status, for: consoleSessionID)
    case .proof(let proof):
      payload.append(messageTag: messageTag, .noErrors, for: consoleSessionID ?? 0)
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
