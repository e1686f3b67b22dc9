/// Hands the controller a message for another channel: how commands reach controllers behind it.
/// IPMI 2.0, section 22.7.
public struct SendMessage: IPMIRequest {
  /// Application 34h.
  public static let identity = CommandIdentity(.application, 0x34, "Send Message", .user)

  /// What the controller does with the answer: 2 bits.
  public struct Tracking: RawRepresentable, Hashable, Sendable {
    /// The 2 bits.
    public let rawValue: UInt8
    /// The tracking of this number, of which the low 2 bits count.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x03 }

    /// It keeps no account of the request.
    public static let none = Tracking(rawValue: 0)
    /// It sends the answer back to the requester: what is asked over a LAN.
    public static let tracked = Tracking(rawValue: 1)
    /// The message is passed on as it is.
    public static let raw = Tracking(rawValue: 2)
  }

  /// The channel that the message leaves by.
  public var channel: ChannelNumber
  /// Whether the channel shall authenticate it.
  public var isAuthenticated: Bool
  /// Whether the channel shall encrypt it.
  public var isEncrypted: Bool
  /// What becomes of the answer.
  public var tracking: Tracking
  /// The message as the channel's medium has it, checksums and all.
  public var message: [UInt8]

  /// The request.
  public init(
    channel: ChannelNumber, isAuthenticated: Bool = false, isEncrypted: Bool = false,
    tracking: Tracking = .tracked, message: [UInt8]
  ) {
    self.channel = channel
    self.isAuthenticated = isAuthenticated
    self.isEncrypted = isEncrypted
    self.tracking = tracking
    self.message = message
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    let first = try reader.u8()
    channel = ChannelNumber(rawValue: first)
    isAuthenticated = first & 0x10 != 0
    isEncrypted = first & 0x20 != 0
    tracking = Tracking(rawValue: first >> 6)
    message = reader.rest()
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data.append(
      tracking.rawValue << 6 | (isEncrypted ? 0x20 : 0) | (isAuthenticated ? 0x10 : 0)
        | channel.rawValue)
    data += message
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x80: "invalid session handle"
    case 0x81: "lost arbitration"
    case 0x82: "bus error"
    case 0x83: "not acknowledged: nothing answers at that address"
    default: nil
    }
  }

  /// What comes back at once: nothing, or the answer, by controllers that hold the response until
  /// they have it.
  public struct Response: IPMIResponse {
    /// The answer as the channel's medium has it; empty when it comes in a message of its own.
    public var message: [UInt8]

    /// The response.
    public init(message: [UInt8] = []) {
      self.message = message
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = SendMessage.responseReader(data)
      message = reader.rest()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data += message
    }
  }
}
