/// Asks for a part of the list of a channel's cipher suites: 16 bytes of its records. Sent in RMCP+
/// format outside of any session; many controllers do not answer it there. IPMI 2.0, section 22.15.
public struct GetChannelCipherSuites: IPMIRequest {
  /// Application 54h.
  public static let identity = CommandIdentity(
    .application, 0x54, "Get Channel Cipher Suites", .callback)

  /// How many bytes of records a response has when it is not the last.
  public static let partByteCount = 16

  /// The channel that is asked about.
  public var channel: ChannelNumber
  /// The payload type that the suites are for: 6 bits; 0 is IPMI.
  public var payloadType: UInt8
  /// Whether suites are listed, and not the algorithms one by one.
  public var listsSuites: Bool
  /// Which 16 bytes of the list: 6 bits.
  public var index: UInt8

  /// The request.
  public init(
    channel: ChannelNumber = .current, payloadType: UInt8 = 0, listsSuites: Bool = true,
    index: UInt8
  ) {
    self.channel = channel
    self.payloadType = payloadType & 0x3f
    self.listsSuites = listsSuites
    self.index = index & 0x3f
  }

  /// Reads the request's 3 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    channel = ChannelNumber(rawValue: try reader.u8())
    payloadType = try reader.u8() & 0x3f
    let last = try reader.u8()
    listsSuites = last & 0x80 != 0
    index = last & 0x3f
  }

  /// Appends the request's 3 bytes.
  public func append(to data: inout [UInt8]) {
    data += [channel.rawValue, payloadType & 0x3f, (listsSuites ? 0x80 : 0) | index & 0x3f]
  }

  /// A part of the list: 1 to 17 bytes.
  public struct Response: IPMIResponse {
    /// The channel that was asked about, or that the request came by.
    public var channel: ChannelNumber
    /// Up to 16 bytes of the list; fewer end it. A record may run on into the next part.
    public var records: [UInt8]

    /// The response.
    public init(channel: ChannelNumber, records: [UInt8]) {
      self.channel = channel
      self.records = records
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetChannelCipherSuites.responseReader(data)
      channel = ChannelNumber(rawValue: try reader.u8())
      records = reader.rest()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(channel.rawValue)
      data += records
    }
  }
}
