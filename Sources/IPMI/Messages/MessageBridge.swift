/// The way to a controller behind the one that the session is with: Send Message, once or twice.
/// IPMI 2.0, sections 6.13 and 22.7.
///
/// The session's controller passes the message on to a channel, at most to another controller that
/// passes it on once more, and the answer comes back the same way: in the response to Send Message,
/// or after it as a message of its own.
public struct MessageBridge: Hashable, Sendable {
  /// A channel, and an address on it.
  public struct Hop: Hashable, Sendable {
    /// The channel.
    public var channel: ChannelNumber
    /// The address of the controller there.
    public var address: UInt8

    /// A hop to this address.
    public init(channel: ChannelNumber, address: UInt8) {
      self.channel = channel
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
    _ inner: IPMIMessage, over channel: ChannelNumber, like request: IPMIMessage
  ) -> IPMIMessage {
    IPMIMessage(
      networkFunction: SendMessage.identity.networkFunction,
      requesterAddress: request.requesterAddress, sequenceNumber: request.sequenceNumber,
      command: SendMessage.identity.command,
      data: SendMessage(channel: channel, message: inner.bytes).data)
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
    while isSendMessage(response) {
      let code = response.completionCode ?? .unspecified
      guard code == .completed else { return .refused(code) }
      guard !response.body.isEmpty else { return .awaited }
      response = try IPMIMessage(parsing: [UInt8](response.body).messageBytes)
    }
    return .answered(response)
  }

  private static func isSendMessage(_ message: IPMIMessage) -> Bool {
    message.networkFunction.request == SendMessage.identity.networkFunction
      && message.command == SendMessage.identity.command
  }
}
