/// The question whether a controller is there, which it answers without a session. ASF 2.0, section
/// 3.2.4.3; IPMI 2.0, section 13.2.3.
public struct PresencePing: Hashable, Sendable {
  static let type: UInt8 = 0x80

  /// A number that the pong repeats, 0 to 254.
  public var tag: UInt8

  /// A ping with this tag.
  public init(tag: UInt8) {
    self.tag = tag
  }

  /// The ping that `message` is; nil when it is another message.
  public init?(_ message: ASFMessage) {
    guard message.type == Self.type, message.enterpriseNumber == ASFMessage.enterpriseNumber else {
      return nil
    }
    tag = message.tag
  }

  /// The ping as an ASF message.
  public var message: ASFMessage { ASFMessage(type: Self.type, tag: tag) }

  /// The ping as a datagram of 12 bytes.
  public var datagram: [UInt8] { message.datagram }
}
