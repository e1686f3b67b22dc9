/// Asks which payload types a channel takes. IPMI 2.0, section 24.8.
public struct GetChannelPayloadSupport: IPMIRequest {
  /// Application 4Eh.
  public static let identity = CommandIdentity(
    .application, 0x4e, "Get Channel Payload Support", .user)

  /// The channel.
  public var channel: ChannelNumber

  /// The request.
  public init(channel: ChannelNumber = .current) {
    self.channel = channel
  }

  /// Reads the request's byte.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    channel = ChannelNumber(rawValue: try reader.u8())
  }

  /// Appends the request's byte.
  public func append(to data: inout [UInt8]) {
    data.append(channel.rawValue)
  }

  /// The payload types: 8 bytes.
  public struct Response: IPMIResponse {
    /// The types 0 to 63, a bit each, the lowest first.
    public var types: UInt64

    /// The response.
    public init(types: UInt64) {
      self.types = types
    }

    /// Reads the response's 8 bytes; the last 2, which are reserved, may be missing.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetChannelPayloadSupport.responseReader(data)
      let low = try reader.u32()
      let high = try reader.u16()
      let reserved = reader.remaining >= 2 ? try reader.u16() : 0
      types = UInt64(low) | UInt64(high) << 32 | UInt64(reserved) << 48
    }

    /// Appends the response's 8 bytes.
    public func append(to data: inout [UInt8]) {
      data.append(littleEndian: UInt32(truncatingIfNeeded: types))
      data.append(littleEndian: UInt32(truncatingIfNeeded: types >> 32))
    }

    /// Whether the channel takes payloads of this type.
    public func contains(_ type: PayloadType) -> Bool {
      types & 1 << UInt64(type.rawValue) != 0
    }
  }
}
