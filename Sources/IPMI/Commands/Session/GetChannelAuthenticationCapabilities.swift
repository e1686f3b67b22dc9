/// Asks which authentications a channel offers. The first datagram of most clients, sent outside of
/// any session. IPMI 2.0, section 22.13.
public struct GetChannelAuthenticationCapabilities: IPMIRequest {
  /// Application 38h.
  public static let identity = CommandIdentity(
    .application, 0x38, "Get Channel Authentication Capabilities", .callback)

  /// Whether the answer may be the one of IPMI 2.0. Old controllers refuse the request when it is
  /// set: then it is sent again without.
  public var asksForExtendedData: Bool
  /// The channel that is asked about.
  public var channel: ChannelNumber
  /// The level that the session shall reach.
  public var privilege: PrivilegeLimit

  /// The request.
  public init(
    channel: ChannelNumber = .current, privilege: PrivilegeLimit, asksForExtendedData: Bool = true
  ) {
    self.asksForExtendedData = asksForExtendedData
    self.channel = channel
    self.privilege = privilege
  }

  /// Reads the request's 2 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    let first = try reader.u8()
    asksForExtendedData = first & 0x80 != 0
    channel = ChannelNumber(rawValue: first)
    privilege = PrivilegeLimit(rawValue: try reader.u8())
  }

  /// Appends the request's 2 bytes.
  public func append(to data: inout [UInt8]) {
    data.append((asksForExtendedData ? 0x80 : 0) | channel.rawValue)
    data.append(privilege.rawValue)
  }

  /// What the channel offers: 8 bytes.
  public struct Response: IPMIResponse {
    /// The channel that was asked about, or that the request came by.
    public var channel: ChannelNumber
    /// The authentication types of IPMI 1.5; bit 7 says that `versions` counts.
    public var authenticationTypes: AuthenticationTypes
    /// Which users there are, and which packets are authenticated.
    public var status: Status
    /// Which versions of sessions the channel takes.
    public var versions: Versions
    /// Whose authentication type `oem` is: an IANA enterprise number of 3 bytes.
    public var oemIdentifier: UInt32
    /// The manufacturer's own word about that type.
    public var oemAuxiliary: UInt8

    /// The response.
    public init(
      channel: ChannelNumber, authenticationTypes: AuthenticationTypes, status: Status,
      versions: Versions?, oemIdentifier: UInt32 = 0, oemAuxiliary: UInt8 = 0
    ) {
      self.channel = channel
      self.authenticationTypes = AuthenticationTypes(
        rawValue: authenticationTypes.rawValue & 0x7f | (versions == nil ? 0 : 0x80))
      self.status = status
      self.versions = versions ?? []
      self.oemIdentifier = oemIdentifier & 0xff_ffff
      self.oemAuxiliary = oemAuxiliary
    }

    /// Reads the response's 8 bytes.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetChannelAuthenticationCapabilities.responseReader(data)
      channel = ChannelNumber(rawValue: try reader.u8())
      authenticationTypes = try reader.flags()
      status = try reader.flags()
      versions = try reader.flags()
      oemIdentifier = try reader.u24()
      oemAuxiliary = try reader.u8()
    }

    /// Appends the response's 8 bytes.
    public func append(to data: inout [UInt8]) {
      data.append(channel.rawValue)
      data.append(authenticationTypes.rawValue)
      data.append(status.rawValue)
      data.append(versions.rawValue)
      data.append(littleEndian24: oemIdentifier)
      data.append(oemAuxiliary)
    }

    /// Whether the answer is the one of IPMI 2.0.
    public var isExtended: Bool { authenticationTypes.rawValue & 0x80 != 0 }
    /// Whether sessions of IPMI 1.5 can be had. Answers that are not extended do not say: they can.
    public var offersVersion15: Bool { !isExtended || versions.contains(.version15) }
    /// Whether sessions of IPMI 2.0 can be had.
    public var offersVersion20: Bool { isExtended && versions.contains(.version20) }
  }

  /// Which users a channel has, and which packets are authenticated.
  public struct Status: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// The status of these bits.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// There is a user without name and password.
    public static let anonymousLogin = Status(rawValue: 1 << 0)
    /// There are users without name but with a password.
    public static let nullUserNames = Status(rawValue: 1 << 1)
    /// There are users with a name.
    public static let userNames = Status(rawValue: 1 << 2)
    /// Commands of user level need no authentication.
    public static let userLevelUnauthenticated = Status(rawValue: 1 << 3)
    /// Packets need no authentication once the session is active.
    public static let perMessageUnauthenticated = Status(rawValue: 1 << 4)
    /// The key Kg is set: RMCP+ needs two keys.
    public static let twoKeyLogin = Status(rawValue: 1 << 5)
  }

  /// Versions of sessions.
  public struct Versions: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// The versions of these bits.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// IPMI 1.5.
    public static let version15 = Versions(rawValue: 1 << 0)
    /// IPMI 2.0: RMCP+.
    public static let version20 = Versions(rawValue: 1 << 1)
  }
}
