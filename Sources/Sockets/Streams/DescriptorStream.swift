internal import CLinux
public import EventLoop
internal import Glibc

/// A stream over descriptors that are no sockets, or two of them: standard input and output, pipes, a
/// terminal, a child's streams, a file.
///
/// Descriptors are made not to wait while the stream has them, and get their flags back at the end: others
/// may share them.
public final class DescriptorStream: ByteStream {
  private let reader: StreamDescriptor
  private let writer: StreamDescriptor

  /// Whether both descriptors are pipes, sockets or files, and neither is a terminal.
  public let canSplice: Bool

  /// Of pipes alone: a terminal gives one line a time.
  public let shortReadsEmpty: Bool

  /// A stream that reads from one descriptor and writes to another.
  public init(
    reading: consuming OwnedDescriptor, writing: consuming OwnedDescriptor
  ) throws(SystemError) {
    reader = try StreamDescriptor(owning: reading)
    writer = try StreamDescriptor(owning: writing)
    canSplice = reader.canSplice && writer.canSplice
    shortReadsEmpty = reader.isPipe
  }

  /// A stream over one descriptor that is read and written: a terminal, a device.
  public init(owning descriptor: consuming OwnedDescriptor) throws(SystemError) {
    reader = try StreamDescriptor(owning: descriptor)
    writer = reader
    canSplice = reader.canSplice
    shortReadsEmpty = reader.isPipe
  }

  /// Standard input and output, which are given up at the end: what they were is `/dev/null` then.
  public static func standardStreams() throws(SystemError) -> DescriptorStream {
    try DescriptorStream(reading: OwnedDescriptor(owning: 0), writing: OwnedDescriptor(owning: 1))
  }

  /// What is read; -1 once it was closed.
  public var readDescriptor: Int32 { reader.number }

  /// What is written; -1 once it was closed.
  public var writeDescriptor: Int32 { writer.number }

  /// Reads what is there (`read(2)`).
  public func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    while true {
      let count = unsafe Glibc.read(reader.number, buffer.baseAddress, buffer.count)
      if count > 0 { return .moved(count) }
      if count == 0 { return .end }
      let code = errno
      if code == EAGAIN { return .blocked }
      // What a terminal says when its other end has been closed.
      if code == EIO, reader.isTerminal { return .end }
      if code != EINTR { return .failed(code) }
    }
  }

  /// Writes as much as fits (`write(2)`). The process must not die of `SIGPIPE` (`BrokenPipes.ignore`).
  public func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    while true {
      let count = unsafe Glibc.write(writer.number, bytes.baseAddress, bytes.count)
      if count >= 0 { return .moved(count) }
      let code = errno
      if code == EAGAIN { return .blocked }
      if code != EINTR { return writeFailure(code) }
    }
  }

  /// Closes what is written when it is a descriptor of its own; a single one stays open to be read.
  public func endWriting() -> Transfer {
    if writer !== reader { writer.close() }
    return .end
  }

  /// The same as `close`: these have no way to end badly.
  public func reset() {
    close()
  }

  /// Gives the descriptors their flags back and closes them.
  public func close() {
    reader.close()
    writer.close()
  }
}

/// What keeps a process alive when a reader has gone.
public enum BrokenPipes {
  /// Makes writing to a pipe or a socket that nobody reads fail with `EPIPE`, and no more end the
  /// process: ignores `SIGPIPE` if it has its default action. `splice(2)` to a socket needs that, and
  /// whatever writes to a pipe. Children get the default action back.
  public static func ignore() {
    var action = sigaction()
    guard unsafe sigaction(SIGPIPE, nil, &action) == 0,
      unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 0
    else { return }
    _ = signal(SIGPIPE, SIG_IGN)
  }
}

/// One descriptor of a stream, and the flags that it had before.
private final class StreamDescriptor {
  private var owned: OwnedDescriptor?
  private let flags: Int32
  let isPipe: Bool
  let isTerminal: Bool
  let canSplice: Bool

  var number: Int32 {
    guard owned != nil else { return -1 }
    return raw
  }

  private let raw: Int32

  init(owning descriptor: consuming OwnedDescriptor) throws(SystemError) {
    let raw = descriptor.rawValue
    self.raw = raw
    var status = stat()
    _ = try Syscalls.retrying("fstat") { unsafe fstat(raw, &status) }
    let kind = status.st_mode & S_IFMT
    isPipe = kind == S_IFIFO
    isTerminal = kind == S_IFCHR
    canSplice = kind == S_IFIFO || kind == S_IFSOCK || kind == S_IFREG
    flags = try Syscalls.retrying("fcntl") { fcntl(raw, F_GETFL) }
    try Syscalls.setNonBlocking(raw)
    owned = consume descriptor
  }

  deinit {
    close()
  }

  func close() {
    guard let descriptor = owned.take() else { return }
    _ = fcntl(raw, F_SETFL, flags)
    guard raw <= 2 else { return }
    // A standard stream's number must not pass to a socket: whoever prints would write there.
    let null = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
    let number = descriptor.release()
    guard null >= 0 else { return }
    dup2(null, number)
    _ = Glibc.close(null)
  }
}
