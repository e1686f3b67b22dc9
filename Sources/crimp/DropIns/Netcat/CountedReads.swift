import Glibc
import Sockets

/// A stream of which so many packets are read, and no more.
final class CountedReads: ByteStream {
  private let base: any ByteStream
  private unowned let session: NetcatSession
  /// One packet of each connection is read, however many those before it had.
  private var hasRead = false
  /// Of a stream so much counts as one packet.
  private static let packetByteCount = 16_384

  init(around base: any ByteStream, of session: NetcatSession) {
    self.base = base
    self.session = session
  }

  var readDescriptor: Int32 { base.readDescriptor }
  var writeDescriptor: Int32 { base.writeDescriptor }
  var canSplice: Bool { false }
  var shortReadsEmpty: Bool { false }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    // Not the stream's end, which may leave standard input to go on: all is over.
    guard session.receiveBudget > 0 || !hasRead else { return .failed(ECANCELED) }
    let isDatagram = session.options.usesDatagrams
    let room = isDatagram ? buffer.count : min(buffer.count, Self.packetByteCount)
    let transfer = unsafe base.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<room]))
    if case .moved = transfer {
      session.receiveBudget -= 1
      hasRead = true
    }
    return transfer
  }

  func write(_ bytes: UnsafeRawBufferPointer) -> Transfer { unsafe base.write(bytes) }
  func writeFailure(_ code: Int32) -> Transfer { base.writeFailure(code) }
  func endWriting() -> Transfer { base.endWriting() }
  func reset() { base.close() }
  func close() { base.close() }
}
