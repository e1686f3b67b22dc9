/// Asks which version of a payload type a channel speaks. IPMI 2.0, section 24.9.
public struct GetChannelPayloadVersion: IPMIRequest {
  /// Application 4Fh.
  public static let identity = CommandIdentity(
    .application, 0x4f, "Get Channel Payload Version", .user)

  /// The channel.
  public var channel: ChannelNumber
  /// Of what payload.
  public var type: PayloadType

  /// The request.
  public init(channel: ChannelNumber = .current, type: PayloadType) {
    self.channel = channel
    self.type = type
  }

  /// Reads the request's 2 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    channel = ChannelNumber(rawValue: try reader.u8())
    type = PayloadType(rawValue: try reader.u8())
  }

  /// Appends the request's 2 bytes.
  public func append(to data: inout [UInt8]) {
    data += [channel.rawValue, type.rawValue]
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    code.rawValue == 0x80 ? "payload type not available on this channel" : nil
  }

  /// The version: a byte.
  public struct Response: IPMIResponse {
    /// The version, major in the high 4 bits.
    public var version: UInt8

    /// The response.
    public init(version: UInt8) {
      self.version = version
    }

    /// Reads the response's byte.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetChannelPayloadVersion.responseReader(data)
      version = try reader.u8()
    }

    /// Appends the response's byte.
    public func append(to data: inout [UInt8]) {
      data.append(version)
    }
  }
}
