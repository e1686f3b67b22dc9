/// Fetches the next message that waits in the controller for the system. IPMI 2.0, section 22.6.
public struct GetMessage: IPMIRequest {
  /// Application 33h, on the system interface.
  public static let identity = CommandIdentity(.application, 0x33, "Get Message", .administrator)

  /// The request.
  public init() {}

  /// Reads nothing: the command has no data.
  public init(parsing data: RawSpan) throws(IPMIError) {}

  /// Appends nothing.
  public func append(to data: inout [UInt8]) {}

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    code.rawValue == 0x80 ? "no message available" : nil
  }

  /// The message: a byte and what it came as.
  public struct Response: IPMIResponse {
    /// The channel that it came by.
    public var channel: ChannelNumber
    /// What its sender may do.
    public var privilege: PrivilegeLimit
    /// The message as the channel's medium has it.
    public var message: [UInt8]

    /// The response.
    public init(channel: ChannelNumber, privilege: PrivilegeLimit, message: [UInt8]) {
      self.channel = channel
      self.privilege = privilege
      self.message = message
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetMessage.responseReader(data)
      let first = try reader.u8()
      channel = ChannelNumber(rawValue: first)
      privilege = PrivilegeLimit(rawValue: first >> 4)
      message = reader.rest()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(privilege.rawValue << 4 | channel.rawValue)
      data += message
    }
  }
}
