/// Raises or lowers what the session may do; it starts at user level. IPMI 2.0, section 22.18.
public struct SetSessionPrivilegeLevel: IPMIRequest {
  /// Application 3Bh.
  public static let identity = CommandIdentity(
    .application, 0x3b, "Set Session Privilege Level", .user)

  /// The level; `unspecified` asks for the present one and changes nothing.
  public var privilege: PrivilegeLimit

  /// The request.
  public init(_ privilege: PrivilegeLimit) {
    self.privilege = privilege
  }

  /// The request for this level.
  public init(_ privilege: PrivilegeLevel) {
    self.privilege = PrivilegeLimit(privilege)
  }

  /// Reads the request's byte.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    privilege = PrivilegeLimit(rawValue: try reader.u8())
  }

  /// Appends the request's byte.
  public func append(to data: inout [UInt8]) {
    data.append(privilege.rawValue)
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x80: "requested level not available for this user"
    case 0x81: "requested level exceeds the user's or the channel's limit"
    case 0x82: "cannot disable user level authentication"
    default: nil
    }
  }

  /// The session's level: a byte.
  public struct Response: IPMIResponse {
    /// The level that the session has now.
    public var privilege: PrivilegeLimit

    /// The response.
    public init(privilege: PrivilegeLimit) {
      self.privilege = privilege
    }

    /// Reads the response's byte.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = SetSessionPrivilegeLevel.responseReader(data)
      privilege = PrivilegeLimit(rawValue: try reader.u8())
    }

    /// Appends the response's byte.
    public func append(to data: inout [UInt8]) {
      data.append(privilege.rawValue)
    }
  }
}
