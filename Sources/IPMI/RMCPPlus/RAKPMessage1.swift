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
