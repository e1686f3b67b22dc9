/// The way to a controller behind the one that the session is with: Send Message, once or twice.
/// IPMI 2.0, sections 6.13 and 22.7.
///
/// The session's controller passes the message on to a channel, at most to another controller that
/// passes it on once more, and the answer comes back the same way: in the response to Send Message,
/// or after it as a message of its own.
public struct MessageBridge: Hashable, Sendable {
  /// The number of Send Message, of the application network function.
  public static let sendMessageCommand: UInt8 = 0x34

  /// A channel, and an address on it.
  public struct Hop: Hashable, Sendable {
    /// The channel's number, 0 to 15.
    public var channel: UInt8
    /// The address of the controller there.
    public var address: UInt8

    /// A hop to this address.
    public init(channel: UInt8, address: UInt8) {
      self.channel = channel & 0x0f
      self.address = address
    }
  }

  /// The controller that does the command.
  public var target: Hop
  /// The controller on the way, when there are two bridges.
  public var transit: Hop?
  /// The address that the session's controller has on the channel: who asks, for those behind it.
  public var ownAddress: UInt8

  /// A way to `target`, by way of `transit` when there is one.
  public init(
    to target: Hop, via transit: Hop? = nil, ownAddress: UInt8 = IPMIMessage.controllerAddress
  ) {
    self.target = target
    self.transit = transit
    self.ownAddress = ownAddress
  }

  /// The request to send in the session so that `request` is done at the target. All messages inside
  /// have the sequence number of `request`.
  public func wrap(_ request: IPMIMessage) -> IPMIMessage {
    var inner = request
    inner.responderAddress = target.address
    inner.requesterAddress = ownAddress
    var sent = sendMessage(inner, over: target.channel, like: request)
    guard let transit else { return sent }
    sent.responderAddress = transit.address
    sent.requesterAddress = ownAddress
    return sendMessage(sent, over: transit.channel, like: request)
  }

  private func sendMessage(
    _ inner: IPMIMessage, over channel: UInt8, like request: IPMIMessage
  ) -> IPMIMessage {
    // Bits 7 and 6 are 01: the controller keeps track of the request and returns its response.
    IPMIMessage(
      networkFunction: .application, requesterAddress: request.requesterAddress,
      sequenceNumber: request.sequenceNumber, command: Self.sendMessageCommand,
      data: [0x40 | channel] + inner.bytes)
  }

  /// What a response in the session means for a request that was wrapped.
  public enum Answer: Hashable, Sendable {
    /// A controller passed the request on: the answer comes later, as a message of its own.
    case awaited
    /// A controller on the way refused to pass it on, or got no answer.
    case refused(CompletionCode)
    /// The target's response.
    case answered(IPMIMessage)
  }

  /// Reads a response in the session as one to a request that was wrapped.
  ///
  /// Throws `IPMIError` when a response to Send Message carries bytes that are no message.
  public static func unwrap(_ response: IPMIMessage) throws(IPMIError) -> Answer {
    var response = response
    while response.networkFunction == .application.response,
      response.command == sendMessageCommand
    {
      let code = response.completionCode ?? .unspecified
      guard code == .completed else { return .refused(code) }
      guard !response.body.isEmpty else { return .awaited }
      response = try IPMIMessage(parsing: [UInt8](response.body).messageBytes)
    }
    return .answered(response)
  }

  /// The message inside a Send Message request, and the channel that it is for; nil when `request`
  /// is another command.
  ///
  /// Throws `IPMIError` when what is inside is no message.
  public static func passedOn(
    by request: IPMIMessage
  ) throws(IPMIError) -> (channel: UInt8, message: IPMIMessage)? {
    guard request.networkFunction == .application, request.command == sendMessageCommand else {
      return nil
    }
    let layer = IPMILayer.command(.application, sendMessageCommand)
    var reader = MessageReader(request.data.messageBytes, as: layer)
    let channel = try reader.u8() & 0x0f
    return (channel, try IPMIMessage(parsing: reader.rest().messageBytes))
  }
}
