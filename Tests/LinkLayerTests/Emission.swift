import LinkLayer
import Testing

/// What `write` appends to a buffer full of 0xA5, so that a byte that is left out shows, and with
/// room to spare, so that a byte too many shows.
func emitted(
  byteCount: Int, _ write: (inout OutputRawSpan) -> Void,
  sourceLocation: SourceLocation = #_sourceLocation
) -> [UInt8] {
  let spare = 16
  var buffer = [UInt8](repeating: 0xa5, count: byteCount + spare)
  let written = buffer.withUnsafeMutableBytes { memory in
    var output = OutputRawSpan(buffer: memory, initializedCount: 0)
    write(&output)
    return output.finalize(for: memory)
  }
  #expect(written == byteCount, "byteCount is a promise", sourceLocation: sourceLocation)
  #expect(
    buffer.suffix(spare).allSatisfy { $0 == 0xa5 }, "nothing behind", sourceLocation: sourceLocation
  )
  return Array(buffer.prefix(byteCount))
}

/// What a value writes into a buffer full of 0xA5.
func emitted(
  _ value: some WireValue, sourceLocation: SourceLocation = #_sourceLocation
) -> [UInt8] {
  emitted(
    byteCount: value.byteCount, { output in value.write(into: &output) },
    sourceLocation: sourceLocation)
}

/// The error of `body`, or nil when it throws none.
func wireError(_ body: () throws(WireError) -> Void) -> WireError? {
  do throws(WireError) {
    try body()
    return nil
  } catch {
    return error
  }
}

extension MACAddress {
  /// The stations of the captured fixtures.
  static let alice = MACAddress(2, 0, 0, 0, 0, 0x0a)
  static let bob = MACAddress(2, 0, 0, 0, 0, 0x0b)
}

extension IPv4Address {
  static let alice = IPv4Address(192, 0, 2, 1)
  static let bob = IPv4Address(192, 0, 2, 2)
}

extension IPv6Address {
  static let alice = IPv6Address(high: 0x2001_0db8_0000_0000, low: 1)
  static let bob = IPv6Address(high: 0x2001_0db8_0000_0000, low: 2)
}
