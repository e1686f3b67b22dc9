/// A stream of which some bytes were read already: they come first, and then the rest.
///
/// What reads a greeting at the beginning of a stream reads what stands behind it too; this puts it back.
public final class PrefixedStream: ByteStream {
  private let base: any ByteStream
  private var prefix: ArraySlice<UInt8>

  /// A stream that brings `prefix`, and then what `base` brings, which it owns.
  public init(_ prefix: [UInt8], before base: any ByteStream) {
    self.prefix = prefix[...]
    self.base = base
  }

  /// What of a stream was put back in front of it and not read yet, and the stream behind that: any other
  /// stream is itself. The pieces are the caller's, and the first stream is used no more.
  public static func split(
    _ stream: any ByteStream
  ) -> (prefix: [UInt8], base: any ByteStream) {
    guard let outer = stream as? PrefixedStream else { return ([], stream) }
    let inner = split(outer.base)
    return (outer.prefix + inner.prefix, inner.base)
  }

  /// The base's.
  public var readDescriptor: Int32 { base.readDescriptor }

  /// The base's.
  public var writeDescriptor: Int32 { base.writeDescriptor }

  /// The base's.
  public var transport: any ByteStream { base.transport }

  /// Once the prefix was read, if the base can.
  public var canSplice: Bool { prefix.isEmpty && base.canSplice }

  /// As the base's, once the prefix was read.
  public var shortReadsEmpty: Bool { prefix.isEmpty && base.shortReadsEmpty }

  /// Reads of the prefix, or of the base when nothing is left of it.
  public func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    guard !prefix.isEmpty, buffer.count > 0 else { return unsafe base.read(into: buffer) }
    let count = min(prefix.count, buffer.count)
    unsafe buffer.copyBytes(from: prefix.prefix(count))
    prefix = count == prefix.count ? [] : prefix.dropFirst(count)
    return .moved(count)
  }

  /// Writes to the base.
  public func write(_ bytes: UnsafeRawBufferPointer) -> Transfer { unsafe base.write(bytes) }

  /// The base's words for it.
  public func writeFailure(_ code: Int32) -> Transfer { base.writeFailure(code) }

  /// Ends the base's writing.
  public func endWriting() -> Transfer { base.endWriting() }

  /// Resets the base.
  public func reset() { base.reset() }

  /// Closes the base.
  public func close() { base.close() }
}
