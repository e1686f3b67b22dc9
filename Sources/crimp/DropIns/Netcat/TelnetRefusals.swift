import Sockets

/// A stream that answers telnet's negotiation: WONT to each DO or DONT, DONT to each WILL or WONT (RFC
/// 854). What is received passes as it came.
///
/// While an answer waits nothing more is read: who asks and does not listen is not heard either.
final class TelnetRefusals: ByteStream {
  private let base: any ByteStream
  private var scanner = TelnetScanner()
  /// Answers that the base did not take yet.
  private var pending: ArraySlice<UInt8> = []

  init(around base: any ByteStream) {
    self.base = base
  }

  var readDescriptor: Int32 { base.readDescriptor }
  var writeDescriptor: Int32 { base.writeDescriptor }
  var canSplice: Bool { false }
  var shortReadsEmpty: Bool { base.shortReadsEmpty }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    if flush() == .blocked { return .blocked }
    let transfer = unsafe base.read(into: buffer)
    if case .moved(let count) = transfer {
      for index in 0..<count { pending += scanner.answer(to: unsafe buffer[index]) }
      _ = flush()
    }
    return transfer
  }

  func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    if let trouble = flush() { return trouble }
    return unsafe base.write(bytes)
  }

  /// Writes the answers; nil when none is left. Those that nobody will read are dropped.
  private func flush() -> Transfer? {
    while !pending.isEmpty {
      let transfer = unsafe pending.withUnsafeBytes { unsafe base.write($0) }
      switch transfer {
      case .moved(let count): pending = pending.dropFirst(count)
      case .blocked: return .blocked
      case .end, .failed:
        pending = []
        return transfer
      }
    }
    pending = []
    return nil
  }

  func writeFailure(_ code: Int32) -> Transfer { base.writeFailure(code) }
  func endWriting() -> Transfer { flush() ?? base.endWriting() }
  func reset() { base.reset() }
  func close() { base.close() }
}

/// Finds telnet's commands in a stream of bytes, whatever pieces it comes in.
struct TelnetScanner {
  private enum State {
    case data
    /// Behind IAC.
    case command
    /// Behind a command; the answer's.
    case option(UInt8)
  }

  private static let interpretAsCommand: UInt8 = 255
  private static let dont: UInt8 = 254
  private static let `do`: UInt8 = 253
  private static let wont: UInt8 = 252
  private static let will: UInt8 = 251

  private var state = State.data

  /// What is to be sent for `byte`, the next one; mostly nothing.
  mutating func answer(to byte: UInt8) -> [UInt8] {
    switch state {
    case .data:
      if byte == Self.interpretAsCommand { state = .command }
    case .command:
      switch byte {
      case Self.will, Self.wont: state = .option(Self.dont)
      case Self.do, Self.dont: state = .option(Self.wont)
      default: state = .data
      }
    case .option(let answer):
      state = .data
      return [Self.interpretAsCommand, answer, byte]
    }
    return []
  }
}
