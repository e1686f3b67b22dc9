internal import Glibc

/// What one read or one write of a stream that never waits came to.
public enum Transfer: Hashable, Sendable {
  /// So many bytes were read or written, at least one.
  case moved(Int)
  /// Reading: the other end has said all that it will. Writing: nobody reads there any more, and what
  /// comes from there may go on.
  case end
  /// Nothing now: try again when the loop tells something new of the stream's descriptors.
  case blocked
  /// The stream is lost, for the reason that `errno(3)` has under this number.
  case failed(Int32)

  /// What a socket has received (`recv(2)`).
  static func received(from number: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    while true {
      let count = unsafe recv(number, buffer.baseAddress, buffer.count, 0)
      if count > 0 { return .moved(count) }
      if count == 0 { return .end }
      let code = errno
      if code == EAGAIN { return .blocked }
      if code != EINTR { return .failed(code) }
    }
  }
}

/// Bytes in both directions, in order: a TCP connection, a UNIX socket, a terminal, a child's input and
/// output, a file, or TLS around any of these.
///
/// Nothing here waits. Whoever uses a stream watches its descriptors with `Interest.edgeTriggered`, and
/// reads or writes until the stream says `blocked`. A stream in whose `read` and `write` other things
/// happen as well, such as TLS's handshake, answers `blocked` whatever it waits for; its user tries both
/// directions again whenever the loop tells something of it.
///
/// Closing is explicit: `close` or `reset`, once the loop watches the descriptors no more.
public protocol ByteStream: AnyObject {
  /// What the loop watches to learn that there is something to read.
  var readDescriptor: Int32 { get }

  /// What the loop watches to learn that there is room to write; the same number or another.
  var writeDescriptor: Int32 { get }

  /// Whether the descriptors carry the stream's very bytes, so that the kernel may move them from or to a
  /// pipe (`splice(2)`).
  var canSplice: Bool { get }

  /// Whether a read that brought less than was asked for has taken all that there was.
  var shortReadsEmpty: Bool { get }

  /// The stream whose descriptors these are: itself, or what is innermost of a stream around a stream.
  var transport: any ByteStream { get }

  /// Reads what is there, at most what `buffer` holds.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer

  /// Writes as much of `bytes` as fits. After `blocked` the next call begins with the same bytes: a stream
  /// may have made something of them that is still on its way.
  func write(_ bytes: UnsafeRawBufferPointer) -> Transfer

  /// What the error number of a failed read means, as when `splice(2)` read: `end` or `failed`.
  func readFailure(_ code: Int32) -> Transfer

  /// What the error number of a failed write means, as when `splice(2)` wrote: `end` or `failed`.
  func writeFailure(_ code: Int32) -> Transfer

  /// Tells the other end that nothing more will be written, and goes on reading: `end` when that is done,
  /// `blocked` when it must be called again, `failed`.
  func endWriting() -> Transfer

  /// Ends the stream so that the other end learns that it did not end well: TCP sends RST.
  func reset()

  /// Ends the stream. The kernel still delivers what was written.
  func close()
}

extension ByteStream {
  /// Itself.
  public var transport: any ByteStream { self }

  /// `failed`.
  public func readFailure(_ code: Int32) -> Transfer { .failed(code) }

  /// `end` when the reader is gone (`EPIPE`), `failed` for all else.
  public func writeFailure(_ code: Int32) -> Transfer {
    code == EPIPE ? .end : .failed(code)
  }
}
