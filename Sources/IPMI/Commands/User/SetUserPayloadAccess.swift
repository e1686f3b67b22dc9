/// Lets a user use payload types on a channel, or keeps it from them. IPMI 2.0, section 24.6.
public struct SetUserPayloadAccess: IPMIRequest {
  /// Application 4Ch.
  public static let identity = CommandIdentity(
    .application, 0x4c, "Set User Payload Access", .administrator)

  /// The channel.
  public var channel: ChannelNumber
  /// Which user: 6 bits.
  public var userID: UInt8
  /// Whether the user is kept from `access`, and not let.
  public var disables: Bool
  /// Which payload types; the others stay as they are.
  public var access: UserPayloadAccess

  /// The request.
  public init(
    channel: ChannelNumber, userID: UInt8, disables: Bool = false, access: UserPayloadAccess
  ) {
    self.channel = channel
    self.userID = userID & 0x3f
    self.disables = disables
    self.access = access
  }

  /// Reads the request's 6 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    channel = ChannelNumber(rawValue: try reader.u8())
    let second = try reader.u8()
    userID = second & 0x3f
    switch second >> 6 {
    case 0: disables = false
    case 1: disables = true
    default: throw reader.malformed(second)
    }
    access = try UserPayloadAccess(reading: &reader)
  }

  /// Appends the request's 6 bytes.
  public func append(to data: inout [UInt8]) {
    data += [channel.rawValue, (disables ? 0x40 : 0) | userID & 0x3f]
    data += access.bytes
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
