import EventLoop
import Glibc
import LinkLayer

/// The kernel's tables of interfaces, addresses, neighbours and routes, in the network namespace
/// in which the calling thread was when the object was made (`rtnetlink(7)`).
///
/// Every call is one synchronous conversation over one `NETLINK_ROUTE` socket, some tens of
/// microseconds each; the kernel filters by interface. Reading needs no privilege, changing needs
/// `CAP_NET_ADMIN` in the namespace. An object belongs to one thread at a time.
///
/// To look into another namespace, make the object inside of it:
/// `try namespace.run { try KernelTables() }`. The socket stays there.
public final class KernelTables {
  private let socket: NetlinkSocket
  private var buffer: [UInt8]
  private var sequence: UInt32 = 0

  /// The kernel fills up to 32 KiB in one part of a dump when the reader has the room.
  private static let bufferByteCount = 32 * 1024
  /// How often a dump is begun again because the tables changed meanwhile.
  private static let dumpAttempts = 16

  /// Opens the conversation.
  public init() throws(NetlinkError) {
    do throws(SystemError) {
      socket = try NetlinkSocket()
    } catch {
      throw .system(error)
    }
    // Only what the kernel writes is read. Filling the rest would touch eight pages for nothing.
    buffer = unsafe [UInt8](unsafeUninitializedCapacity: Self.bufferByteCount) { _, count in
      count = Self.bufferByteCount
    }
  }

  /// Carries out a change and waits for the kernel's acknowledgement.
  func change(_ request: consuming NetlinkRequest) throws(NetlinkError) {
    // An acknowledgement is an NLMSG_ERROR with number 0: no message reaches the reader.
    try converse(request) { (_) throws(NetlinkFormatError) in }
  }

  /// Asks for one entry; `read` is lent the answer.
  func ask<Answer>(
    _ request: consuming NetlinkRequest,
    _ read: (borrowing NetlinkMessageView) throws(NetlinkFormatError) -> Answer?
  ) throws(NetlinkError) -> Answer? {
    var answer: Answer?
    try converse(request) { (message) throws(NetlinkFormatError) in
      answer = try read(message)
    }
    return answer
  }

  /// Asks for all entries that match; `read` makes values of each, and is called anew from the
  /// first entry when the dump has to be repeated.
  func dump<Entry>(
    _ request: consuming NetlinkRequest,
    _ read: (borrowing NetlinkMessageView, inout [Entry]) throws(NetlinkFormatError) -> Void
  ) throws(NetlinkError) -> [Entry] {
    for _ in 0..<Self.dumpAttempts {
      var entries: [Entry] = []
      let consistent = try converse(request) { (message) throws(NetlinkFormatError) in
        try read(message, &entries)
      }
      if consistent { return entries }
    }
    throw .neverConsistent
  }

  /// Sends `request` and hands every message of the answer to `read`. Returns whether the tables
  /// stood still meanwhile.
  @discardableResult
  private func converse(
    _ request: NetlinkRequest,
    _ read: (borrowing NetlinkMessageView) throws(NetlinkFormatError) -> Void
  ) throws(NetlinkError) -> Bool {
    sequence &+= 1
    var request = request
    request.number(sequence)
    do throws(SystemError) {
      try socket.send(request.bytes)
    } catch {
      throw .system(error)
    }
    var conversation = NetlinkConversation(about: request, sequence: sequence)
    while !conversation.isOver {
      let count = try receive()
      do throws(NetlinkFormatError) {
        let datagram = buffer
        try conversation.take(datagram.rawBytes.extracting(first: count), read)
      } catch {
        throw .malformed(error)
      }
    }
    if let refusal = conversation.refusal { throw .refused(refusal) }
    return conversation.isConsistent
  }

  private func receive() throws(NetlinkError) -> Int {
    do throws(SystemError) {
      switch try socket.receive(into: &buffer, waits: true) {
      case .datagram(let count): return count
      case .empty: throw SystemError(errno: EAGAIN, operation: "recvmsg")
      case .lost: throw SystemError(errno: ENOBUFS, operation: "recvmsg")
      }
    } catch {
      throw .system(error)
    }
  }
}
