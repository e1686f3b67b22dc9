/// Sets what a user may do on a channel. IPMI 2.0, section 22.26.
public struct SetUserAccess: IPMIRequest {
  /// Application 43h.
  public static let identity = CommandIdentity(
    .application, 0x43, "Set User Access", .administrator)

  /// The channel.
  public var channel: ChannelNumber
  /// Which user: 6 bits.
  public var userID: UInt8
  /// What the user may do beside the level; nil changes nothing.
  public var access: UserAccess?
  /// The highest level that the user may reach.
  public var privilegeLimit: PrivilegeLimit
  /// How many sessions the user may have at once, if told: 4 bits; 0 is the channel's limit.
  public var sessionLimit: UInt8?

  /// The request.
  public init(
    channel: ChannelNumber, userID: UInt8, access: UserAccess?, privilegeLimit: PrivilegeLimit,
    sessionLimit: UInt8? = nil
  ) {
    self.channel = channel
    self.userID = userID & 0x3f
    self.access = access
    self.privilegeLimit = privilegeLimit
    self.sessionLimit = sessionLimit.map { $0 & 0x0f }
  }

  /// Reads the request's 3 or 4 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    let first = try reader.u8()
    channel = ChannelNumber(rawValue: first)
    access = first & 0x80 == 0 ? nil : UserAccess(rawValue: first)
    userID = try reader.u8() & 0x3f
    privilegeLimit = PrivilegeLimit(rawValue: try reader.u8())
    sessionLimit = try reader.u8IfPresent().map { $0 & 0x0f }
  }

  /// Appends the request's 3 or 4 bytes.
  public func append(to data: inout [UInt8]) {
    data += [
      (access.map { 0x80 | $0.rawValue } ?? 0) | channel.rawValue, userID & 0x3f,
      privilegeLimit.rawValue,
    ]
    if let sessionLimit { data.append(sessionLimit & 0x0f) }
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
