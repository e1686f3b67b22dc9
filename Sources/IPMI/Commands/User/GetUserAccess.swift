/// Asks what a user may do on a channel. IPMI 2.0, section 22.27.
public struct GetUserAccess: IPMIRequest {
  /// Application 44h.
  public static let identity = CommandIdentity(.application, 0x44, "Get User Access", .operator)

  /// The channel.
  public var channel: ChannelNumber
  /// Which user: 6 bits.
  public var userID: UInt8

  /// The request.
  public init(channel: ChannelNumber = .current, userID: UInt8) {
    self.channel = channel
    self.userID = userID & 0x3f
  }

  /// Reads the request's 2 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    channel = ChannelNumber(rawValue: try reader.u8())
    userID = try reader.u8() & 0x3f
  }

  /// Appends the request's 2 bytes.
  public func append(to data: inout [UInt8]) {
    data += [channel.rawValue, userID & 0x3f]
  }

  /// What the user may do, and how many users there are: 4 bytes.
  public struct Response: IPMIResponse {
    /// How many users there can be: 6 bits.
    public var maximumUsers: UInt8
    /// How many are let in: 6 bits.
    public var enabledUsers: UInt8
    /// Whether this one is let in.
    public var status: Status
    /// How many have a name that cannot be changed: 6 bits.
    public var fixedNames: UInt8
    /// What the user may do beside the level.
    public var access: UserAccess
    /// The highest level that the user may reach.
    public var privilegeLimit: PrivilegeLimit

    /// The response.
    public init(
      maximumUsers: UInt8, enabledUsers: UInt8, status: Status, fixedNames: UInt8,
      access: UserAccess, privilegeLimit: PrivilegeLimit
    ) {
      self.maximumUsers = maximumUsers & 0x3f
      self.enabledUsers = enabledUsers & 0x3f
      self.status = status
      self.fixedNames = fixedNames & 0x3f
      self.access = access
      self.privilegeLimit = privilegeLimit
    }

    /// Reads the response's 4 bytes.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetUserAccess.responseReader(data)
      maximumUsers = try reader.u8() & 0x3f
      let second = try reader.u8()
      status = Status(rawValue: second >> 6)
      enabledUsers = second & 0x3f
      fixedNames = try reader.u8() & 0x3f
      let fourth = try reader.u8()
      access = UserAccess(rawValue: fourth)
      privilegeLimit = PrivilegeLimit(rawValue: fourth)
    }

    /// Appends the response's 4 bytes.
    public func append(to data: inout [UInt8]) {
      data += [
        maximumUsers & 0x3f, status.rawValue << 6 | enabledUsers & 0x3f, fixedNames & 0x3f,
        access.rawValue | privilegeLimit.rawValue,
      ]
    }
  }

  /// Whether a user is let in: 2 bits.
  public struct Status: RawRepresentable, Hashable, Sendable {
    /// The 2 bits.
    public let rawValue: UInt8
    /// The status of this number, of which the low 2 bits count.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x03 }

    /// The controller does not say, as those of IPMI 1.5.
    public static let unspecified = Status(rawValue: 0)
    /// The user is let in.
    public static let enabled = Status(rawValue: 1)
    /// The user is kept out.
    public static let disabled = Status(rawValue: 2)

    /// The status as ipmitool prints it.
    public var text: String {
      switch self {
      case .unspecified: "unknown"
      case .enabled: "enabled"
      case .disabled: "disabled"
      default: "reserved"
      }
    }
  }
}
