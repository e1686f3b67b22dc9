/// Asks who gets through on a channel. IPMI 2.0, section 22.23.
public struct GetChannelAccess: IPMIRequest {
  /// Application 41h.
  public static let identity = CommandIdentity(.application, 0x41, "Get Channel Access", .user)

  /// The channel.
  public var channel: ChannelNumber
  /// Which settings are asked for.
  public var settings: ChannelSettings

  /// The request.
  public init(channel: ChannelNumber = .current, settings: ChannelSettings) {
    self.channel = channel
    self.settings = settings
  }

  /// Reads the request's 2 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    channel = ChannelNumber(rawValue: try reader.u8())
    settings = ChannelSettings(rawValue: try reader.u8() >> 6)
  }

  /// Appends the request's 2 bytes.
  public func append(to data: inout [UInt8]) {
    data += [channel.rawValue, settings.rawValue << 6]
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    code.rawValue == 0x82 ? "not supported on this channel: it has no sessions" : nil
  }

  /// The access: 2 bytes.
  public struct Response: IPMIResponse {
    /// The access.
    public var access: ChannelAccess

    /// The response.
    public init(_ access: ChannelAccess) {
      self.access = access
    }

    /// Reads the response's 2 bytes.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetChannelAccess.responseReader(data)
      access = ChannelAccess(try reader.u8(), try reader.u8())
    }

    /// Appends the response's 2 bytes.
    public func append(to data: inout [UInt8]) {
      data += [access.firstByte, access.privilegeLimit.rawValue]
    }
  }
}
