internal import CLinux
public import EventLoop
internal import Glibc

/// Messages as a stream: each read takes one, each write makes one. UDP, and datagrams and sequenced packets
/// of UNIX sockets.
///
/// Where a message begins and ends is kept only as long as reads are large enough and writes are taken as they
/// come; a pump does both.
public final class MessageStream: ByteStream {
  /// Which messages are read, and where written ones go.
  public struct Terms {
    /// Where to; nil for whom the socket is connected with.
    public var receiver: SocketAddress?
    /// Whether a message from this sender is read; others are passed over.
    public var accepts: (SocketAddress) -> Bool = { _ in true }
    /// Messages that were received before the stream was made: read first. One without a byte is the end.
    public var first: [[UInt8]] = []
    /// After how many messages the stream has ended; nil for never.
    public var messageLimit: Int?
    /// Whether a message without a byte ends the stream; it is passed over otherwise.
    public var emptyEnds = false
    /// Whether ending to write sends a message without a byte.
    public var endsWithEmpty = false
    /// Hears of each message that is read: how long it was, and who sent it.
    public var onReceive: (Int, SocketAddress) -> Void = { _, _ in }

    /// All messages, to whom the socket is connected with.
    public init() {}
  }

  private var terms: Terms
  private let domain: SocketDomain
  private var owned: OwnedDescriptor?
  private var number: Int32
  private var messageCount = 0

  /// Takes over a socket of messages.
  public init(_ socket: UnconnectedSocket, _ terms: Terms = Terms()) throws(SystemError) {
    guard let descriptor = socket.release() else {
      throw SystemError(errno: EBADF, operation: "socket")
    }
    domain = socket.domain
    self.terms = terms
    number = descriptor.rawValue
    owned = consume descriptor
  }

  /// A stream over another number of the same socket (`dup(2)`), for another sender.
  ///
  /// - Throws: `EMFILE` when there is no descriptor.
  public init(sharing descriptor: Int32, _ domain: SocketDomain, _ terms: Terms) throws(SystemError)
  {
    let copy = try OwnedDescriptor("dup") { fcntl(descriptor, F_DUPFD_CLOEXEC, 3) }
    self.domain = domain
    self.terms = terms
    number = copy.rawValue
    owned = consume copy
  }

  /// The socket's number; -1 once it was closed.
  public var readDescriptor: Int32 { number }

  /// The socket's number; -1 once it was closed.
  public var writeDescriptor: Int32 { number }

  /// Never: a pipe would join messages.
  public var canSplice: Bool { false }

  /// Never: a short message says nothing of the next.
  public var shortReadsEmpty: Bool { false }

  /// Whether the loop hears of it, and of nothing else, when a write that had to wait can go on. A UNIX socket
  /// that is not connected hears of its own messages alone: never of a queue that others filled, and at each
  /// attempt of the message that was not taken.
  public var tellsOfRoom: Bool {
    if case .unix? = terms.receiver { return false }
    return true
  }

  /// The address of this end.
  public var localAddress: SocketAddress {
    get throws(SystemError) { try SocketAddress(ofSocket: number, domain, end: .local) }
  }

  /// Reads a message; what `buffer` does not hold of it is lost.
  public func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    if let limit = terms.messageLimit, messageCount >= limit { return .end }
    if !terms.first.isEmpty {
      let first = terms.first.removeFirst()
      messageCount += 1
      let count = min(first.count, buffer.count)
      unsafe buffer.copyBytes(from: first[..<count])
      return count > 0 ? .moved(count) : .end
    }
    while true {
      do throws(SystemError) {
        let (count, sender) = try unsafe Self.receive(number, domain, into: buffer)
        guard terms.accepts(sender) else { continue }
        terms.onReceive(count, sender)
        if count == 0 {
          if terms.emptyEnds { return .end }
          continue
        }
        messageCount += 1
        return .moved(count)
      } catch {
        return error.errno == EAGAIN ? .blocked : .failed(error.errno)
      }
    }
  }

  /// Writes a message.
  public func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    do throws(SystemError) {
      return .moved(try unsafe Self.send(number, bytes, to: terms.receiver))
    } catch {
      return error.errno == EAGAIN ? .blocked : .failed(error.errno)
    }
  }

  /// Sends a message without a byte, if the terms say so. The socket goes on.
  public func endWriting() -> Transfer {
    guard terms.endsWithEmpty else { return .end }
    let transfer = unsafe write(UnsafeRawBufferPointer(start: nil, count: 0))
    return transfer == .blocked ? .blocked : .end
  }

  /// The same as `close`: there is nothing to reset.
  public func reset() {
    close()
  }

  /// Closes the socket.
  public func close() {
    number = -1
    owned = nil
  }

  // MARK: -

  /// Takes the next message and says who sent it; with `peeking` it stays.
  ///
  /// - Throws: `EAGAIN` when there is none now.
  public static func receive(
    _ descriptor: Int32, _ domain: SocketDomain, into buffer: UnsafeMutableRawBufferPointer,
    peeking: Bool = false
  ) throws(SystemError) -> (byteCount: Int, sender: SocketAddress) {
    var form = crimp_internet_address()
    var path = [CChar](repeating: 0, count: 108)
    var length = 0
    let count = try Syscalls.retrying("recvfrom") {
      unsafe crimp_message_receive(
        descriptor, buffer.baseAddress, buffer.count, peeking ? 1 : 0, &form, &path, &length)
    }
    if let address = InternetAddress(form) { return (count, .internet(address)) }
    return (count, SocketAddress(name: path.prefix(length).map(UInt8.init(bitPattern:))))
  }

  /// Takes the next message into an array.
  ///
  /// - Throws: `EAGAIN` when there is none now.
  public static func receive(
    _ descriptor: Int32, _ domain: SocketDomain, into room: inout [UInt8]
  ) throws(SystemError) -> (byteCount: Int, sender: SocketAddress) {
    let outcome: Result<(byteCount: Int, sender: SocketAddress), SystemError> =
      unsafe room.withUnsafeMutableBytes { bytes in
        do throws(SystemError) {
          return .success(try unsafe receive(descriptor, domain, into: bytes))
        } catch {
          return .failure(error)
        }
      }
    return try outcome.get()
  }

  private static func send(
    _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, to receiver: SocketAddress?
  ) throws(SystemError) -> Int {
    try Syscalls.retrying("sendto") {
      switch receiver {
      case .internet(let address)?:
        var form = address.kernelForm
        return unsafe crimp_message_send(
          descriptor, bytes.baseAddress, bytes.count, &form, nil, 0)
      case .unix(let path)?:
        let name = SocketAddress.kernelPath(path)
        return unsafe crimp_message_send(
          descriptor, bytes.baseAddress, bytes.count, nil, name, name.count)
      case nil:
        return unsafe crimp_message_send(descriptor, bytes.baseAddress, bytes.count, nil, nil, 0)
      }
    }
  }
}
