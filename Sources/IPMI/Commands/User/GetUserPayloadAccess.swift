/// Asks which payload types a user may use on a channel. IPMI 2.0, section 24.7.
public struct GetUserPayloadAccess: IPMIRequest {
  /// Application 4Dh.
  public static let identity = CommandIdentity(
    .application, 0x4d, "Get User Payload Access", .operator)

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

  /// The payload types: 4 bytes.
  public struct Response: IPMIResponse {
    /// Which payload types the user may use.
    public var access: UserPayloadAccess

    /// The response.
    public init(_ access: UserPayloadAccess) {
      self.access = access
    }

    /// Reads the response's 4 bytes.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetUserPayloadAccess.responseReader(data)
      access = try UserPayloadAccess(reading: &reader)
    }

    /// Appends the response's 4 bytes.
    public func append(to data: inout [UInt8]) {
      data += access.bytes
    }
  }
}
