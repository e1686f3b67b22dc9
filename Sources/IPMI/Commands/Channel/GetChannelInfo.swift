/// Asks what a channel is. IPMI 2.0, section 22.24.
public struct GetChannelInfo: IPMIRequest {
  /// Application 42h.
  public static let identity = CommandIdentity(.application, 0x42, "Get Channel Info", .user)

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

  /// What the channel is: 9 bytes.
  public struct Response: IPMIResponse {
    /// The channel's own number.
    public var channel: ChannelNumber
    /// What it is made of.
    public var medium: ChannelMedium
    /// What is spoken on it.
    public var messageProtocol: ChannelProtocol
    /// Which sessions it has.
    public var sessionSupport: SessionSupport
    /// How many sessions are active on it: 6 bits.
    public var activeSessions: UInt8
    /// Who defined its protocol: an IANA enterprise number of 3 bytes; 7154 is IPMI's own.
    public var vendorID: UInt32
    /// More about it: 2 bytes.
    public var auxiliary: [UInt8]

    /// The response.
    public init(
      channel: ChannelNumber, medium: ChannelMedium, messageProtocol: ChannelProtocol,
      sessionSupport: SessionSupport, activeSessions: UInt8, vendorID: UInt32 = 7154,
      auxiliary: [UInt8] = [0, 0]
    ) {
      self.channel = channel
      self.medium = medium
      self.messageProtocol = messageProtocol
      self.sessionSupport = sessionSupport
      self.activeSessions = activeSessions & 0x3f
      self.vendorID = vendorID & 0xff_ffff
      self.auxiliary = auxiliary.fitted(to: 2)
    }

    /// Reads the response's 9 bytes.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetChannelInfo.responseReader(data)
      channel = ChannelNumber(rawValue: try reader.u8())
      medium = ChannelMedium(rawValue: try reader.u8())
      messageProtocol = ChannelProtocol(rawValue: try reader.u8())
      let sessions = try reader.u8()
      sessionSupport = SessionSupport(rawValue: sessions >> 6)
      activeSessions = sessions & 0x3f
      vendorID = try reader.u24()
      auxiliary = try reader.bytes(2)
    }

    /// Appends the response's 9 bytes.
    public func append(to data: inout [UInt8]) {
      data += [
        channel.rawValue, medium.rawValue, messageProtocol.rawValue,
        sessionSupport.rawValue << 6 | activeSessions & 0x3f,
      ]
      data.append(littleEndian24: vendorID)
      data += auxiliary.fitted(to: 2)
    }
  }
}
