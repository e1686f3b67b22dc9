/// What is wrong with the bytes of a netlink datagram, and where.
///
/// The kernel sends well-formed datagrams; this error tells of a truncated read, of a sender that
/// is not the kernel, or of a reader that is wrong.
public struct NetlinkFormatError: Error, Hashable, Sendable {
  /// A part of a datagram.
  public enum Part: Hashable, Sendable {
    /// `struct nlmsghdr`.
    case messageHeader
    /// What follows the header of a message of this type (`RTM_*`, `NLMSG_*`).
    case messageBody(type: UInt16)
    /// `struct nlattr`, or a structure laid out like it (`struct rtnexthop`).
    case attributeHeader
    /// The payload of the attribute of this type.
    case attribute(type: UInt16)
  }

  /// Who said that no more bytes are available.
  public enum Bound: Hashable, Sendable {
    /// The datagram ends there.
    case datagram
    /// `nlmsg_len`.
    case messageLength
    /// `nla_len`.
    case attributeLength
  }

  /// The part that is too short.
  public var part: Part
  /// How many bytes the part needs.
  public var needed: Int
  /// How many bytes there are.
  public var available: Int
  /// The length that limits the part.
  public var bound: Bound
  /// Where the part begins, in bytes from the start of the datagram.
  public var offset: Int

  /// States that `part` at `offset` needs more bytes than `bound` leaves it.
  public init(part: Part, needed: Int, available: Int, bound: Bound, offset: Int) {
    self.part = part
    self.needed = needed
    self.available = available
    self.bound = bound
    self.offset = offset
  }
}

extension NetlinkFormatError: CustomStringConvertible {
  /// One line for people.
  public var description: String {
    "netlink \(part) at byte \(offset) needs \(needed) bytes, \(bound) leaves \(available)"
  }
}
