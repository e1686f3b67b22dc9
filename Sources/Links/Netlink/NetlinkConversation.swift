/// The answer to one request, datagram by datagram: what is of it, and when it is over.
package struct NetlinkConversation {
  private let sequence: UInt32
  private let request: NetlinkMessageType
  private let isDump: Bool
  /// Whether the last message of the answer has been taken.
  package private(set) var isOver = false
  /// Whether the tables stood still while the kernel walked them.
  package private(set) var isConsistent = true
  /// The kernel's refusal, if that was the answer.
  package private(set) var refusal: NetlinkRefusal?

  /// Awaits the answer to `request`, sent under this sequence number. A dump ends with `NLMSG_DONE`,
  /// any other answer with its first message.
  package init(about request: NetlinkRequest, sequence: UInt32) {
    self.sequence = sequence
    self.request = request.type
    isDump = request.isDump
  }

  /// Takes one datagram; `read` is lent the messages that carry entries. Messages with another
  /// sequence number answer an earlier request, whose answer was not read to its end.
  package mutating func take(
    _ datagram: RawSpan,
    _ read: (borrowing NetlinkMessageView) throws(NetlinkFormatError) -> Void
  ) throws(NetlinkFormatError) {
    var messages = NetlinkMessages(datagram)
    while !isOver, let message = try messages.next() {
      guard message.sequence == sequence else { continue }
      if message.flags.contains(.dumpInterrupted) { isConsistent = false }
      switch message.type {
      case .error:
        refusal = try NetlinkRefusal(message)
        isOver = true
      case .done:
        refusal = try endOfDump(message)
        isOver = true
      case .overrun:
        isConsistent = false
      default:
        try read(message)
        isOver = !isDump
      }
    }
  }

  /// `NLMSG_DONE` carries an error number of its own when a dump ended early, as for an interface
  /// that does not exist.
  private func endOfDump(
    _ message: borrowing NetlinkMessageView
  ) throws(NetlinkFormatError) -> NetlinkRefusal? {
    guard message.body.byteCount >= 4 else { return nil }
    let code = message.body.native(at: 0, as: Int32.self)
    guard code < 0 else { return nil }
    return NetlinkRefusal(errno: 0 &- code, request: request)
  }
}
