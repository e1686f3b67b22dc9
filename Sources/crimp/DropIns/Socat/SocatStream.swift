import EventLoop
import Glibc
import Sockets
import TLS

/// One end of a session: the stream of an address, with what its options do to the bytes and to the end.
///
/// Where no option and no dump wants to see the bytes, the kernel may still move them (`canSplice`).
final class SocatStream: ByteStream {
  /// What a line's end is on this side.
  enum LineEnd {
    case newline
    case carriageReturn
    case both
  }

  /// How the other end learns that nothing more comes.
  enum WriteEnding {
    /// As the stream does it by itself.
    case natural
    /// Not at all (`shut-none`).
    case none
    /// By closing the stream (`shut-close`).
    case close
    /// By a call that the address has for it: a terminal's end-of-file character.
    case call(() -> Void)
  }

  /// What the options say.
  struct Terms {
    var lineEnd = LineEnd.newline
    var ignoresEnd = false
    var escape: UInt8?
    var isCoolWriter = false
    /// Whether it is a program that may end before it has read everything.
    var isProgram = false
    var writeEnding = WriteEnding.natural
  }

  private let base: any ByteStream
  private let terms: Terms
  private var pending: ArraySlice<UInt8> = []
  private var acceptedCount = 0
  private var writtenCount = 0
  private var hasEscaped = false
  /// Whether it was read to its end.
  private(set) var hasEnded = false
  private var hasClosed = false
  private var waitsUntold = false
  private var waitCount = 0

  /// How many bytes a read takes at most; nil when nobody can tell the difference.
  var blockByteCount: Int?
  /// Is shown what is written, translated, and how much had been before.
  var onWrite: (([UInt8], _ offset: Int) -> Void)?
  /// Is called when the stream is read to its end.
  var onEnd: () -> Void = {}
  /// Is called when the end is ignored: more may come, which the descriptor will not tell.
  var onIgnoredEnd: () -> Void = {}
  /// Is called when a write waits for what the descriptor does not tell, and for which time in a row: until
  /// `endWait` nothing is written.
  var onUntoldWait: (_ count: Int) -> Void = { _ in }
  /// Is called when a program has closed its side with something unread, which is its end.
  var onLoss: (Int32) -> Void = { _ in }
  /// Where written messages go, if the socket is not connected.
  var receiver: SocketAddress?
  /// What the write that failed came to, and how many bytes it was for.
  private(set) var writeFailure: (code: Int32, byteCount: Int)?
  /// Whether the reader is gone and that is no error (`cool-write`).
  private(set) var cooledDown: Int32?

  init(_ base: any ByteStream, _ terms: Terms) {
    self.base = base
    self.terms = terms
    changesRead = terms.lineEnd != .newline || terms.escape != nil || terms.ignoresEnd
  }

  private let changesRead: Bool
  private var changesWritten: Bool { terms.lineEnd != .newline || onWrite != nil }

  /// Whether each write is a message of its own.
  var keepsMessages: Bool {
    if let dual = base as? DualStream { return dual.keepsMessages }
    return base is MessageStream
  }

  /// Another stream over the same open files, for another session; ending it to write says nothing.
  func copy() throws(SystemError) -> SocatStream {
    let reader = try OwnedDescriptor("dup") { fcntl(base.readDescriptor, F_DUPFD_CLOEXEC, 3) }
    let writer = try OwnedDescriptor("dup") { fcntl(base.writeDescriptor, F_DUPFD_CLOEXEC, 3) }
    return SocatStream(try DescriptorStream(reading: reader, writing: writer), terms)
  }

  /// Whether `copy` makes sense.
  var canBeShared: Bool { base is DescriptorStream || base is StreamSocket }

