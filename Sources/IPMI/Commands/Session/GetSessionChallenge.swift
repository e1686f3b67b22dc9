/// Asks for the challenge that a session of IPMI 1.5 begins with. IPMI 2.0, section 22.16.
public struct GetSessionChallenge: IPMIRequest {
  /// Application 39h, outside of any session.
  public static let identity = CommandIdentity(
    .application, 0x39, "Get Session Challenge", .callback)

  /// How the session is to be authenticated.
  public var authenticationType: AuthenticationType
  /// Who asks.
  public var userName: UserName

  /// The request.
  public init(authenticationType: AuthenticationType, userName: UserName) {
    self.authenticationType = authenticationType
    self.userName = userName
  }

  /// Reads the request's 17 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    authenticationType = AuthenticationType(rawValue: try reader.u8())
    userName = try UserName(reading: &reader)
  }

  /// Appends the request's 17 bytes.
  public func append(to data: inout [UInt8]) {
    data.append(authenticationType.rawValue)
    userName.appendPadded(to: &data)
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x81: "invalid user name"
    case 0x82: "null user name not enabled"
    default: nil
    }
  }

  /// The challenge: 20 bytes.
  public struct Response: IPMIResponse {
    /// The session that Activate Session is sent in.
    public var temporarySessionID: UInt32
    /// 16 random bytes.
    public var challenge: Octets16

    /// The response.
    public init(temporarySessionID: UInt32, challenge: Octets16) {
      self.temporarySessionID = temporarySessionID
      self.challenge = challenge
    }

    /// Reads the response's 20 bytes.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetSessionChallenge.responseReader(data)
      temporarySessionID = try reader.u32()
      challenge = try reader.octets16()
    }

    /// Appends the response's 20 bytes.
    public func append(to data: inout [UInt8]) {
      data.append(littleEndian: temporarySessionID)
      data.append(challenge)
    }
  }
}
