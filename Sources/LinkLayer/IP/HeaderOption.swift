/// An option of an IPv4 (RFC 791, section 3.1) or TCP (RFC 9293, section 3.1) header; both have
/// one grammar: a kind, and but for kinds 0 and 1 a length that counts kind, length and data.
///
///      0       1       2
///     +-------+-------+----------------
///     | kind  |length | data: length - 2 bytes
///     +-------+-------+----------------
public enum HeaderOption: Hashable, Sendable {
  /// Kind 0: no option follows.
  case endOfList
  /// Kind 1: fills a byte.
  case noOperation
  /// Any other kind with its data.
  case option(kind: UInt8, data: [UInt8])

  /// The most bytes that a header has for options.
  @inlinable internal static var maximumCount: Int { 40 }

  /// The options that `bytes` hold, up to the end of the list; what follows that is padding.
  ///
  /// Throws `WireError.truncated` when an option ends beyond the header, and
  /// `WireError.malformed` when its length is below 2; `layer` is the header's option layer.
  public static func list(
    _ bytes: RawSpan, layer: WireLayer
  ) throws(WireError) -> [HeaderOption] {
    var options: [HeaderOption] = []
    var offset = 0
    while offset < bytes.byteCount {
      let kind = bytes.u8(offset)
      switch kind {
      case 0:
        options.append(.endOfList)
        return options
      case 1:
        options.append(.noOperation)
        offset += 1
      default:
        let length = try optionLength(bytes, at: offset, layer: layer)
        options.append(.option(kind: kind, data: bytes.slice(offset + 2, length - 2).array))
        offset += length
      }
    }
    return options
  }

  private static func optionLength(
    _ bytes: RawSpan, at offset: Int, layer: WireLayer
  ) throws(WireError) -> Int {
    let available = bytes.byteCount - offset
    guard available >= 2 else {
      throw .truncated(
        layer: layer, needed: 2, available: available, lengthFrom: .format, offset: offset)
    }
    let length = Int(bytes.u8(offset + 1))
    guard length >= 2 else {
      throw .malformed(
        layer: layer, field: .optionLength, value: UInt64(length), offset: offset + 1)
    }
    guard available >= length else {
      throw .truncated(
        layer: layer, needed: length, available: available, lengthFrom: .field(.optionLength),
        offset: offset)
    }
    return length
  }

  /// The bytes of `options`, without padding. Data beyond 253 bytes is left out.
  public static func bytes(_ options: [HeaderOption]) -> [UInt8] {
    options.flatMap { option -> [UInt8] in
      switch option {
      case .endOfList: return [0]
      case .noOperation: return [1]
      case .option(let kind, let data):
        let data = data.prefix(253)
        return [kind, UInt8(data.count + 2)] + data
      }
    }
  }

  /// How many bytes a header spends on `count` bytes of options.
  @inlinable internal static func paddedCount(_ count: Int) -> Int {
    (min(count, maximumCount) + 3) & ~3
  }

  /// Appends options and the zeros that fill their last word.
  @inlinable
  @_lifetime(output: copy output)
  internal static func write(padding options: [UInt8], into output: inout OutputRawSpan) {
    guard !options.isEmpty else { return }
    let count = min(options.count, maximumCount)
    output.append(options.rawBytes.slice(0, count))
    output.appendZeros(paddedCount(count) - count)
  }
}
