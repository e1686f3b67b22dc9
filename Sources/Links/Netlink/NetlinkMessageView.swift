/// The type of a netlink message: `NLMSG_*` below 16, `RTM_*` from there on (`rtnetlink(7)`).
public struct NetlinkMessageType: RawRepresentable, Hashable, Sendable {
  /// The number in `nlmsg_type`.
  public var rawValue: UInt16

  /// The type with this number, known or not.
  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  static let error = NetlinkMessageType(rawValue: 2)
  static let done = NetlinkMessageType(rawValue: 3)
  static let overrun = NetlinkMessageType(rawValue: 4)

  static let newLink = NetlinkMessageType(rawValue: 16)
  static let deleteLink = NetlinkMessageType(rawValue: 17)
  static let getLink = NetlinkMessageType(rawValue: 18)
  static let newAddress = NetlinkMessageType(rawValue: 20)
  static let deleteAddress = NetlinkMessageType(rawValue: 21)
  static let getAddress = NetlinkMessageType(rawValue: 22)
  static let newRoute = NetlinkMessageType(rawValue: 24)
  static let deleteRoute = NetlinkMessageType(rawValue: 25)
  static let getRoute = NetlinkMessageType(rawValue: 26)
  static let newNeighbor = NetlinkMessageType(rawValue: 28)
  static let deleteNeighbor = NetlinkMessageType(rawValue: 29)
  static let getNeighbor = NetlinkMessageType(rawValue: 30)
  static let newConfiguration = NetlinkMessageType(rawValue: 80)
  static let getConfiguration = NetlinkMessageType(rawValue: 82)
}

/// `nlmsg_flags`. Some bits mean one thing in a request and another in an answer.
package struct NetlinkFlags: OptionSet, Hashable, Sendable {
  package var rawValue: UInt16

  package init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  static let request = NetlinkFlags(rawValue: 0x01)
  static let acknowledge = NetlinkFlags(rawValue: 0x04)
  /// The tables changed while the kernel walked them: the dump may miss or repeat entries.
  static let dumpInterrupted = NetlinkFlags(rawValue: 0x10)

  /// `NLM_F_ROOT | NLM_F_MATCH`: all entries, not one.
  static let dump = NetlinkFlags(rawValue: 0x300)

  static let replace = NetlinkFlags(rawValue: 0x100)
  static let exclusive = NetlinkFlags(rawValue: 0x200)
  static let create = NetlinkFlags(rawValue: 0x400)

  /// In an error: only the header of the request is quoted.
  static let capped = NetlinkFlags(rawValue: 0x100)
  /// In an error: attributes follow the quoted request.
  static let acknowledgeAttributes = NetlinkFlags(rawValue: 0x200)
}

/// One message of a datagram, its length checked.
///
///      0               1               2               3
///     +---------------+---------------+---------------+---------------+
///     |                     nlmsg_len (with this header)              |
///     +---------------+---------------+---------------+---------------+
///     |           nlmsg_type          |          nlmsg_flags          |
///     +---------------+---------------+---------------+---------------+
///     |                           nlmsg_seq                           |
///     +---------------+---------------+---------------+---------------+
///     |                           nlmsg_pid                           |
///     +---------------+---------------+---------------+---------------+
package struct NetlinkMessageView: ~Escapable {
  package let type: NetlinkMessageType
  package let flags: NetlinkFlags
  package let sequence: UInt32
  /// What follows the header, without the padding to the next message.
  package let body: RawSpan
  /// Where the body begins, in bytes from the start of the datagram.
  package let bodyOffset: Int

  /// The bytes of `struct nlmsghdr`.
  package static let headerByteCount = 16

  @_lifetime(copy datagram)
  fileprivate init(_ datagram: RawSpan, offset: Int) throws(NetlinkFormatError) {
    let available = datagram.byteCount - offset
    guard available >= Self.headerByteCount else {
      throw NetlinkFormatError(
        part: .messageHeader, needed: Self.headerByteCount, available: available,
        bound: .datagram, offset: offset)
    }
    let length = Int(datagram.native(at: offset, as: UInt32.self))
    type = NetlinkMessageType(rawValue: datagram.native(at: offset + 4))
    flags = NetlinkFlags(rawValue: datagram.native(at: offset + 6))
    sequence = datagram.native(at: offset + 8)
    bodyOffset = offset + Self.headerByteCount
    guard length >= Self.headerByteCount else {
      throw NetlinkFormatError(
        part: .messageHeader, needed: Self.headerByteCount, available: length,
        bound: .messageLength, offset: offset)
    }
    guard length <= available else {
      throw NetlinkFormatError(
        part: .messageBody(type: type.rawValue), needed: length, available: available,
        bound: .datagram, offset: offset)
    }
    body = datagram.extracting(bodyOffset..<(offset + length))
  }

  /// Throws unless the fixed structure that opens the body has its `needed` bytes.
  func require(_ needed: Int) throws(NetlinkFormatError) {
    guard body.byteCount < needed else { return }
    throw NetlinkFormatError(
      part: .messageBody(type: type.rawValue), needed: needed, available: body.byteCount,
      bound: .messageLength, offset: bodyOffset)
  }

  /// The attributes behind a fixed structure of `structureByteCount` bytes, which `require(_:)`
  /// has found present.
  @_lifetime(copy self)
  func attributes(after structureByteCount: Int) -> NetlinkAttributes {
    let start = min(netlinkAligned(structureByteCount), body.byteCount)
    return NetlinkAttributes(body.extracting(droppingFirst: start), offset: bodyOffset + start)
  }
}

/// Walks the messages of one datagram.
package struct NetlinkMessages: ~Escapable {
  private let datagram: RawSpan
  private var offset = 0

  /// Starts at the first message of `datagram`.
  @_lifetime(copy datagram)
  package init(_ datagram: RawSpan) {
    self.datagram = datagram
  }

  /// The next message, `nil` behind the last one.
  @_lifetime(copy self)
  package mutating func next() throws(NetlinkFormatError) -> NetlinkMessageView? {
    guard offset < datagram.byteCount else { return nil }
    let message = try NetlinkMessageView(datagram, offset: offset)
    offset = message.bodyOffset + netlinkAligned(message.body.byteCount)
    return message
  }
}
