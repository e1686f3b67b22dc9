public import EventLoop

/// Why a question to the kernel's tables, or a change of them, failed.
public enum NetlinkError: Error, Hashable, Sendable {
  /// No interface of the namespace has this name or alternative name.
  case noSuchInterface(String)
  /// No interface of the namespace has this index.
  case noSuchInterfaceIndex(Int32)
  /// The kernel refused a request.
  case refused(NetlinkRefusal)
  /// The tables changed during each of several dumps; none was consistent.
  case neverConsistent
  /// The kernel's answer could not be read.
  case malformed(NetlinkFormatError)
  /// A call on the socket failed.
  case system(SystemError)
}

/// An `NLMSG_ERROR`: the kernel's answer to a request that it does not carry out.
public struct NetlinkRefusal: Error, Hashable, Sendable {
  /// The error number, such as `EPERM` or `EEXIST`.
  public var errno: Int32
  /// What was requested.
  public var request: NetlinkMessageType
  /// The kernel's own words, where it has some (extended acknowledgement).
  public var explanation: String?

  /// States that the kernel refused `request` with `errno`.
  public init(errno: Int32, request: NetlinkMessageType, explanation: String? = nil) {
    self.errno = errno
    self.request = request
    self.explanation = explanation
  }
}

extension NetlinkRefusal {
  /// Reads an `NLMSG_ERROR`; `nil` when it is an acknowledgement (error number 0).
  ///
  ///      0               1               2               3
  ///     +---------------+---------------+---------------+---------------+
  ///     |                   error number, negative                      |
  ///     +---------------+---------------+---------------+---------------+
  ///     |      header of the request; all of it unless NLM_F_CAPPED     |
  ///     +---------------+---------------+---------------+---------------+
  ///     |             attributes if NLM_F_ACK_TLVS                      |
  ///     +---------------+---------------+---------------+---------------+
  package init?(_ message: borrowing NetlinkMessageView) throws(NetlinkFormatError) {
    let quoteOffset = 4
    try message.require(quoteOffset + NetlinkMessageView.headerByteCount)
    let body = message.body
    let code = body.native(at: 0, as: Int32.self)
    guard code != 0 else { return nil }
    // The kernel's numbers are small and negative; the wrapping minus is for what is not.
    self.init(
      errno: 0 &- code,
      request: NetlinkMessageType(rawValue: body.native(at: quoteOffset + 4)))
    guard message.flags.contains(.acknowledgeAttributes) else { return }
    let quoted =
      message.flags.contains(.capped)
      ? NetlinkMessageView.headerByteCount
      : Int(body.native(at: quoteOffset, as: UInt32.self))
    explanation = try Self.explanation(message.attributes(after: quoteOffset + quoted))
  }

  private static func explanation(
    _ list: consuming NetlinkAttributes
  ) throws(NetlinkFormatError) -> String? {
    let text: UInt16 = 1  // NLMSGERR_ATTR_MSG
    while let attribute = try list.next() {
      if attribute.type == text { return attribute.text }
    }
    return nil
  }
}
