import LinkLayer

/// Collects what a decoder finds in one frame. Offsets are those of the frame; what is asked for must
/// be inside the bytes: a decoder first asks ``has(_:_:_:)``.
public struct FieldCollector: Sendable {
  /// What was found so far.
  public private(set) var frame = DecodedFrame()
  /// Where in the frame the bytes come from that are being read, when they are not the frame's own:
  /// what was decrypted.
  private var origin: Range<Int>?

  /// Nothing found yet.
  public init() {}

  /// Begins a layer that reaches from `offset` to `end`.
  public mutating func begin(_ name: String, _ title: String, _ offset: Int, _ end: Int) {
    frame.layers.append(
      DecodedLayer(name: name, title: title, range: origin ?? offset..<max(offset, end)))
  }

  /// Says that what follows was worked out from the bytes of `place`, and stands nowhere else.
  mutating func beginDerived(from place: Range<Int>) {
    origin = place
  }

  /// Says that what follows stands in the frame again.
  mutating func endDerived() {
    origin = nil
  }

  /// Whether `count` bytes at `offset` are inside `end`; says so as a problem of the layer if not.
  public mutating func has(_ count: Int, at offset: Int, until end: Int) -> Bool {
    guard end - offset < count else { return true }
    problem("cut: \(count) bytes needed, \(max(0, end - offset)) there")
    return false
  }

  /// Says what is wrong with the layer.
  public mutating func problem(_ words: String) {
    guard let last = frame.layers.indices.last else { return }
    frame.layers[last].problems.append(words)
  }

  /// Ends the layer there: what it did not claim belongs to the next one.
  public mutating func end(at offset: Int) {
    guard origin == nil, let last = frame.layers.indices.last else { return }
    let start = frame.layers[last].range.lowerBound
    frame.layers[last].range = start..<max(start, offset)
  }

  /// Notes a field.
  public mutating func add(
    _ name: String, _ value: FieldValue, _ range: Range<Int>, meaning: String? = nil,
    mask: UInt64? = nil
  ) {
    guard let last = frame.layers.indices.last else { return }
    frame.layers[last].fields.append(
      DecodedField(
        name: name, value: value, meaning: meaning, range: origin ?? range, mask: mask))
  }
}

/// Fields by their form.
extension FieldCollector {
  /// A number of 1, 2, 3, 4, 6 or 8 bytes in network order.
  @discardableResult
  mutating func number(
    _ name: String, _ bytes: RawSpan, _ offset: Int, _ count: Int, meaning: String? = nil
  ) -> UInt64 {
    let value = bytes.number(offset, count)
    add(name, .number(value), offset..<offset + count, meaning: meaning)
    return value
  }

  /// A number that people read in hexadecimal.
  @discardableResult
  mutating func hexadecimal(
    _ name: String, _ bytes: RawSpan, _ offset: Int, _ count: Int, meaning: String? = nil
  ) -> UInt64 {
    let value = bytes.number(offset, count)
    add(
      name, .hexadecimal(value, digits: 2 * count), offset..<offset + count, meaning: meaning)
    return value
  }

  /// Some bits of a number of `count` bytes, those of `mask`.
  @discardableResult
  mutating func bits(
    _ name: String, _ bytes: RawSpan, _ offset: Int, _ count: Int, mask: UInt64,
    meaning: String? = nil
  ) -> UInt64 {
    let value = (bytes.number(offset, count) & mask) >> UInt64(mask.trailingZeroBitCount)
    add(name, .number(value), offset..<offset + count, meaning: meaning, mask: mask)
    return value
  }

  /// One bit of a number of `count` bytes.
  @discardableResult
  mutating func flag(
    _ name: String, _ bytes: RawSpan, _ offset: Int, _ count: Int, mask: UInt64
  ) -> Bool {
    let isSet = bytes.number(offset, count) & mask != 0
    add(name, .flag(isSet), offset..<offset + count, mask: mask)
    return isSet
  }

  /// An Ethernet address.
  mutating func mac(_ name: String, _ bytes: RawSpan, _ offset: Int) {
    let address = MACAddress(rawValue: bytes.u48(offset))
    add(name, .hardwareAddress(HardwareAddress(address)), offset..<offset + 6)
  }

  /// An IPv4 address.
  mutating func ipv4(_ name: String, _ bytes: RawSpan, _ offset: Int) {
    add(name, .ipv4(IPv4Address(rawValue: bytes.u32(offset))), offset..<offset + 4)
  }

  /// An IPv6 address.
  mutating func ipv6(_ name: String, _ bytes: RawSpan, _ offset: Int) {
    add(name, .ipv6(bytes.ipv6Address(offset)), offset..<offset + 16)
  }

  /// Bytes as they are.
  mutating func bytes(_ name: String, _ bytes: RawSpan, _ offset: Int, _ count: Int) {
    add(name, .bytes(bytes.slice(offset, count).array), offset..<offset + count)
  }

  /// A peer's text.
  mutating func text(_ name: String, _ bytes: RawSpan, _ offset: Int, _ count: Int) {
    add(name, .text(bytes.slice(offset, count).array), offset..<offset + count)
  }
}

extension RawSpan {
  /// The number that `count` bytes at `offset` are, in network order; the caller has checked that
  /// they are there, and that they are at most 8.
  func number(_ offset: Int, _ count: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<count { value = value << 8 | UInt64(u8(offset + index)) }
    return value
  }
}
