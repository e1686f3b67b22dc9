/// A stream whose bytes are changed on the way: line ends, a count, a dump.
///
/// It is a stream around a stream, so that a pump needs no hook for it; its bytes are always copied.
public final class TranslatedStream: ByteStream {
  /// Makes of bytes what goes in their place, and appends that. It sees each byte once, in pieces of any
  /// size, and may keep what it needs for the next piece.
  public typealias Translation = (_ bytes: RawSpan, _ output: inout [UInt8]) -> Void

  private let base: any ByteStream
  private let reading: Translation?
  private let writing: Translation?
  /// Translated, and not yet handed to the reader.
  private var read = Backlog()
  /// Translated, and not yet taken by the base.
  private var written = Backlog()
  /// How many bytes of the writer's became what is in `written`.
  private var acceptedCount = 0

  /// A stream around `base`, which it owns.
  ///
  /// - Parameters:
  ///   - reading: what becomes of bytes that the base brings; nil for nothing.
  ///   - writing: what becomes of bytes on their way to the base; nil for nothing.
  public init(
    _ base: any ByteStream, reading: Translation? = nil, writing: Translation? = nil
  ) {
    self.base = base
    self.reading = reading
    self.writing = writing
  }

  /// The base's.
  public var readDescriptor: Int32 { base.readDescriptor }

  /// The base's.
  public var writeDescriptor: Int32 { base.writeDescriptor }

  /// The base's.
  public var transport: any ByteStream { base.transport }

  /// Never: the kernel would not translate.
  public var canSplice: Bool { false }

  /// Never: translated bytes may be left.
  public var shortReadsEmpty: Bool { false }

  /// Reads from the base, and translates.
  public func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    guard let reading else { return unsafe base.read(into: buffer) }
    // What was read may become nothing.
    while read.isEmpty {
      let transfer = unsafe base.read(into: buffer)
      guard case .moved(let count) = transfer else { return transfer }
      unsafe reading(UnsafeRawBufferPointer(rebasing: buffer[..<count]).bytes, &read.bytes)
    }
    return .moved(unsafe read.take(into: buffer))
  }

  /// Translates, and writes to the base; `blocked` until it has taken all that the bytes became.
  public func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    guard let writing else { return unsafe base.write(bytes) }
    if acceptedCount == 0 {
      unsafe writing(bytes.bytes, &written.bytes)
      acceptedCount = bytes.count
    }
    if let trouble = flush() { return trouble }
    defer { acceptedCount = 0 }
    return .moved(min(acceptedCount, bytes.count))
  }

  /// Ends the base's writing, once it has taken all.
  public func endWriting() -> Transfer {
    flush() ?? base.endWriting()
  }

  /// The base's words for it.
  public func writeFailure(_ code: Int32) -> Transfer { base.writeFailure(code) }

  /// Resets the base.
  public func reset() { base.reset() }

  /// Closes the base.
  public func close() { base.close() }

  /// Writes what is left; nil when nothing is.
  private func flush() -> Transfer? {
    while !written.isEmpty {
      let transfer = unsafe written.lend { bytes in unsafe base.write(bytes) }
      guard case .moved(let count) = transfer else { return transfer }
      written.drop(count)
    }
    return nil
  }
}

extension TranslatedStream {
  /// Makes CR LF of each LF that has no CR before it, as line-minded protocols have it.
  public static func carriageReturns() -> Translation {
    var last: UInt8 = 0
    return { bytes, output in
      for offset in 0..<bytes.byteCount {
        let byte = unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
        if byte == UInt8(ascii: "\n"), last != UInt8(ascii: "\r") {
          output.append(UInt8(ascii: "\r"))
        }
        output.append(byte)
        last = byte
      }
    }
  }
}

/// Bytes that wait, taken from the front.
private struct Backlog {
  var bytes: [UInt8] = []
  private var offset = 0

  var isEmpty: Bool { offset == bytes.count }

  mutating func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, bytes.count - offset)
    unsafe buffer.copyBytes(from: bytes[offset..<(offset + count)])
    drop(count)
    return count
  }

  func lend(_ body: (UnsafeRawBufferPointer) -> Transfer) -> Transfer {
    unsafe bytes.withUnsafeBytes { all in
      unsafe body(UnsafeRawBufferPointer(rebasing: all[offset...]))
    }
  }

  mutating func drop(_ count: Int) {
    offset += count
    guard isEmpty else { return }
    bytes.removeAll(keepingCapacity: bytes.capacity <= 65_536)
    offset = 0
  }
}