  var readDescriptor: Int32 { base.readDescriptor }
  var writeDescriptor: Int32 { base.writeDescriptor }
  var transport: any ByteStream { base.transport }
  /// Why TLS failed, if it did.
  var secureFailure: TLSError? {
    (base as? DualStream)?.secureFailure ?? (base as? TLSStream)?.failure
  }
  /// Whether it is a connection over a network, which can be reset.
  var isConnection: Bool {
    guard let socket = transport as? StreamSocket else { return false }
    return socket.domain != .unix
  }
  var canSplice: Bool {
    base.canSplice && !changesWritten && !changesRead && blockByteCount == nil
  }
  var shortReadsEmpty: Bool {
    base.shortReadsEmpty && !changesRead && blockByteCount == nil
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    while true {
      if hasEscaped || hasClosed { return end() }
      let size = min(buffer.count, blockByteCount ?? buffer.count)
      let block = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<size])
      let transfer = unsafe base.read(into: block)
      switch transfer {
      case .moved(let count):
        let kept = unsafe translateRead(UnsafeMutableRawBufferPointer(rebasing: block[..<count]))
        if kept > 0 { return .moved(kept) }
      case .end where terms.ignoresEnd:
        onIgnoredEnd()
        return .blocked
      case .end: return end()
      case .failed(let code): return readFailure(code)
      case .blocked: return .blocked
      }
    }
  }

  /// A program that ends with something unread is no loss: all that it said was read.
  func readFailure(_ code: Int32) -> Transfer {
    guard terms.isProgram, code == ECONNRESET else { return .failed(code) }
    onLoss(code)
    return end()
  }

  private func end() -> Transfer {
    noteEnd()
    return .end
  }

  /// The stream was read to its end, here or by the kernel alone.
  func noteEnd() {
    guard !hasEnded else { return }
    hasEnded = true
    onEnd()
  }

  /// Takes the escape and what follows it away, makes line ends of this side to newlines, and returns how
  /// many bytes are left.
  private func translateRead(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
    var count = bytes.count
    if let escape = terms.escape, let index = unsafe bytes.firstIndex(of: escape) {
      hasEscaped = true
      count = index
    }
    switch terms.lineEnd {
    case .newline: return count
    case .carriageReturn:
      for index in 0..<count where unsafe bytes[index] == UInt8(ascii: "\r") {
        unsafe bytes[index] = UInt8(ascii: "\n")
      }
      return count
    case .both:
      var kept = 0
      for index in 0..<count where unsafe bytes[index] != UInt8(ascii: "\r") {
        unsafe bytes[kept] = bytes[index]
        kept += 1
      }
      return kept
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    guard !waitsUntold else { return .blocked }
    guard changesWritten else { return judge(unsafe base.write(bytes), bytes.count) }
    if acceptedCount == 0 {
      let block = unsafe translated(bytes)
      pending = block[...]
      acceptedCount = bytes.count
      onWrite?(block, writtenCount)
      writtenCount += block.count
    }
    while !pending.isEmpty {
      let transfer = unsafe pending.withUnsafeBytes { bytes in unsafe base.write(bytes) }
      guard case .moved(let count) = transfer else {
        return judge(transfer, pending.count)
      }
      pending.removeFirst(count)
    }
    defer { acceptedCount = 0 }
    return .moved(acceptedCount)
  }

  private func translated(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    switch terms.lineEnd {
    case .newline: return unsafe Array(bytes)
    case .carriageReturn:
      return unsafe bytes.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: "\r") : $0 }
    case .both:
      var result: [UInt8] = []
      result.reserveCapacity(bytes.count + 16)
      for index in 0..<bytes.count {
        let byte = unsafe bytes[index]
        if byte == UInt8(ascii: "\n") { result.append(UInt8(ascii: "\r")) }
        result.append(byte)
      }
      return result
    }
  }

  func writeFailure(_ code: Int32) -> Transfer { judge(.failed(code), 0) }

  /// A reader that is gone is an error here, unless an option takes it easy.
  private func judge(_ transfer: Transfer, _ byteCount: Int) -> Transfer {
    let code: Int32
    switch transfer {
    case .moved:
      waitCount = 0
      return transfer
    case .blocked: return waiting()
    case .end:
      // An address of two has asked its writer's options.
      if let code = (base as? DualStream)?.cooledDown {
        cooledDown = code
        return .end
      }
      code = EPIPE
    case .failed(let number): code = number
    }
    writeFailure = (code, byteCount)
    guard terms.isCoolWriter, code == EPIPE || code == ECONNRESET else {
      return .failed(code)
    }
    cooledDown = code
    return .end
  }

  private func waiting() -> Transfer {
    if (base as? MessageStream)?.tellsOfRoom == false {
      waitsUntold = true
      waitCount += 1
      onUntoldWait(waitCount)
    }
    return .blocked
  }

  /// Lets the next write try.
  func endWait() {
    waitsUntold = false
    (base as? DualStream)?.endWait()
  }

  func endWriting() -> Transfer {
    guard !waitsUntold else { return .blocked }
    switch terms.writeEnding {
    case .natural:
      let transfer = base.endWriting()
      return transfer == .blocked ? waiting() : transfer
    case .none: return .end
    case .close:
      close()
      return .end
    case .call(let end):
      end()
      return .end
    }
  }

  func reset() {
    guard !hasClosed else { return }
    hasClosed = true
    base.reset()
  }

  func close() {
    guard !hasClosed else { return }
    hasClosed = true
    base.close()
  }
}
