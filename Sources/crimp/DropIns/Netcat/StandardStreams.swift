import EventLoop
import Glibc
import Sockets

/// Standard input and output as one stream of a conversation, after which both are as they were.
///
/// Others may share what they are open on: a terminal above all, which must not be left in a state where
/// reads return at once (`OwnOpening`).
final class StandardStreams: ByteStream {
  /// Is called when standard input has ended, and its next read will tell so.
  var onInputEnd: () -> Void = {}
  /// Is told why standard output cannot be written, which is a loss then; without it, it has ended.
  var onOutputLoss: ((Int32) -> Void)?
  /// Whether a read met the end of standard input.
  private(set) var hasInputEnded = false

  private let base: DescriptorStream
  /// Whether standard input is left alone: then it ends when the first bytes come from the other side.
  private let isDetached: Bool

  /// Whether the other side has a turn between the last bytes of standard input and its end: when that
  /// ends all, what has come by then is not lost.
  private let endsLate: Bool

  /// - Parameters:
  ///   - isDetached: whether standard input is left alone.
  ///   - endsLate: whether what has come from the other side is taken before standard input's end.
  init(isDetached: Bool, endsLate: Bool) throws(SystemError) {
    base = try DescriptorStream(
      reading: Self.own(isDetached ? Self.opened("/dev/null", O_RDONLY) : 0),
      writing: Self.own(1))
    self.isDetached = isDetached
    self.endsLate = endsLate
  }

  /// Sees to it that the numbers 0 to 2 are taken: a socket that got one of them would be taken for
  /// standard input or output.
  static func occupyNumbers() {
    for number: Int32 in 0...2 where fcntl(number, F_GETFD) < 0 {
      // Reading ends at once; writing fails, as it does without a descriptor.
      _ = opened("/dev/null", O_RDONLY)
    }
  }

  private static func opened(_ path: String, _ mode: Int32) -> Int32 {
    unsafe open(path, mode | O_CLOEXEC | O_NOCTTY)
  }

  /// A descriptor of what `number` is open on, for this process alone where there is such a thing.
  private static func own(_ number: Int32) throws(SystemError) -> OwnedDescriptor {
    if let own = OwnOpening.descriptor(of: number) { return own }
    return try OwnedDescriptor("fcntl") { fcntl(number, F_DUPFD_CLOEXEC, 3) }
  }

  var readDescriptor: Int32 { base.readDescriptor }
  var writeDescriptor: Int32 { base.writeDescriptor }
  var canSplice: Bool { base.canSplice && !isDetached }
  var shortReadsEmpty: Bool { base.shortReadsEmpty && !isDetached }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    if hasInputEnded { return .end }
    if isDetached { return .blocked }
    let transfer = unsafe base.read(into: buffer)
    switch transfer {
    case .moved, .blocked: return transfer
    case .end, .failed:
      // What cannot be read has ended: a directory, say.
      hasInputEnded = true
      guard endsLate else { return .end }
      onInputEnd()
      return .blocked
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    if isDetached, !hasInputEnded {
      hasInputEnded = true
      onInputEnd()
    }
    let transfer = unsafe base.write(bytes)
    switch transfer {
    case .moved, .blocked: return transfer
    case .end: return writeFailure(EPIPE)
    case .failed(let code): return writeFailure(code)
    }
  }

  /// Whatever the reason: nothing more can be written, and standard input goes on, unless that is a loss.
  func writeFailure(_ code: Int32) -> Transfer {
    guard let onOutputLoss else { return .end }
    onOutputLoss(code)
    return .failed(code)
  }

  /// Standard output is closed with the process.
  func endWriting() -> Transfer { .end }

  func reset() { base.close() }

  func close() { base.close() }
}
