/// Sets who gets through on a channel. IPMI 2.0, section 22.22.
public struct SetChannelAccess: IPMIRequest {
  /// Application 40h.
  public static let identity = CommandIdentity(
    .application, 0x40, "Set Channel Access", .administrator)

  /// The channel.
  public var channel: ChannelNumber
  /// Which settings of the access change.
  public var accessSettings: ChannelSettings
  /// Which settings of the limit change.
  public var limitSettings: ChannelSettings
  /// The access.
  public var access: ChannelAccess

  /// The request.
  public init(
    channel: ChannelNumber, accessSettings: ChannelSettings, limitSettings: ChannelSettings,
    access: ChannelAccess
  ) {
    self.channel = channel
    self.accessSettings = accessSettings
    self.limitSettings = limitSettings
    self.access = access
  }

  /// Reads the request's 3 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    channel = ChannelNumber(rawValue: try reader.u8())
    let first = try reader.u8()
    let second = try reader.u8()
    accessSettings = ChannelSettings(rawValue: first >> 6)
    limitSettings = ChannelSettings(rawValue: second >> 6)
    access = ChannelAccess(first, second)
  }

  /// Appends the request's 3 bytes.
  public func append(to data: inout [UInt8]) {
    data += [
      channel.rawValue, accessSettings.rawValue << 6 | access.firstByte,
      limitSettings.rawValue << 6 | access.privilegeLimit.rawValue,
    ]
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x82: "cannot be set on this channel: it has no sessions"
    case 0x83: "access mode not supported"
    default: nil
    }
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
