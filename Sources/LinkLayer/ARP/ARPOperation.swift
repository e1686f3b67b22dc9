/// What an ARP packet asks or says, `ar$op`. RFC 826, RFC 903 and the IANA registry.
public struct ARPOperation: RawRepresentable, Hashable, Sendable {
  /// The number.
  public let rawValue: UInt16

  /// The operation with this number, known or not.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Who has the target protocol address? RFC 826.
  @inlinable public static var request: ARPOperation { ARPOperation(rawValue: 1) }
  /// The sender has it. RFC 826.
  @inlinable public static var reply: ARPOperation { ARPOperation(rawValue: 2) }
  /// Which protocol address has the target hardware address? RFC 903.
  @inlinable public static var reverseRequest: ARPOperation { ARPOperation(rawValue: 3) }
  /// The answer to a reverse request. RFC 903.
  @inlinable public static var reverseReply: ARPOperation { ARPOperation(rawValue: 4) }
  /// Which protocol address is at the other end of this circuit? RFC 2390.
  @inlinable public static var inverseRequest: ARPOperation { ARPOperation(rawValue: 8) }
  /// The answer to an inverse request. RFC 2390.
  @inlinable public static var inverseReply: ARPOperation { ARPOperation(rawValue: 9) }
}
