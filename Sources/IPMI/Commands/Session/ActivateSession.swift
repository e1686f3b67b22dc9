/// Activates the session of IPMI 1.5 that a challenge began. IPMI 2.0, section 22.17.
public struct ActivateSession: IPMIRequest {
  /// Application 3Ah, in the temporary session.
  public static let identity = CommandIdentity(.application, 0x3a, "Activate Session", .callback)

  /// How the session is to be authenticated.
  public var authenticationType: AuthenticationType
  /// The highest level that the session shall reach.
  public var maximumPrivilege: PrivilegeLimit
  /// The 16 bytes of the challenge.
  public var challenge: Octets16
  /// The sequence number that the controller's packets begin with; not 0.
  public var initialOutboundSequence: UInt32

  /// The request.
  public init(
    authenticationType: AuthenticationType, maximumPrivilege: PrivilegeLimit, challenge: Octets16,
    initialOutboundSequence: UInt32
  ) {
    self.authenticationType = authenticationType
    self.maximumPrivilege = maximumPrivilege
    self.challenge = challenge
    self.initialOutboundSequence = initialOutboundSequence
  }

  /// Reads the request's 22 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    authenticationType = AuthenticationType(rawValue: try reader.u8())
    maximumPrivilege = PrivilegeLimit(rawValue: try reader.u8())
    challenge = try reader.octets16()
    initialOutboundSequence = try reader.u32()
  }

  /// Appends the request's 22 bytes.
  public func append(to data: inout [UInt8]) {
    data.append(authenticationType.rawValue)
    data.append(maximumPrivilege.rawValue)
    data.append(challenge)
    data.append(littleEndian: initialOutboundSequence)
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x81: "no session slot available"
    case 0x82: "no slot available for the user"
    case 0x83: "no slot available for the user's maximum privilege"
    case 0x84: "session sequence number out of range"
    case 0x85: "invalid session ID in request"
    case 0x86: "requested privilege exceeds the user's or the channel's limit"
    default: nil
    }
  }

  /// The session: 10 bytes.
  public struct Response: IPMIResponse {
    /// How the session's further packets are authenticated.
    public var authenticationType: AuthenticationType
    /// The session.
    public var sessionID: UInt32
    /// The sequence number that the client's packets begin with.
    public var initialInboundSequence: UInt32
    /// The highest level that the session may reach.
    public var maximumPrivilege: PrivilegeLimit

    /// The response.
    public init(
      authenticationType: AuthenticationType, sessionID: UInt32, initialInboundSequence: UInt32,
      maximumPrivilege: PrivilegeLimit
    ) {
      self.authenticationType = authenticationType
      self.sessionID = sessionID
      self.initialInboundSequence = initialInboundSequence
      self.maximumPrivilege = maximumPrivilege
    }

    /// Reads the response's 10 bytes.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = ActivateSession.responseReader(data)
      authenticationType = AuthenticationType(rawValue: try reader.u8())
      sessionID = try reader.u32()
      initialInboundSequence = try reader.u32()
      maximumPrivilege = PrivilegeLimit(rawValue: try reader.u8())
    }

    /// Appends the response's 10 bytes.
    public func append(to data: inout [UInt8]) {
      data.append(authenticationType.rawValue)
      data.append(littleEndian: sessionID)
      data.append(littleEndian: initialInboundSequence)
      data.append(maximumPrivilege.rawValue)
    }
  }
}
