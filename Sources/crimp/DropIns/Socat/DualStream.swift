import Sockets
import TLS

/// Two addresses as one (`!!`): the first is read, the second written.
final class DualStream: ByteStream {
  private let reader: SocatStream
  private let writer: SocatStream

  init(reading reader: SocatStream, writing writer: SocatStream) {
    self.reader = reader
    self.writer = writer
  }

  var readDescriptor: Int32 { reader.readDescriptor }
  var writeDescriptor: Int32 { writer.writeDescriptor }
  var canSplice: Bool { reader.canSplice && writer.canSplice }
  var shortReadsEmpty: Bool { reader.shortReadsEmpty }
  /// Whether each write to one of the two is a message of its own.
  var keepsMessages: Bool { reader.keepsMessages || writer.keepsMessages }
  /// Why the reader is gone, if that is no error (`cool-write`).
  var cooledDown: Int32? { writer.cooledDown }
  /// Why TLS failed, if it did.
  var secureFailure: TLSError? { writer.secureFailure ?? reader.secureFailure }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    unsafe reader.read(into: buffer)
  }
  func write(_ bytes: UnsafeRawBufferPointer) -> Transfer { unsafe writer.write(bytes) }
  func readFailure(_ code: Int32) -> Transfer { reader.readFailure(code) }
  func writeFailure(_ code: Int32) -> Transfer { writer.writeFailure(code) }
  /// Lets the next write try.
  func endWait() { writer.endWait() }
  func endWriting() -> Transfer { writer.endWriting() }
  func reset() {
    reader.reset()
    writer.reset()
  }
  func close() {
    reader.close()
    writer.close()
  }
}
